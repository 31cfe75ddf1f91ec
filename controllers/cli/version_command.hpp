#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir version`: this program's version.
Command version_command();

}  // namespace weir::cli
