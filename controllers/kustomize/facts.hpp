#pragma once

#include "pkg/runtime/facts.hpp"

namespace weir::kustomize_controller {

/// What the rest of the program knows of the controller.
runtime::ControllerFacts facts();

}  // namespace weir::kustomize_controller
