#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "pkg/yaml/node.hpp"

/// Keys that stand twice in a mapping.  Threads: as Node.
namespace weir::yaml {

/// Of equal keys the place of the first and the value of the last stay.
void keep_last_of_equal_keys(Node& node);

/// Where two equal keys stand in the mapping's content, the second of them the first one that repeats another.
std::optional<std::pair<std::size_t, std::size_t>> find_equal_keys(const Node& node);

}  // namespace weir::yaml
