#pragma once

#include <vector>

#include "pkg/kustomize/field_spec.hpp"
#include "pkg/kustomize/resource_set.hpp"

namespace weir::kustomize {

/// Rewrites every reference to a resource by a name that it once had to the name that it has now. Which of several
/// resources is meant is told by kind, role reference, namespace, and the prefixes and suffixes that both went through.
/// @throws Failure when more than one is left and they are not the same
/// Source: kustomize's name reference filter (api v0.21.2).
void fix_name_references(ResourceSet& resources, const std::vector<NameReference>& references);

}  // namespace weir::kustomize
