#pragma once

#include <set>
#include <string>
#include <string_view>

#include "api/kustomize/v1/kustomization.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/kube/object_key.hpp"

/// What a Kustomization refers to, and whether it may go ahead.  Threads: reactor.
namespace weir::kustomize_controller {

/// The source that it names; its own namespace unless it says otherwise.
kube::ObjectKey source_key(const api::kustomize::Kustomization& object);
kube::ObjectKey dependency_key(
    const api::kustomize::Kustomization& object, const api::kustomize::DependencyReference& reference
);

/// The Kustomizations whose last pass had to wait for a dependency. Kept in memory from the moment of that decision:
/// the status says the same, but a little later, and a dependency may become ready in between.
using DependencyWaiters = std::set<kube::ObjectKey>;

/// Why `object` has to wait for what it depends on, in the words of Flux's condition; empty: it need not. A cycle is
/// told as such: "dependency cycle: apps/a -> apps/b -> apps/a".
/// @param revision  of the source; a dependency on the same source must have applied it
std::string dependency_problem(
    const kube::Informer<api::kustomize::Kustomization>& kustomizations,
    const api::kustomize::Kustomization& object,
    std::string_view revision
);

}  // namespace weir::kustomize_controller
