#include "pkg/git/bcrypt_pbkdf.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <boost/multiprecision/cpp_int.hpp>
#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace weir::git {

namespace {

using Word = std::uint32_t;
using Digest = std::array<unsigned char, SHA512_DIGEST_LENGTH>;

constexpr std::size_t kSubkeys = 18;
constexpr std::size_t kBoxWords = 4 * 256;

/// Blowfish. Its first state is the fraction of pi in binary, so that is computed and not written
/// down.
struct State {
  std::array<Word, kSubkeys> subkeys;
  std::array<Word, kBoxWords> boxes;
};

/// arctan(1/x) * 2^bits
boost::multiprecision::cpp_int arctan_of_inverse(unsigned x, unsigned bits) {
  using boost::multiprecision::cpp_int;
  cpp_int power = (cpp_int{1} << bits) / x;
  cpp_int sum = power;
  for (unsigned n = 3; power != 0; n += 2) {
    power /= x * x;
    if (n % 4 == 3) {
      sum -= power / n;
    } else {
      sum += power / n;
    }
  }
  return sum;
}

State first_state() {
  constexpr unsigned kBits = 32 * (kSubkeys + kBoxWords);
  constexpr unsigned kGuardBits = 64;  // take the rounding of the series
  // Machin's formula.
  auto pi = 16 * arctan_of_inverse(5, kBits + kGuardBits) - 4 * arctan_of_inverse(239, kBits + kGuardBits);
  pi >>= kGuardBits;
  const auto word = [&](unsigned index) {
    const boost::multiprecision::cpp_int shifted = pi >> (kBits - 32 * (index + 1));
    return static_cast<Word>(shifted & 0xffffffffU);
  };
  State out;
  for (unsigned i = 0; i < kSubkeys; ++i) out.subkeys[i] = word(i);
  for (unsigned i = 0; i < kBoxWords; ++i) out.boxes[i] = word(static_cast<unsigned>(kSubkeys) + i);
  return out;
}

void encipher(const State& state, Word& left, Word& right) {
  const auto mix = [&](Word value) {
    const Word a = state.boxes[value >> 24U];
    const Word b = state.boxes[256 + ((value >> 16U) & 0xffU)];
    const Word c = state.boxes[512 + ((value >> 8U) & 0xffU)];
    const Word d = state.boxes[768 + (value & 0xffU)];
    return ((a + b) ^ c) + d;
  };
  for (std::size_t i = 0; i < 16; ++i) {
    left ^= state.subkeys[i];
    right ^= mix(left);
    std::swap(left, right);
  }
  std::swap(left, right);
  right ^= state.subkeys[16];
  left ^= state.subkeys[17];
}

/// Big-endian words of bytes that begin again at their end.
class WordStream {
 public:
  explicit WordStream(const Digest& bytes) : bytes_{bytes} {}
  Word next() {
    Word out = 0;
    for (int i = 0; i < 4; ++i) {
      out = (out << 8U) | bytes_[at_];
      at_ = (at_ + 1) % bytes_.size();
    }
    return out;
  }

 private:
  const Digest& bytes_;
  std::size_t at_ = 0;
};

/// Mixes a key and, when there is one, a salt into the whole state.
void expand(State& state, const Digest& key, const Digest* salt) {
  WordStream keys{key};
  for (auto& subkey : state.subkeys) subkey ^= keys.next();
  static constexpr Digest kNothing{};
  WordStream salts{salt ? *salt : kNothing};
  Word left = 0;
  Word right = 0;
  const auto fill = [&](Word& first, Word& second) {
    left ^= salts.next();
    right ^= salts.next();
    encipher(state, left, right);
    first = left;
    second = right;
  };
  for (std::size_t i = 0; i < kSubkeys; i += 2) fill(state.subkeys[i], state.subkeys[i + 1]);
  for (std::size_t i = 0; i < kBoxWords; i += 2) fill(state.boxes[i], state.boxes[i + 1]);
}

using Block = std::array<unsigned char, 32>;

Block hash(const State& first, const Digest& password, const Digest& salt) {
  State state = first;
  expand(state, password, &salt);
  for (int i = 0; i < 64; ++i) {
    expand(state, salt, nullptr);
    expand(state, password, nullptr);
  }
  constexpr std::string_view kMagic = "OxychromaticBlowfishSwatDynamite";
  std::array<Word, 8> words{};
  for (std::size_t i = 0; i < kMagic.size(); ++i)
    words[i / 4] = (words[i / 4] << 8U) | static_cast<unsigned char>(kMagic[i]);
  for (int round = 0; round < 64; ++round) {
    for (std::size_t i = 0; i < words.size(); i += 2) encipher(state, words[i], words[i + 1]);
  }
  Block out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<unsigned char>(words[i / 4] >> (8 * (i % 4)));
  OPENSSL_cleanse(&state, sizeof state);
  return out;
}

Digest sha512(const void* bytes, std::size_t size) {
  Digest out;
  SHA512(static_cast<const unsigned char*>(bytes), size, out.data());
  return out;
}

}  // namespace

std::string bcrypt_pbkdf(std::string_view password, std::string_view salt, unsigned rounds, std::size_t size) {
  const State first = first_state();
  const Digest key = sha512(password.data(), password.size());
  const std::size_t stride = (size + sizeof(Block) - 1) / sizeof(Block);
  std::string out(size, '\0');
  for (std::size_t count = 1; count <= stride; ++count) {
    std::string counted{salt};
    for (int shift = 24; shift >= 0; shift -= 8) counted += static_cast<char>((count >> shift) & 0xffU);
    Block last = hash(first, key, sha512(counted.data(), counted.size()));
    Block sum = last;
    for (unsigned round = 1; round < rounds; ++round) {
      last = hash(first, key, sha512(last.data(), last.size()));
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= last[i];
    }
    // The blocks are not put one after the other but interleaved.
    for (std::size_t i = 0; i < sum.size() && i * stride + count - 1 < size; ++i)
      out[i * stride + count - 1] = static_cast<char>(sum[i]);
  }
  return out;
}

}  // namespace weir::git
