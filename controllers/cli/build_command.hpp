#pragma once

#include <ostream>
#include <span>
#include <string_view>

namespace weir::cli {

/// `weir build DIR [flags]`: prints what `kustomize build DIR` prints.
/// @param arguments  those after "build"
/// @returns 0, 1 when the build is refused (the reason, with file, line and field, on `err`), 2 for a wrong call
int build_command(std::span<const std::string_view> arguments, std::ostream& out, std::ostream& err);

}  // namespace weir::cli
