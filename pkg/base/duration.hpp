#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir {

using Milliseconds = std::chrono::milliseconds;

/// A length of time as Kubernetes objects write it ("1h30m", "250ms"); nanoseconds inside.
/// Source: Go's time.ParseDuration and Duration.String, which define the format on the wire.
struct Duration {
  std::chrono::nanoseconds length{0};

  Duration() = default;
  Duration(std::chrono::nanoseconds length_) : length{length_} {}

  Milliseconds milliseconds() const { return std::chrono::duration_cast<Milliseconds>(length); }

  friend auto operator<=>(const Duration&, const Duration&) = default;
};

/// Reads "300ms", "1.5h", "2h45m"; units ns, us, µs, ms, s, m, h; a sign may stand in front; "0" needs no unit.
Result<Duration> parse_duration(std::string_view text);

/// The shortest form that Go prints: "1h30m0s", "1.5s", "0s".
std::string to_string(Duration duration);

}  // namespace weir
