#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "pkg/git/repository.hpp"

namespace weir::image_automation {

/// A file that may hold a marker.
struct MarkedFile {
  std::string path;  ///< from the top of the repository
  git::ObjectId blob;
};

/// What a look may cost: a tree of a few kilobytes can hold itself a billion times.
struct MarkedFilesLimits {
  MarkedFilesLimits() {}
  std::size_t file_bytes = 16u << 20;  ///< of a YAML file
  std::size_t files = 100'000;         ///< with markers
  std::size_t path_bytes = 32u << 20;  ///< of them all
  std::size_t entries = 500'000;       ///< of the folders that have to be read, each once
};

/// Finds the files with markers in a commit's tree and remembers what each folder held, so that the next look reads
/// only folders that changed: after a commit to one of a thousand folders that is one folder and those above it.
/// Threads: any, one look at a time.
class MarkedFiles {
 public:
  explicit MarkedFiles(MarkedFilesLimits limits = MarkedFilesLimits{}) : limits_{limits} {}

  /// Blocks. Links are not followed, submodules not entered.
  /// @param root  a resolved update path, "" for the top
  /// A folder may stand in a tree many times, a small tree hold more paths than can be walked: each is looked at once,
  /// and only paths that lead to a file are gone.
  /// @returns by Git's order; empty when there is no such folder
  /// @throws git::GitError kStorage when the store is damaged, kTooLarge naming file and limit; TrialTooSmall
  std::vector<MarkedFile> find(
      const git::Repository& repository, const git::ObjectId& tree, const std::string& root, std::stop_token stop
  );

 private:
  struct Folder {
    std::vector<MarkedFile> files;  // of this folder alone, by name
    std::vector<std::pair<std::string, git::ObjectId>> folders;
  };
  struct Hash {
    std::size_t operator()(const git::ObjectId& id) const;
  };
  /// What a folder and all below it hold.
  struct Extent {
    std::size_t files = 0;  // one for each path, at most one more than find() takes
    int height = 0;         // folders below each other
  };
  using Extents = std::unordered_map<git::ObjectId, Extent, Hash>;
  using Folders = std::unordered_map<git::ObjectId, std::shared_ptr<const Folder>, Hash>;

  std::shared_ptr<const Folder> look(
      const git::Repository& repository, const git::ObjectId& tree, const std::string& prefix
  );
  Extent measure(
      const git::Repository& repository,
      const git::ObjectId& tree,
      const std::string& prefix,
      int depth,
      Extents& known,
      const std::stop_token& stop
  );
  void forget_all_but(const git::ObjectId& tree);

  const MarkedFilesLimits limits_;
  Folders known_;
  std::size_t kept_ = 0;     // folders of the last clean-up
  std::size_t entries_ = 0;  // that the current look has read
};

}  // namespace weir::image_automation
