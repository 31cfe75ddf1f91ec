#include "pkg/base/duration.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "pkg/base/text.hpp"

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  double nanoseconds;
};
// Longest names first, so that "ms" is not read as "m".
constexpr std::array<Unit, 8> kUnits{
    {{"ns", 1}, {"us", 1e3}, {"\u00b5s", 1e3}, {"\u03bcs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};

InputError not_a_duration(std::string_view text) {
  return InputError{"", text::cat("expected a duration like 5m, got ", text::quoted(text))};
}

/// "1.5" from 1500 and 1000: the fraction without trailing zeros.
std::string decimal(std::int64_t value, std::int64_t unit) {
  std::string out = text::cat(value / unit);
  std::int64_t rest = value % unit;
  if (rest == 0) return out;
  out += '.';
  while (rest != 0) {
    unit /= 10;
    out += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return out;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Duration{};
  if (rest.empty()) return not_a_duration(text);
  double total = 0;
  while (!rest.empty()) {
    const auto digits = rest.find_first_not_of("0123456789.");
    if (digits == 0 || digits == std::string_view::npos) return not_a_duration(text);
    double number = 0;
    const auto parsed = std::from_chars(rest.data(), rest.data() + digits, number, std::chars_format::fixed);
    if (parsed.ec != std::errc{} || parsed.ptr != rest.data() + digits) return not_a_duration(text);
    rest.remove_prefix(digits);
    const Unit* unit = nullptr;
    for (const auto& candidate : kUnits) {
      if (rest.starts_with(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    if (unit == nullptr) return not_a_duration(text);
    rest.remove_prefix(unit->name.size());
    total += number * unit->nanoseconds;
  }
  if (total > static_cast<double>(std::numeric_limits<std::int64_t>::max())) {
    return InputError{"", text::cat("duration ", text::quoted(text), " is out of range")};
  }
  const auto nanoseconds = static_cast<std::int64_t>(std::llround(total));
  return Duration{std::chrono::nanoseconds{negative ? -nanoseconds : nanoseconds}};
}

std::string to_string(Duration duration) {
  std::int64_t value = duration.length.count();
  if (value == 0) return "0s";
  // What has no positive counterpart in 64 bits.
  if (value == std::numeric_limits<std::int64_t>::min()) return "-2562047h47m16.854775808s";
  const std::string sign = value < 0 ? "-" : "";
  if (value < 0) value = -value;
  if (value < 1'000) return text::cat(sign, value, "ns");
  if (value < 1'000'000) return text::cat(sign, decimal(value, 1'000), "\u00b5s");
  if (value < 1'000'000'000) return text::cat(sign, decimal(value, 1'000'000), "ms");
  const std::int64_t minutes_total = value / 60'000'000'000;
  const std::string seconds = text::cat(decimal(value % 60'000'000'000, 1'000'000'000), "s");
  if (minutes_total == 0) return text::cat(sign, seconds);
  const std::string minutes = text::cat(minutes_total % 60, "m");
  if (minutes_total < 60) return text::cat(sign, minutes, seconds);
  return text::cat(sign, minutes_total / 60, "h", minutes, seconds);
}

}  // namespace weir
