#pragma once

#include <string_view>

namespace weir::helm {

/// Whether a path fits a pattern of Go's path.Match: `*` and `?` do not cross '/', `[a-z]`, `[^x]`, `\` takes the next
/// character as it is. A pattern that is none fits nothing.
/// Threads: any, pure. Time: the product of the lengths.
bool path_matches(std::string_view pattern, std::string_view path);

}  // namespace weir::helm
