#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"

namespace weir::git {

/// One entry of a .gitmodules file.
struct Submodule {
  std::string name;
  std::string path;  ///< below the root, without "." and ".." segments
  std::string url;   ///< absolute, or relative to the repository's own ("./", "../")
};

/// Reads a .gitmodules file. Entries without path or url are left out, as Git does.
/// @returns an error at ".gitmodules:<line>" for a line that cannot be read or a path that leads
/// out Source: gitmodules(5), git-config(1) "Syntax".
Result<std::vector<Submodule>> parse_gitmodules(std::string_view text);

}  // namespace weir::git
