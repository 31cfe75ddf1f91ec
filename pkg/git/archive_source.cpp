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

[[noreturn]] void refuse_missing(std::string_view folder) {
  throw GitError{
      GitFailure::kNoSuchReference,
      text::cat("sparse checkout dir '", folder, "' does not exist in repository")};
}

class Lister {
 public:
  Lister(const SourceOptions& options, std::stop_token stop)
      : options_{options}, stop_{std::move(stop)}, rules_{{}, options.ignore} {
    for (const auto& folder : options.sparse_folders) sparse_.push_back(normal(folder));
    std::erase(sparse_, std::string{});
    missing_ = sparse_;
  }

  SourceTree list(const StoredCommit& commit) {
    if (options_.ignore) check_patterns("spec.ignore", *options_.ignore);
    walk_commit(commit, "");
    if (!missing_.empty()) refuse_missing(missing_.front());
    if (!rules_.has_patterns()) {
      std::erase_if(tree_.entries, [](const SourceEntry& entry) {
        return IgnoreRules::ignores_by_default(entry.path, entry.is_folder);
      });
    }
    return std::move(tree_);
  }

 private:
  void walk_commit(const StoredCommit& commit, const std::string& path, std::size_t depth = 0) {
    auto repository = Repository::open(commit.store);
    const auto store = static_cast<std::uint32_t>(tree_.stores.size());
    tree_.stores.push_back(commit.store);
    walk(repository, store, repository.read_commit(commit.commit).tree, path, depth);
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
      Repository& repository,
      std::uint32_t store,
      const ObjectId& tree,
      const std::string& folder,
      std::size_t depth
  ) {
    if (depth > limits().depth)
      refuse(text::cat(
          "folders are nested more than ",
          limits().depth,
          " deep at ",
          text::quoted(folder.substr(0, 100))
      ));
    auto entries = repository.read_tree(tree);
    // Git sorts folders as if their names ended in a slash; a directory walk does not.
    std::sort(entries.begin(), entries.end(), [](const TreeEntry& left, const TreeEntry& right) {
      return left.name < right.name;
    });
    const auto before = rules_.enter(read_ignore_file(repository, entries, folder));
    for (const auto& entry : entries) {
      count_visit();
      if (entry.kind == TreeEntryKind::kLink) continue;
      const std::string path = joined(folder, entry.name);
      if (entry.name.size() > limits().name_length || path.size() > limits().path_length)
        refuse(text::cat(
            "the path ", text::quoted(path.substr(0, 100)), "... is too long for a file system"
        ));
      switch (entry.kind) {
        case TreeEntryKind::kFolder:
          if (!leads_to_wanted(path)) break;
          add(path, true, false, entry.id, store);
          walk(repository, store, entry.id, path, depth + 1);
          break;
        case TreeEntryKind::kFile:
        case TreeEntryKind::kExecutable:
          if (!is_wanted(path)) break;
          add(path, false, entry.kind == TreeEntryKind::kExecutable, entry.id, store);
          break;
        case TreeEntryKind::kSubmodule: {
          const auto submodule = options_.submodules.find(path);
          if (submodule == options_.submodules.end() || !leads_to_wanted(path)) break;
          add(path, true, false, entry.id, store);
          walk_commit(submodule->second, path, depth + 1);
          break;
        }
        case TreeEntryKind::kLink:
          break;
      }
    }
    rules_.leave(before);
  }

  void count_visit() {
    if (stop_.stop_requested())
      throw std::runtime_error{"stopped while listing the files of a commit"};
    if (++visited_ > limits().entries)
      refuse(text::cat(
          "the source has more than ",
          limits().entries,
          " entries, counted in every folder they are in"
      ));
  }

  std::vector<IgnorePattern> read_ignore_file(
      const Repository& repository, const std::vector<TreeEntry>& entries, const std::string& folder
  ) {
    const std::string path = joined(folder, kIgnoreFile);
    if (!is_wanted(path)) return {};
    const auto entry = std::find_if(entries.begin(), entries.end(), [](const TreeEntry& one) {
      return one.name == kIgnoreFile &&
             (one.kind == TreeEntryKind::kFile || one.kind == TreeEntryKind::kExecutable);
    });
    if (entry == entries.end()) return {};
    ignore_bytes_ += repository.blob_size_bytes(entry->id);
    if (ignore_bytes_ > limits().ignore_bytes)
      refuse(text::cat(
          "the ",
          kIgnoreFile,
          " files have more than ",
          limits().ignore_bytes,
          " bytes, reached at ",
          text::quoted(path)
      ));
    const std::string content = repository.read_blob(entry->id, limits().ignore_bytes);
    check_patterns(path, content);
    std::vector<std::string> segments;
    for (const auto segment : text::split(folder, '/')) {
      if (!segment.empty()) segments.emplace_back(segment);
    }
    return parse_ignore_lines(content, segments);
  }

  /// Before they are taken apart, which takes many times their size.
  void check_patterns(std::string_view where, std::string_view content) {
    std::size_t start = 0;
    while (start < content.size()) {
      const auto end = std::min(content.find('\n', start), content.size());
      if (end - start > limits().ignore_line)
        refuse(text::cat(where, ": a line is longer than ", limits().ignore_line, " characters"));
      if (++patterns_ > limits().ignore_patterns)
        refuse(text::cat(where, ": more than ", limits().ignore_patterns, " patterns"));
      start = end + 1;
    }
  }

  void add(
      const std::string& path,
      bool is_folder,
      bool is_executable,
      const ObjectId& id,
      std::uint32_t store
  ) {
    if (is_folder) std::erase(missing_, path);
    matches_ += rules_.size();
    if (matches_ > limits().matches)
      refuse(text::cat("the ignore rules take more than ", limits().matches, " comparisons"));
    if (rules_.ignores_by_pattern(path, is_folder)) return;
    auto& count = is_folder ? folders_ : files_;
    if (options_.max_files > 0 && ++count > options_.max_files)
      refuse(text::cat(
          "the source has more than ",
          options_.max_files,
          is_folder ? " folders" : " files",
          ", the limit for files and folders each; the first one too many is ",
          text::quoted(path)
      ));
    path_bytes_ += path.size();
    if (path_bytes_ > limits().path_bytes)
      refuse(text::cat("the paths of the source have more than ", limits().path_bytes, " bytes"));
    SourceEntry entry;
    entry.path = path;
    entry.is_folder = is_folder;
    entry.is_executable = is_executable;
    entry.id = id;
    entry.store = store;
    tree_.entries.push_back(std::move(entry));
  }

  [[noreturn]] static void refuse(std::string text) { throw LimitExceeded{std::move(text)}; }
  const WalkLimits& limits() const { return options_.limits; }

  const SourceOptions& options_;
  std::stop_token stop_;
  std::vector<std::string> sparse_;
  std::vector<std::string> missing_;  // of them, not come across yet
  IgnoreRules rules_;
  std::uint64_t visited_ = 0;
  std::uint64_t files_ = 0;
  std::uint64_t folders_ = 0;
  std::uint64_t path_bytes_ = 0;
  std::uint64_t matches_ = 0;
  std::size_t ignore_bytes_ = 0;
  std::size_t patterns_ = 0;
  SourceTree tree_;
};

}  // namespace

SourceTree list_source(
    const StoredCommit& commit, const SourceOptions& options, std::stop_token stop
) {
  return Lister{options, std::move(stop)}.list(commit);
}

void check_folders(const StoredCommit& commit, const std::vector<std::string>& folders) {
  if (folders.empty()) return;
  const auto repository = Repository::open(commit.store);
  const auto root = repository.read_commit(commit.commit).tree;
  for (const auto& folder : folders) {
    auto tree = root;
    for (const auto name : text::split(normal(folder), '/')) {
      if (name.empty()) break;
      const auto entries = repository.read_tree(tree);
      const auto entry = std::find_if(entries.begin(), entries.end(), [&](const TreeEntry& one) {
        return one.name == name;
      });
      if (entry != entries.end() && entry->kind == TreeEntryKind::kSubmodule) break;
      if (entry == entries.end() || entry->kind != TreeEntryKind::kFolder)
        refuse_missing(normal(folder));
      tree = entry->id;
    }
  }
}

SourceReader::SourceReader(const SourceTree& tree) {
  repositories_.reserve(tree.stores.size());
  for (const auto& store : tree.stores) repositories_.push_back(Repository::open(store));
}

std::string SourceReader::read(const SourceEntry& file, std::uint64_t max_bytes) {
  const Repository& repository = repositories_.at(file.store);
  const std::uint64_t limit =
      max_bytes > 0 ? std::min<std::uint64_t>(max_bytes, kLargestBlob) : kLargestBlob;
  const auto size = repository.blob_size_bytes(file.id);
  if (size > limit)
    throw LimitExceeded{text::cat(
        "the file ",
        text::quoted(file.path),
        " has ",
        size,
        " bytes, more than the limit of ",
        limit
    )};
  return repository.read_blob(file.id);
}

}  // namespace weir::git
