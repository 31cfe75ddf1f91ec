#include "pkg/git/archive_source.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/git/ignore.hpp"

namespace weir::git {

namespace {

constexpr std::string_view kIgnoreFile = ".sourceignore";

std::string joined(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string{name} : text::cat(folder, '/', name);
}

/// "./apps//web/" → "apps/web"
std::string normal(std::string_view path) {
  std::vector<std::string> kept;
  for (const auto segment : text::split(path, '/')) {
    if (!segment.empty() && segment != ".") kept.emplace_back(segment);
  }
  return text::join(kept, "/");
}

/// Whether one path is the other or lies below it.
bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() || path == folder ||
         (path.starts_with(folder) && path[folder.size()] == '/');
}

class Lister {
 public:
  Lister(const SourceOptions& options, std::stop_token stop)
      : options_{options}, stop_{std::move(stop)} {
    for (const auto& folder : options.sparse_folders) sparse_.push_back(normal(folder));
    std::erase(sparse_, std::string{});
  }

  SourceTree list(const StoredCommit& commit) {
    walk_commit(commit, "");
    check_sparse_folders();
    apply_ignore_rules();
    check_limits();
    return std::move(tree_);
  }

 private:
  void walk_commit(const StoredCommit& commit, const std::string& path) {
    auto repository = Repository::open(commit.store);
    const auto store = static_cast<std::uint32_t>(tree_.stores.size());
    tree_.stores.push_back(commit.store);
    walk(repository, store, repository.read_commit(commit.commit).tree, path);
  }

  bool is_wanted(const std::string& path) const {
    if (sparse_.empty()) return true;
    return std::any_of(sparse_.begin(), sparse_.end(), [&](const std::string& folder) {
      return is_below(path, folder);
    });
  }

  bool leads_to_wanted(const std::string& path) const {
    return is_wanted(path) ||
           std::any_of(sparse_.begin(), sparse_.end(), [&](const std::string& folder) {
             return is_below(folder, path);
           });
  }

  void walk(
      Repository& repository, std::uint32_t store, const ObjectId& tree, const std::string& folder
  ) {
    if (stop_.stop_requested())
      throw std::runtime_error{"stopped while listing the files of a commit"};
    auto entries = repository.read_tree(tree);
    // Git sorts folders as if their names ended in a slash; a directory walk does not.
    std::sort(entries.begin(), entries.end(), [](const TreeEntry& left, const TreeEntry& right) {
      return left.name < right.name;
    });
    read_ignore_file(
        repository, entries, folder
    );  // before those of the folders below, which are stronger
    for (const auto& entry : entries) {
      const std::string path = joined(folder, entry.name);
      switch (entry.kind) {
        case TreeEntryKind::kFolder: {
          if (!leads_to_wanted(path)) break;
          add(path, true, false, entry.id, store);
          walk(repository, store, entry.id, path);
          break;
        }
        case TreeEntryKind::kFile:
        case TreeEntryKind::kExecutable:
          if (!is_wanted(path)) break;
          add(path, false, entry.kind == TreeEntryKind::kExecutable, entry.id, store);
          break;
        case TreeEntryKind::kSubmodule: {
          const auto submodule = options_.submodules.find(path);
          if (submodule == options_.submodules.end() || !leads_to_wanted(path)) break;
          add(path, true, false, entry.id, store);
          walk_commit(submodule->second, path);
          break;
        }
        case TreeEntryKind::kLink:
          break;
      }
    }
  }

  void read_ignore_file(
      const Repository& repository, const std::vector<TreeEntry>& entries, const std::string& folder
  ) {
    if (!is_wanted(joined(folder, kIgnoreFile))) return;
    for (const auto& entry : entries) {
      const bool is_file =
          entry.kind == TreeEntryKind::kFile || entry.kind == TreeEntryKind::kExecutable;
      if (is_file && entry.name == kIgnoreFile)
        ignore_files_.emplace_back(folder, repository.read_blob(entry.id));
    }
  }

  void add(
      const std::string& path,
      bool is_folder,
      bool is_executable,
      const ObjectId& id,
      std::uint32_t store
  ) {
    SourceEntry entry;
    entry.path = path;
    entry.is_folder = is_folder;
    entry.is_executable = is_executable;
    entry.id = id;
    entry.store = store;
    tree_.entries.push_back(std::move(entry));
  }

  void check_sparse_folders() const {
    for (const auto& folder : sparse_) {
      const bool exists =
          std::any_of(tree_.entries.begin(), tree_.entries.end(), [&](const SourceEntry& entry) {
            return entry.is_folder && entry.path == folder;
          });
      if (!exists)
        throw GitError{
            GitFailure::kNoSuchReference,
            text::cat("sparse checkout dir '", folder, "' does not exist in repository")};
    }
  }

  void apply_ignore_rules() {
    std::vector<IgnorePattern> patterns;
    for (const auto& [folder, text] : ignore_files_) {
      std::vector<std::string> segments;
      for (const auto segment : text::split(folder, '/')) {
        if (!segment.empty()) segments.emplace_back(segment);
      }
      for (auto& pattern : parse_ignore_lines(text, segments))
        patterns.push_back(std::move(pattern));
    }
    const IgnoreRules rules{std::move(patterns), options_.ignore};
    std::erase_if(tree_.entries, [&](const SourceEntry& entry) {
      return rules.ignores(entry.path, entry.is_folder);
    });
  }

  void check_limits() const {
    std::uint64_t files = 0;
    for (const auto& entry : tree_.entries) files += entry.is_folder ? 0 : 1;
    if (options_.max_files > 0 && files > options_.max_files)
      throw LimitExceeded{text::cat(
          "the source has ", files, " files, more than the limit of ", options_.max_files
      )};
  }

  const SourceOptions& options_;
  std::stop_token stop_;
  std::vector<std::string> sparse_;
  std::vector<std::pair<std::string, std::string>> ignore_files_;  // folder and text
  SourceTree tree_;
};

}  // namespace

SourceTree list_source(
    const StoredCommit& commit, const SourceOptions& options, std::stop_token stop
) {
  return Lister{options, std::move(stop)}.list(commit);
}

SourceReader::SourceReader(const SourceTree& tree) {
  repositories_.reserve(tree.stores.size());
  for (const auto& store : tree.stores) repositories_.push_back(Repository::open(store));
}

std::string SourceReader::read(const SourceEntry& file, std::uint64_t max_bytes) {
  const Repository& repository = repositories_.at(file.store);
  if (max_bytes > 0) {
    const auto size = repository.blob_size_bytes(file.id);
    if (size > max_bytes)
      throw LimitExceeded{text::cat(
          "the file ",
          text::quoted(file.path),
          " has ",
          size,
          " bytes, more than the limit of ",
          max_bytes
      )};
  }
  return repository.read_blob(file.id);
}

}  // namespace weir::git
