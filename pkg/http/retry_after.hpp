#pragma once

#include <optional>
#include <string_view>

#include "pkg/base/duration.hpp"
#include "pkg/base/time.hpp"

namespace weir::http {

/// A Retry-After header: seconds, or a date; at most a day; nullopt when there is none or it cannot
/// be read.
std::optional<Milliseconds> parse_retry_after(std::string_view header, WallTime now);

}  // namespace weir::http
