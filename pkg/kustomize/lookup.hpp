#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/kustomize/edit.hpp"

namespace weir::kustomize {

/// The node at a path of keys, indices and "[key=value]" steps; nullptr when a step is missing.
/// @throws Failure when a step does not fit the node, or has a wildcard
Node* find_node(Node& root, const std::vector<std::string>& path);

/// The node at "spec.ports[0].port".
const Node* find_value(const Node& root, std::string_view path);

/// Every node at a path whose steps may also be "*" and "[key=regex]".
/// @param create  what a missing leaf becomes; kNone: nothing is added
/// @throws Failure
std::vector<Node*> find_all(Arena& arena, Node& root, const std::vector<std::string>& path, Kind create);

}  // namespace weir::kustomize
