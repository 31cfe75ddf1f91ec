#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir check`: what must be there for Weir to work, one line each; exit status 1 when something is not.
Command check_command();

}  // namespace weir::cli
