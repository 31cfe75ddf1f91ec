#pragma once

#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir::cli {

/// Whether somebody in the keyring has signed for this very archive.
/// @param file_name   of the archive, as the provenance calls it
/// @param keyring     a file with public keys, armored or not; empty: ~/.gnupg/pubring.gpg
/// @returns an error in Helm's words where Helm has some: "failed to load keyring: open x: no such file or directory"
Result<void> verify_chart(
    std::string_view archive, std::string_view file_name, std::string_view provenance, const std::string& keyring
);

/// The same for an archive on this machine, with the provenance file beside it.
Result<void> verify_chart_file(const std::string& path, const std::string& keyring);

}  // namespace weir::cli
