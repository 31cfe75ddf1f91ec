#pragma once

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_update_automation.hpp"
#include "api/source/v1/git_repository.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::image_automation {

/// What wakes an ImageUpdateAutomation besides itself: another image of a policy in its namespace, a policy that comes,
/// goes or changes its labels, another spec of its GitRepository, and a commit there that is not its own.
void connect_watches(
    kube::Informer<api::image::ImageUpdateAutomation>& automations,
    kube::Informer<api::image::ImagePolicy>& policies,
    kube::Informer<api::source::GitRepository>& repositories,
    runtime::Controller<api::image::ImageUpdateAutomation>& controller
);

/// Index of the automations by namespace, and of the policies.
inline constexpr const char* kByNamespace = "namespace";

}  // namespace weir::image_automation
