#pragma once

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/runtime/controller.hpp"

namespace weir::image_reflector {

/// What wakes an ImagePolicy besides its own spec: other tags of its ImageRepository, or another image or access list.
/// Call before the informers run; all must outlive them.
void connect_watches(
    kube::Informer<api::image::ImageRepository>& repositories,
    kube::Informer<api::image::ImagePolicy>& policies,
    runtime::Controller<api::image::ImagePolicy>& controller
);

}  // namespace weir::image_reflector
