// Random texts and numbers, out of the bytes that the caller supplies.
#include <string>
#include <string_view>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/functions/groups.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

using templates::Call;
using templates::CallError;
using templates::make_function;
using templates::Value;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kLettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Below `bound`, each number as likely as another.
std::uint64_t random_below(Outside& outside, std::uint64_t bound) {
  const std::uint64_t rest = (0 - bound) % bound;  // 2^64 % bound: what would make the low ones likelier
  for (;;) {
    const std::string bytes = outside.random_bytes(sizeof(std::uint64_t));
    std::uint64_t number = 0;
    for (const char c : bytes) number = number << 8U | static_cast<unsigned char>(c);
    if (number >= rest) return number % bound;
  }
}

std::size_t checked_count(Call& call, std::int64_t count) {
  if (count < 0) return 0;  // the original passes over its own error
  call.budget().spend(static_cast<std::uint64_t>(count));
  call.budget().spend_on_text(static_cast<std::size_t>(count));
  return static_cast<std::size_t>(count);
}

/// So many characters of an alphabet. A byte decides one; those that would make some likelier are thrown away.
std::string random_text(Call& call, Outside& outside, std::string_view alphabet, std::int64_t wanted) {
  const std::size_t count = checked_count(call, wanted);
  const std::size_t limit = 256 - 256 % alphabet.size();
  std::string out;
  while (out.size() < count) {
    const std::string bytes = outside.random_bytes(count - out.size() + 8);
    for (const char c : bytes) {
      const std::size_t number = static_cast<unsigned char>(c);
      if (number < limit && out.size() < count) out += alphabet[number % alphabet.size()];
    }
  }
  return out;
}

std::string printable() {
  std::string out;
  for (char c = ' '; c < 0x7f; ++c) out += c;
  return out;
}

std::string random_uuid(Outside& outside) {
  std::string bytes = outside.random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string out = text::hex(bytes);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) out.insert(dash, 1, '-');
  return out;
}

std::string shuffled(Call& call, Outside& outside, const std::string& text) {
  std::vector<std::string_view> characters;
  for (std::string_view rest = text; !rest.empty();) {
    const auto next = templates::unicode::decode(rest);
    characters.push_back(rest.substr(0, next.size));
    rest.remove_prefix(next.size);
  }
  call.budget().spend(characters.size());
  for (std::size_t i = characters.size(); i > 1; --i)
    std::swap(characters[i - 1], characters[random_below(outside, i)]);
  std::string out;
  for (const auto character : characters) out += character;
  return out;
}

}  // namespace

void add_random(templates::Functions& out, const SharedOutside& outside) {
  const auto texts = [outside](std::string alphabet) {
    return make_function([outside, alphabet = std::move(alphabet)](Call& call, std::int64_t count) {
      return random_text(call, *outside, alphabet, count);
    });
  };
  out["randAlpha"] = texts(std::string{kLetters});
  out["randAlphaNum"] = texts(std::string{kLettersAndDigits});
  out["randNumeric"] = texts(std::string{kDigits});
  out["randAscii"] = texts(printable());
  out["randBytes"] = make_function([outside](Call& call, std::int64_t count) {
    if (count < 0) throw CallError{"runtime error: makeslice: len out of range"};
    return base64::encode(outside->random_bytes(checked_count(call, count)));
  });
  out["randInt"] = make_function([outside](Call&, std::int64_t low, std::int64_t high) {
    if (high <= low) throw CallError{"invalid argument to Intn"};
    const auto range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    return Value::integer(static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + random_below(*outside, range)));
  });
  out["shuffle"] =
      make_function([outside](Call& call, const std::string& text) { return shuffled(call, *outside, text); });
  out["uuidv4"] = make_function([outside](Call&) { return random_uuid(*outside); });
}

}  // namespace weir::helm
