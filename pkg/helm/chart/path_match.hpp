#pragma once

#include <string_view>

#include "pkg/base/result.hpp"

namespace weir::helm {

/// Go's filepath.Match: '*' and '?' do not match '/', "[a-c]" and "[^x]" are classes, '\' takes the next character as
/// it is. Threads: any, pure. Time: length of the pattern by length of the name.
/// @returns an error "syntax error in pattern"
Result<bool> match_path(std::string_view pattern, std::string_view name);

}  // namespace weir::helm
