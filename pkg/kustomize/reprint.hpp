#pragma once

#include <string>
#include <string_view>

#include "pkg/yaml/node.hpp"

namespace weir::kustomize {

/// A tree that stood as text inside of a field, as text again: JSON when the original began like it, indented when that
/// was; YAML otherwise, in the order and with the quotes of the original.
/// @throws Failure when the tree cannot be printed
std::string reprint(const yaml::Node& root, std::string_view original);

}  // namespace weir::kustomize
