// Lengths of time. The clock is out of reach for templates.
#include "pkg/base/duration.hpp"
#include "pkg/base/text.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::templates::sprig {
namespace {

/// Seconds as a length of time: "95" as 1m35s.
Value duration(Call&, const Value& seconds) {
  std::int64_t count = 0;
  if (seconds.is_string()) count = parse_integer(seconds.as_string(), 10).value;
  if (seconds.kind() == Kind::kInt64) count = seconds.as_integer();
  // What 64 bits of nanoseconds leave of it, as in Go.
  const auto nanoseconds = static_cast<std::uint64_t>(count) * 1'000'000'000U;
  return to_string(Duration{std::chrono::nanoseconds{static_cast<std::int64_t>(nanoseconds)}});
}

/// The largest unit alone: "2h10m5s" as 2h.
Value rounded_duration(Call&, const Value& value) {
  std::int64_t count = 0;
  if (value.is_string()) {
    const auto parsed_value = parse_duration(value.as_string());
    if (parsed_value) count = parsed_value->length.count();
  }
  if (value.kind() == Kind::kInt64) count = value.as_integer();
  const auto size = count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  constexpr std::uint64_t kSecond = 1'000'000'000;
  struct Unit {
    std::uint64_t size;
    std::string_view name;
  };
  constexpr Unit kUnits[] = {
      {kSecond * 3600 * 24 * 365, "y"},
      {kSecond * 3600 * 24 * 30, "mo"},
      {kSecond * 3600 * 24, "d"},
      {kSecond * 3600, "h"},
      {kSecond * 60, "m"},
      {kSecond, "s"},
  };
  for (const auto& unit : kUnits) {
    if (size > unit.size) return text::cat(size / unit.size, unit.name);
  }
  return "0s";
}

}  // namespace

void add_durations(Functions& out) {
  out["duration"] = make_function(duration);
  out["durationRound"] = make_function(rounded_duration);
}

}  // namespace weir::templates::sprig
