#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir explain values CHART`: which layer set, changed or removed each key of a chart's values.
Command explain_command();

}  // namespace weir::cli
