#pragma once

#include "api/image/v1/image_update_automation.hpp"
#include "api/source/v1/git_repository.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::source {

/// What wakes a GitRepository besides its own spec: a new artifact of a repository that it includes, and a commit that
/// an ImageUpdateAutomation says to have pushed there. Call before the informers run; all must outlive them.
void connect_watches(
    kube::Informer<api::source::GitRepository>& repositories,
    kube::Informer<api::image::ImageUpdateAutomation>& automations,
    runtime::Controller<api::source::GitRepository>& controller
);

}  // namespace weir::source
