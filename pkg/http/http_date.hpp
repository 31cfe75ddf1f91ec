#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/base/time.hpp"

namespace weir::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7). Whole seconds.
std::string to_http_date(WallTime time);

/// The preferred form only; nullopt for anything else, which RFC 9110 lets a server ignore.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace weir::http
