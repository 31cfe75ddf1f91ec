#pragma once

#include <string_view>

namespace weir::text {

/// Whether the whole text fits a pattern in which "*" stands for any run of characters and "?" for one.
/// Never more steps than the product of the lengths.  Pure.  Threads: any.
bool fits_wildcards(std::string_view pattern, std::string_view text);

}  // namespace weir::text
