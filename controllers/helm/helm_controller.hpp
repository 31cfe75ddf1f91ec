#pragma once

#include <memory>

#include "controllers/helm/options.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::helm_controller {

inline constexpr const char* kName = "helm-controller";

/// The helm-controller: HelmReleases.
std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options);

}  // namespace weir::helm_controller
