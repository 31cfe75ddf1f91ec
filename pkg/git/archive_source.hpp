#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
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
  std::uint64_t open_entries = 500'000;  ///< of a folder and all that it lies in
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
  std::uint16_t store = 0;  ///< index in SourceTree::stores
};

/// The files and folders of an artifact, each with its name alone: a million of them, which a tree
/// of a few kilobytes can be, take some 40 MB.  Threads: value.
class SourceEntries {
 public:
  /// Builds the paths again as it goes.
  class Iterator {
   public:
    using value_type = SourceEntry;
    using difference_type = std::ptrdiff_t;
    const SourceEntry& operator*() const { return current_; }
    const SourceEntry* operator->() const { return &current_; }
    Iterator& operator++();
    bool operator==(std::default_sentinel_t) const { return at_ == all_->nodes_.size(); }

   private:
    friend class SourceEntries;
    explicit Iterator(const SourceEntries& all) : all_{&all} { read(); }
    void read();
    void go_on();

    const SourceEntries* all_;
    std::size_t at_ = 0;
    std::size_t name_at_ = 0;
    SourceEntry current_;
    std::vector<std::pair<std::uint32_t, std::size_t>> open_;  // folders and where their paths end
  };

  Iterator begin() const { return Iterator{*this}; }
  std::default_sentinel_t end() const { return {}; }
  std::size_t size() const { return size_; }

  /// What add() takes for the root.
  static constexpr std::uint32_t kRoot = UINT32_MAX;
  /// Parents come first, and what is in a folder follows it.
  /// @param parent     what this gave for the folder that `entry` is in
  /// @param entry      its path is the name in that folder alone
  /// @param is_listed  otherwise a folder that is not part of the artifact though what is in it is
  std::uint32_t add(std::uint32_t parent, const SourceEntry& entry, bool is_listed = true);
  void remove_if(const std::function<bool(const SourceEntry&)>& unwanted);

 private:
  struct Node {
    ObjectId id;
    std::uint32_t parent = kRoot;
    std::uint16_t name_bytes = 0;
    std::uint16_t store = 0;
    bool is_folder = false;
    bool is_executable = false;
    bool is_left_out = false;
  };

  /// A deque, as what grows by copying takes three times its size while it does.
  std::deque<Node> nodes_;
  std::deque<char> names_;  // one after the other
  std::size_t size_ = 0;
};

/// What an artifact is made of, in the order a lexical directory walk gives it (parents first).
/// Symbolic links are left out.
struct SourceTree {
  SourceEntries entries;
  std::vector<std::string> stores;
};

/// Lists the files of a commit straight from the object store: nothing is checked out. Blocks: for
/// the io pool.
/// @throws GitError kStorage; GitError kNoSuchReference for a sparse folder that the commit does
/// not have;
///         LimitExceeded; std::runtime_error when stopped
SourceTree list_source(const StoredCommit& commit, const SourceOptions& options, std::stop_token stop = {});

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
