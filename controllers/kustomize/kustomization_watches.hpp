#pragma once

#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/kustomize/dependencies.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::kustomize_controller {

/// A labelled ConfigMap or Secret: only that it changed matters.
struct WatchedConfig {};

/// What wakes a Kustomization besides its own spec: a new artifact of its source, a dependency that became ready, a
/// change of a ConfigMap or Secret that it substitutes from. (Drift and health come from the reconciler.)
/// Call before the informers run; all must outlive them.
struct Watches {
  kube::Informer<api::kustomize::Kustomization>& kustomizations;  ///< of this shard
  kube::Informer<api::kustomize::Kustomization>& dependencies;    ///< of all; may be the same
  kube::Informer<api::source::GitRepository>& repositories;
  kube::Informer<WatchedConfig>& config_maps;
  kube::Informer<WatchedConfig>& secrets;
  const DependencyWaiters& waiters;
};
void connect_watches(
    const Watches& watches, runtime::Controller<api::kustomize::Kustomization>& controller
);

/// Metadata of the ConfigMaps or Secrets with that label.
std::unique_ptr<kube::Informer<WatchedConfig>> make_config_informer(
    kube::Client& client, kube::Resource resource, std::string label_selector, log::Logger log
);

}  // namespace weir::kustomize_controller
