#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir lint CHART...`: what is wrong with charts, in the form of `helm lint`, and the traps of values.
Command lint_command();

}  // namespace weir::cli
