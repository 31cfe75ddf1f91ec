#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir show chart|values|readme|crds|all CHART`: prints parts of a chart, as `helm show`.
Command show_command();

}  // namespace weir::cli
