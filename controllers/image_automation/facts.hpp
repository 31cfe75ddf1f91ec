#pragma once

#include "pkg/runtime/facts.hpp"

namespace weir::image_automation {

/// What the rest of the program knows of the controller.
runtime::ControllerFacts facts();

}  // namespace weir::image_automation
