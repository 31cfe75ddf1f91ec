#pragma once

#include "pkg/runtime/facts.hpp"

namespace weir::source {

/// What the rest of the program knows of the controller.
runtime::ControllerFacts facts();

}  // namespace weir::source
