#pragma once

#include <memory>

#include "controllers/image_automation/options.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::image_automation {

inline constexpr const char* kName = "image-automation-controller";

/// The controller of ImageUpdateAutomation.
std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options);

}  // namespace weir::image_automation
