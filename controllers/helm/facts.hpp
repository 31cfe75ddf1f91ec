#pragma once

#include "pkg/runtime/facts.hpp"

namespace weir::helm_controller {

/// What the rest of the program needs to know of this controller.
runtime::ControllerFacts facts();

}  // namespace weir::helm_controller
