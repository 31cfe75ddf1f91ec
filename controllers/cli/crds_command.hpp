#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir crds apply`: server-side apply of the CRDs that this
/// very program was built with; `weir crds print` shows them.
Command crds_command();

}  // namespace weir::cli
