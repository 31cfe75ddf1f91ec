// Ranges: the first line is a range, the others are versions. A range is equal to itself joined by "||", and build
// metadata does not count.
#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/base/text.hpp"
#include "pkg/semver/range.hpp"
#include "test/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir;
  using semver::Range;
  using semver::Version;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto lines = text::split(text, '\n');
  const auto range = Range::parse(lines.front());
  if (!range) {
    require(!range.error().message.empty());
    return 0;
  }
  const std::string written = range->text();
  require(written == lines.front());
  const auto twice = Range::parse(written + "||" + written);
  require(twice.has_value());
  const auto none = Range::parse(written + " || >9.9.9 <1.0.0");
  require(none.has_value());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto version = Version::parse_lenient(lines[i]);
    if (!version) continue;
    const bool is_in = range->contains(*version);
    require(twice->contains(*version) == is_in);
    require(none->contains(*version) == is_in);
    Version other = *version;
    other.build = other.build.empty() ? "b" : "";
    require(range->contains(other) == is_in);
  }
  return 0;
}
