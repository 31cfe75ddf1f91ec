// Versions: the three readings agree, texts are canonical, and precedence is an order. One version a line.
#include <cstdint>
#include <string_view>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/semver/version.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  using semver::Version;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  std::vector<Version> versions;
  for (const auto line : text::split(text, '\n')) {
    const auto strict = Version::parse_strict(line);
    const auto tag = Version::parse_tag(line);
    const auto lenient = Version::parse_lenient(line);
    require(!strict || (tag && tag->text() == strict->text()));
    require(!tag || (lenient && lenient->text() == tag->text()));
    if (strict) require(strict->text() == line);
    if (!lenient) continue;
    const auto again = Version::parse_strict(lenient->text());
    require(again && *again == *lenient && again->text() == lenient->text());
    if (versions.size() < 12) versions.push_back(*lenient);
  }
  for (const auto& a : versions) {
    require(a == a);
    for (const auto& b : versions) {
      require((a < b) == (b > a) && (a == b) == (b == a));
      for (const auto& c : versions)
        if (a <= b && b <= c) require(a <= c);
    }
  }
  return 0;
}
