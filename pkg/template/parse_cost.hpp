#pragma once

#include <cstddef>
#include <string_view>

namespace weir::templates {

/// How many bytes of memory the tree of a text takes at most, about: what stands in actions takes a hundred times its
/// size, text between them twice. Linear, without parsing.  Threads: any, pure.
std::size_t parse_cost(std::string_view text);

}  // namespace weir::templates
