#pragma once

#include <memory>

#include "controllers/source/options.hpp"
#include "pkg/runtime/manager.hpp"

namespace weir::source {

inline constexpr const char* kName = "source-controller";

/// The source-controller: GitRepositories and the artifact server.
std::unique_ptr<runtime::Unit> make_unit(runtime::Manager& manager, const Options& options);

}  // namespace weir::source
