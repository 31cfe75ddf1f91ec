#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/git/commit_signer.hpp"
#include "pkg/git/object_id.hpp"
#include "pkg/git/repository.hpp"

namespace weir::git {

/// New content of one file; nullopt removes it.
struct FileChange {
  FileChange(std::string path_, std::optional<std::string> content_)
      : path{std::move(path_)}, content{std::move(content_)} {}

  std::string path;
  std::optional<std::string> content;
};

/// What a commit says besides its files.
struct CommitText {
  Signature author;
  Signature committer;
  std::string message;
};

/// Writes a commit on top of `parent` straight into the object store, without a checkout. A changed
/// file keeps its mode, a new one is a plain file. The tip stays where it is. Blocks.
/// @returns nullopt when the changes change nothing: there is never an empty commit
/// @throws GitError kStorage, also for a path that names a folder or leads out; anything the signer
/// throws
std::optional<ObjectId> write_commit(
    Repository& repository,
    const ObjectId& parent,
    const std::vector<FileChange>& changes,
    const CommitText& text,
    const CommitSigner& signer = {}
);

/// The pack that turns a server's `known` commit into `commit`, its child: the commit, and what its
/// tree has and the other's has not. Works on a shallow store. Blocks.
std::string make_pack(const Repository& repository, const ObjectId& known, const ObjectId& commit);

}  // namespace weir::git
