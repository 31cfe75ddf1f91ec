#pragma once

#include <set>
#include <string>

#include "api/helm/v2/helm_release.hpp"
#include "api/source/v1/helm_chart.hpp"
#include "api/source/v1/oci_repository.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/caches.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::helm_controller {

struct Watches {
  kube::Informer<api::helm::HelmRelease>& releases;      ///< of this shard
  kube::Informer<api::helm::HelmRelease>& dependencies;  ///< of all
  kube::Informer<api::source::HelmChart>& charts;
  kube::Informer<api::source::OciRepository>& oci_repositories;
  const std::set<kube::ObjectKey>& waiters;
};

/// What wakes a HelmRelease besides its own change: its chart, what it depends on.
void connect_watches(const Watches& watches, runtime::Controller<api::helm::HelmRelease>& controller);

/// ConfigMaps and Secrets of spec.valuesFrom that carry a label, and the records of releases, which somebody else may
/// have changed.
void connect_config_watches(
    runtime::Caches& caches,
    const std::string& namespace_,
    const std::string& label_selector,
    kube::Informer<api::helm::HelmRelease>& releases,
    runtime::Controller<api::helm::HelmRelease>& controller
);

}  // namespace weir::helm_controller
