#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pkg/git/object_id.hpp"
#include "pkg/git/repository.hpp"

namespace weir::git {

/// A commit in a store; submodules bring further ones.
struct StoredCommit {
  StoredCommit(std::string store_, ObjectId commit_) : store{std::move(store_)}, commit{commit_} {}
  std::string store;
  ObjectId commit;
};

/// What a walk over a commit's folders may cost: a tree of a few kilobytes can hold itself a
/// billion times. All are checked before they are passed.
struct WalkLimits {
  WalkLimits() {}

  std::uint64_t entries = 2'000'000;     ///< looked at, whether they belong in the artifact or not
  std::uint64_t path_bytes = 64u << 20;  ///< of what belongs in it
  std::size_t path_length = 4'095;       ///< no file system takes longer ones
  std::size_t name_length = 255;
  std::size_t depth = 256;               ///< folders in folders
  std::size_t ignore_bytes = 1u << 20;   ///< of all .sourceignore files
  std::size_t ignore_patterns = 10'000;  ///< of them and spec.ignore
  std::size_t ignore_line = 1'024;
  std::uint64_t matches = 1'000'000'000;  ///< of a pattern with a path
};

struct SourceOptions {
  SourceOptions() {}

  std::vector<std::string> sparse_folders;         ///< only what is below these; empty = everything
  std::optional<std::string> ignore;               ///< spec.ignore
  std::map<std::string, StoredCommit> submodules;  ///< by path; links to others are left out
  std::uint64_t max_files = 0;                     ///< 0 = no limit; as many folders are taken
  WalkLimits limits;
};

/// A file or folder that belongs in the artifact.
struct SourceEntry {
  std::string path;  ///< below the root, without a leading slash
  bool is_folder = false;
  bool is_executable = false;
  ObjectId id;              ///< equal ids mean equal content
  std::uint32_t store = 0;  ///< index in SourceTree::stores
};

/// What an artifact is made of, in the order a lexical directory walk gives it (parents first).
/// Symbolic links are left out.
struct SourceTree {
  std::vector<SourceEntry> entries;
  std::vector<std::string> stores;
};

/// Lists the files of a commit straight from the object store: nothing is checked out. Blocks: for
/// the io pool.
/// @throws GitError kStorage; GitError kNoSuchReference for a sparse folder that the commit does
/// not have;
///         LimitExceeded; std::runtime_error when stopped
SourceTree list_source(
    const StoredCommit& commit, const SourceOptions& options, std::stop_token stop = {}
);

/// Whether a commit has these folders, as far as its own trees tell: what is below a submodule is
/// not looked at. Blocks: for the io pool.
/// @throws GitError kNoSuchReference naming the first that is missing; kStorage
void check_folders(const StoredCommit& commit, const std::vector<std::string>& folders);

/// A limit of the artifact was passed; the text names limit and value.
class LimitExceeded : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Gives the content of files.  Threads: any, one at a time; blocks.
class SourceReader {
 public:
  explicit SourceReader(const SourceTree& tree);
  /// @param max_bytes  0, or more than kLargestBlob: that; checked before the content is unpacked
  /// @throws LimitExceeded naming the file; GitError kStorage
  std::string read(const SourceEntry& file, std::uint64_t max_bytes = 0);

 private:
  std::vector<Repository> repositories_;
};

}  // namespace weir::git
