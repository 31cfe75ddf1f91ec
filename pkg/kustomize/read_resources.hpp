#pragma once

#include <string>
#include <vector>

#include "pkg/kustomize/resource.hpp"

namespace weir::kustomize {

/// The objects of a YAML text: documents, lists unrolled. Each must have a kind and a name.
/// @param source  for messages
/// @throws Failure naming file and line
std::vector<ResourcePointer> read_resources(
    Context& context, const std::string& text, const std::string& source, bool keeps_duplicates = false
);

}  // namespace weir::kustomize
