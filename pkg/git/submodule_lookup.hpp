#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pkg/git/object_id.hpp"
#include "pkg/git/url.hpp"

namespace weir::git {

constexpr std::size_t kMostSubmodules = 1'000;

/// A submodule that a commit really has, with the URL it is to be had from.
struct WantedSubmodule {
  std::string path;
  Url url;
  ObjectId commit;
};

/// What the .gitmodules file of a commit lists and its tree has. Blocks: for the io pool.
/// @param url  of the repository, for relative ones
/// @throws GitError kProtocol naming the submodule or line, kTooLarge, kStorage
std::vector<WantedSubmodule> wanted_submodules(const std::string& store, const ObjectId& commit, const Url& url);

}  // namespace weir::git
