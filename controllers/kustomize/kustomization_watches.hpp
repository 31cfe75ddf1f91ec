#pragma once

#include <string>

#include "api/kustomize/v1/kustomization.hpp"
#include "controllers/kustomize/dependencies.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/caches.hpp"
#include "pkg/runtime/controller.hpp"
#include "pkg/sources/sources.hpp"

namespace weir::kustomize_controller {

/// What wakes a Kustomization besides its own spec: a new artifact of its source, a dependency that became ready.
/// (Drift and health come from the reconciler.) Call before the caches start; all must outlive them.
struct Watches {
  kube::Informer<api::kustomize::Kustomization>& kustomizations;  ///< of this shard
  kube::Informer<api::kustomize::Kustomization>& dependencies;    ///< of all; may be the same
  sources::Sources& sources;
  const DependencyWaiters& waiters;
};
void connect_watches(const Watches& watches, runtime::Controller<api::kustomize::Kustomization>& controller);

/// And a change of a labelled ConfigMap or Secret that it substitutes from. Only that it changed is known of it.
void connect_config_watches(
    runtime::Caches& caches,
    const std::string& namespace_,
    const std::string& label_selector,
    kube::Informer<api::kustomize::Kustomization>& kustomizations,
    runtime::Controller<api::kustomize::Kustomization>& controller
);

}  // namespace weir::kustomize_controller
