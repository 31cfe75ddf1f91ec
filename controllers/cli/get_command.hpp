#pragma once

#include "controllers/cli/command.hpp"

namespace weir::cli {

/// `weir get KIND|all [NAME]`: the objects of Weir's kinds as a
/// table, as `flux get` prints them, or whole as JSON or YAML.
Command get_command(std::span<const runtime::ControllerFacts> controllers);

}  // namespace weir::cli
