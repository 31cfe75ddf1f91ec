// WWW-Authenticate: what was read can be written down and read again, and what other challenges stand before it changes
// nothing.
#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/oci/challenge.hpp"
#include "test/fuzz/require.hpp"

namespace {

bool is_lower(std::string_view text) { return text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ \t,\"=") == text.npos; }

std::string write(const std::vector<weir::oci::Challenge>& challenges) {
  std::string out;
  for (const auto& challenge : challenges) {
    if (!out.empty()) out += ", ";
    out += challenge.scheme;
    bool is_first = true;
    for (const auto& [name, value] : challenge.parameters) {
      out += is_first ? " " : ", ";
      is_first = false;
      out += name + "=\"";
      for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += '"';
    }
  }
  return out;
}

bool is_same(const weir::oci::Challenge& left, const weir::oci::Challenge& right) {
  return left.scheme == right.scheme && left.parameters == right.parameters;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::oci;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto challenges = parse_challenges(text);
  for (const auto& challenge : challenges) {
    require(!challenge.scheme.empty() && is_lower(challenge.scheme));
    for (const auto& [name, value] : challenge.parameters) {
      require(!name.empty() && is_lower(name));
      require(challenge.parameter(name) == value);
    }
  }
  const auto again = parse_challenges(write(challenges));
  require(again.size() == challenges.size());
  for (std::size_t i = 0; i < again.size(); ++i) require(is_same(again[i], challenges[i]));
  const auto later = parse_challenges("Negotiate, Basic realm=\"a, b\", " + write(challenges));
  require(later.size() == challenges.size() + 2);
  for (std::size_t i = 0; i < challenges.size(); ++i) require(is_same(later[i + 2], challenges[i]));
  return 0;
}
