#pragma once

#include "api/source/v1/git_repository.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::source {

/// What wakes a GitRepository besides its own spec: a new artifact of a repository that it includes.
/// Call before the informer runs; both must outlive it.
void connect_watches(
    kube::Informer<api::source::GitRepository>& repositories,
    runtime::Controller<api::source::GitRepository>& controller
);

}  // namespace weir::source
