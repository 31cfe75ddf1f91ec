#pragma once

#include <memory>

#include "controllers/image_reflector/options.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::image_reflector {

inline constexpr const char* kName = "image-reflector-controller";

/// The image-reflector-controller: ImageRepositories and ImagePolicies.
std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options);

}  // namespace weir::image_reflector
