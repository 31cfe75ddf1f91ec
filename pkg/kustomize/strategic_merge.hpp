#pragma once

#include "pkg/kustomize/resource.hpp"

namespace weir::kustomize {

/// Merges the patch into the tree: objects by field, lists by the keys that the schema names, other lists as a whole;
/// null removes, `$patch: delete|replace|merge` directs. Elements that the patch adds come first.
/// Nodes of the patch become part of the tree, so a patch serves once.
/// @returns the merged tree, nullptr when the patch deletes it
/// @throws Failure
/// Source: kustomize's merge2 (kyaml v0.21.2).
Node* merge_strategically(Context& context, Node* patch, Node* target);

}  // namespace weir::kustomize
