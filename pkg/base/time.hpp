#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir {

/// A moment of the calendar: what objects and logs carry. For waiting use TimePoint.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// "2026-11-23T08:15:00Z": the form of metav1.Time.
std::string to_rfc3339(WallTime time);

/// "2026-11-23T08:15:00.123Z": log lines.
std::string to_rfc3339_milliseconds(WallTime time);

/// "2026-11-23T08:15:00.123456Z": the form of metav1.MicroTime (leases, events).
std::string to_rfc3339_microseconds(WallTime time);

/// "2026-11-23T08:15:00.12345678Z": the form of Go's time.RFC3339Nano, without zeros at the end (Helm's releases).
std::string to_rfc3339_nanoseconds(WallTime time);

/// Reads an RFC 3339 time with any fraction and offset.
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace weir
