#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir template [NAME] CHART`: prints what `helm template` prints.
Command template_command();

}  // namespace weir::cli
