#include "pkg/base/digest.hpp"

#include <array>
#include <stdexcept>

// SHA256_Init() and its kin are to be avoided where a policy chooses among implementations. One hash by them costs a
// thousandth of what the machinery behind EVP_Digest() costs when it is first used, which a command that renders a
// chart does for a checksum or two.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "pkg/base/text.hpp"

namespace weir {
namespace {

const EVP_MD* implementation(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::kSha1: return EVP_sha1();
    case DigestAlgorithm::kSha256: return EVP_sha256();
    case DigestAlgorithm::kSha384: return EVP_sha384();
    case DigestAlgorithm::kSha512: return EVP_sha512();
  }
  return nullptr;
}

std::string hash_hex(DigestAlgorithm algorithm, std::string_view bytes) {
  Digester digester{algorithm};
  digester.update(bytes);
  return digester.finish_hex();
}

constexpr std::array kAlgorithms{
    DigestAlgorithm::kSha1, DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512};

}  // namespace

std::string_view to_string(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::kSha1: return "sha1";
    case DigestAlgorithm::kSha256: return "sha256";
    case DigestAlgorithm::kSha384: return "sha384";
    case DigestAlgorithm::kSha512: return "sha512";
  }
  return "";
}

Result<DigestAlgorithm> parse_digest_algorithm(std::string_view name) {
  for (const auto algorithm : kAlgorithms) {
    if (to_string(algorithm) == name) return algorithm;
  }
  return InputError{"", text::cat("expected one of sha1, sha256, sha384, sha512, got ", text::quoted(name))};
}

struct Digester::State {
  explicit State(DigestAlgorithm algorithm_) : algorithm{algorithm_}, context{EVP_MD_CTX_new()} {
    if (context == nullptr || EVP_DigestInit_ex(context, implementation(algorithm), nullptr) != 1) {
      EVP_MD_CTX_free(context);
      throw std::runtime_error{text::cat("cannot start a ", to_string(algorithm), " digest")};
    }
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  DigestAlgorithm algorithm;
  EVP_MD_CTX* context;
};

Digester::Digester(DigestAlgorithm algorithm) : state_{std::make_unique<State>(algorithm)} {}
Digester::~Digester() = default;
Digester::Digester(Digester&&) noexcept = default;
Digester& Digester::operator=(Digester&&) noexcept = default;

void Digester::update(std::string_view bytes) { EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }

std::string Digester::finish_hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned length = 0;
  EVP_DigestFinal_ex(state_->context, bytes.data(), &length);
  return text::hex({reinterpret_cast<const char*>(bytes.data()), length});
}

std::string Digester::finish() { return text::cat(to_string(state_->algorithm), ":", finish_hex()); }

std::string sha256_hex(std::string_view bytes) {
  const auto hash = sha256(bytes);
  return text::hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}
std::string sha1_hex(std::string_view bytes) { return hash_hex(DigestAlgorithm::kSha1, bytes); }

std::array<unsigned char, 32> sha256(std::string_view bytes) {
  std::array<unsigned char, 32> out;
  SHA256_CTX context;
  if (SHA256_Init(&context) != 1 || SHA256_Update(&context, bytes.data(), bytes.size()) != 1 ||
      SHA256_Final(out.data(), &context) != 1) {
    throw std::runtime_error{"SHA-256 failed"};
  }
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string out(32, '\0');
  unsigned size = 0;
  const auto* made = HMAC(
      EVP_sha256(),
      key.data(),
      static_cast<int>(key.size()),
      reinterpret_cast<const unsigned char*>(bytes.data()),
      bytes.size(),
      reinterpret_cast<unsigned char*>(out.data()),
      &size
  );
  if (made == nullptr || size != out.size()) throw std::runtime_error{"HMAC-SHA-256 failed"};
  return out;
}

std::uint64_t table_hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace weir
