#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir check`: what must be there for Weir to work, one line each; exit status 1 when something is not.
/// @param controllers  those of the program; must outlive the command
Command check_command(std::span<const runtime::ControllerFacts> controllers);

}  // namespace weir::cli
