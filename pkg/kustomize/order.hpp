#pragma once

#include <string>
#include <vector>

#include "pkg/kustomize/kustomization_file.hpp"
#include "pkg/kustomize/resource_set.hpp"

namespace weir::kustomize {

/// Sorts by kind, then by group, version, kind, namespace and name: the order that kustomize always printed.
void sort_as_legacy(
    ResourceSet& resources, const std::vector<std::string>& first, const std::vector<std::string>& last
);
void sort_as_legacy(ResourceSet& resources);

/// As a kustomization's sortOptions say. @throws Failure when they contradict themselves
void sort_as_asked(ResourceSet& resources, const SortOptions& options, const std::string& place);

}  // namespace weir::kustomize
