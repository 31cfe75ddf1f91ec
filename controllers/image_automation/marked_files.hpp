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
  std::size_t folders = 1'000'000;     ///< entered, counted each time
  std::size_t files = 100'000;         ///< with markers
  std::size_t path_bytes = 32u << 20;  ///< of them all
};

/// Finds the files with markers in a commit's tree and remembers what each folder held, so that the next look reads only
/// folders that changed: after a commit to one of a thousand folders that is one folder and those above it.
/// Threads: any, one look at a time.
class MarkedFiles {
 public:
  explicit MarkedFiles(MarkedFilesLimits limits = MarkedFilesLimits{}) : limits_{limits} {}

  /// Blocks. Links are not followed, submodules not entered.
  /// @param root  a resolved update path, "" for the top
  /// @returns by Git's order; empty when there is no such folder
  /// @throws git::GitError kStorage when the store is damaged, kTooLarge naming file and limit
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
  using Folders = std::unordered_map<git::ObjectId, std::shared_ptr<const Folder>, Hash>;

  std::shared_ptr<const Folder> look(
      const git::Repository& repository, const git::ObjectId& tree, const std::string& prefix
  );
  void forget_all_but(const git::ObjectId& tree);

  const MarkedFilesLimits limits_;
  Folders known_;
  std::size_t kept_ = 0;  // folders of the last clean-up
};

}  // namespace weir::image_automation
