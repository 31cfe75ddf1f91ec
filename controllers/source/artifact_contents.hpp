#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pkg/artifact/archive.hpp"
#include "pkg/git/archive_source.hpp"

namespace weir::source {

/// Another repository's artifact that is copied into this one.
struct IncludedArtifact {
  IncludedArtifact(std::string archive_, std::string from_, std::string to_)
      : archive{std::move(archive_)}, from{std::move(from_)}, to{std::move(to_)} {}
  std::string archive;  ///< the .tar.gz in storage
  std::string from;     ///< only what is below this folder of it; empty = all
  std::string to;       ///< the folder that it becomes
};

/// Everything that decides what is in an artifact.
struct ArtifactContents {
  ArtifactContents() {}
  std::string store;
  git::ObjectId commit;
  std::vector<std::string> sparse_folders;
  std::optional<std::string> ignore;
  std::map<std::string, git::StoredCommit> submodules;
  std::vector<IncludedArtifact> includes;
  artifact::Limits limits;
};

/// Writes the files of a commit, and of the included artifacts over them, in one lexical order. Blocking.
/// @throws git::GitError, git::LimitExceeded, artifact::LimitExceeded, std::runtime_error naming the include
void write_contents(const ArtifactContents& contents, artifact::ArchiveWriter& writer, const std::stop_token& stop);

}  // namespace weir::source
