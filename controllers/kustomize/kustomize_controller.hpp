#pragma once

#include <memory>

#include "controllers/kustomize/options.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::kustomize_controller {

inline constexpr const char* kName = "kustomize-controller";

/// The kustomize-controller: Kustomizations.
std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options);

}  // namespace weir::kustomize_controller
