#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "pkg/artifact/limits.hpp"

namespace weir::artifact {

/// Unpacks a .tar.gz into a folder that exists. Only directories and regular files are made, symbolic links are
/// skipped; an absolute path, "..", or a backslash is refused, and so is anything over the limits (a tar bomb stops at
/// the first byte too many). Blocking.
/// @throws std::runtime_error naming the entry; LimitExceeded; std::system_error
void extract(
    const std::filesystem::path& archive,
    const std::filesystem::path& target,
    Limits limits,
    const std::stop_token& stop
);

}  // namespace weir::artifact
