#include "pkg/git/archive_source.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/git/ignore.hpp"
#include "pkg/git/large_works.hpp"

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
  return folder.empty() || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

[[noreturn]] void refuse_missing(std::string_view folder) {
  throw GitError{
      GitFailure::kNoSuchReference, text::cat("sparse checkout dir '", folder, "' does not exist in repository")};
}

/// A folder that is being walked through.
struct OpenFolder {
  OpenFolder(std::string name_, ObjectId id_, std::uint16_t store_) : name{std::move(name_)}, id{id_}, store{store_} {}
  std::string name;
  ObjectId id;
  std::uint16_t store;
  std::optional<std::uint32_t> entry;  ///< once it, or something in it, belongs in the artifact
};

std::vector<std::string> normal(const std::vector<std::string>& folders) {
  std::vector<std::string> out;
  for (const auto& folder : folders) out.push_back(normal(std::string_view{folder}));
  std::erase(out, std::string{});
  return out;
}

class Lister {
 public:
  Lister(const SourceOptions& options, std::stop_token stop)
      : options_{options},
        stop_{std::move(stop)},
        sparse_{normal(options.sparse_folders)},
        missing_{sparse_},
        rules_{{}, options.ignore} {}

  SourceTree list(const StoredCommit& commit) {
    if (options_.ignore) check_patterns("spec.ignore", *options_.ignore);
    walk_commit(commit, "");
    if (!missing_.empty()) refuse_missing(missing_.front());
    if (!rules_.has_patterns()) {
      tree_.entries.remove_if([](const SourceEntry& entry) {
        return IgnoreRules::ignores_by_default(entry.path, entry.is_folder);
      });
    }
    return std::move(tree_);
  }

 private:
  void walk_commit(const StoredCommit& commit, const std::string& path, std::size_t depth = 0) {
    auto repository = Repository::open(commit.store);
    const auto store = static_cast<std::uint16_t>(tree_.stores.size());
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
    return is_wanted(path) || std::any_of(sparse_.begin(), sparse_.end(), [&](const std::string& folder) {
             return is_below(folder, path);
           });
  }

  void walk(
      Repository& repository, std::uint16_t store, const ObjectId& tree, const std::string& folder, std::size_t depth
  ) {
    if (depth > limits().depth)
      refuse(
          text::cat("folders are nested more than ", limits().depth, " deep at ", text::quoted(folder.substr(0, 100)))
      );
    auto entries = repository.read_tree(tree);
    count_visits(entries.size());
    // Git sorts folders as if their names ended in a slash; a directory walk does not.
    std::sort(entries.begin(), entries.end(), [](const TreeEntry& left, const TreeEntry& right) {
      return left.name < right.name;
    });
    const auto before = rules_.enter(read_ignore_file(repository, entries, folder));
    for (const auto& entry : entries) {
      if (stop_.stop_requested()) throw std::runtime_error{"stopped while listing the files of a commit"};
      if (entry.kind == TreeEntryKind::kLink) continue;
      const std::string path = joined(folder, entry.name);
      if (entry.name.size() > limits().name_length || path.size() > limits().path_length)
        refuse(text::cat("the path ", text::quoted(path.substr(0, 100)), "... is too long for a file system"));
      switch (entry.kind) {
        case TreeEntryKind::kFolder:
          if (!leads_to_wanted(path)) break;
          enter(path, entry, store);
          walk(repository, store, entry.id, path, depth + 1);
          open_.pop_back();
          break;
        case TreeEntryKind::kFile:
        case TreeEntryKind::kExecutable:
          if (!is_wanted(path)) break;
          add(path, entry, store);
          break;
        case TreeEntryKind::kSubmodule: {
          const auto submodule = options_.submodules.find(path);
          if (submodule == options_.submodules.end() || !leads_to_wanted(path)) break;
          enter(path, entry, store);
          walk_commit(submodule->second, path, depth + 1);
          open_.pop_back();
          break;
        }
        case TreeEntryKind::kLink: break;
      }
    }
    rules_.leave(before);
    open_entries_ -= entries.size();
  }

  void count_visits(std::size_t entries) {
    visited_ += entries;
    open_entries_ += entries;
    if (visited_ > limits().entries)
      refuse(text::cat("the source has more than ", limits().entries, " entries, counted in every folder they are in"));
    if (open_entries_ > limits().open_entries)
      refuse(text::cat("a folder and those that it lies in have more than ", limits().open_entries, " entries"));
    if (visited_ > kOrdinaryEntries && is_trial()) throw TrialTooSmall{};
  }

  std::vector<IgnorePattern> read_ignore_file(
      const Repository& repository, const std::vector<TreeEntry>& entries, const std::string& folder
  ) {
    const std::string path = joined(folder, kIgnoreFile);
    if (!is_wanted(path)) return {};
    const auto entry = std::find_if(entries.begin(), entries.end(), [](const TreeEntry& one) {
      return one.name == kIgnoreFile && (one.kind == TreeEntryKind::kFile || one.kind == TreeEntryKind::kExecutable);
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

  void enter(const std::string& path, const TreeEntry& folder, std::uint16_t store) {
    open_.emplace_back(folder.name, folder.id, store);
    if (!belongs(path, true)) return;
    list_folders(open_.size() - 1);
    open_.back().entry = list_folder(open_.size() - 1, true);
  }

  void add(const std::string& path, const TreeEntry& file, std::uint16_t store) {
    if (!belongs(path, false)) return;
    list_folders(open_.size());
    SourceEntry entry;
    entry.path = file.name;
    entry.is_executable = file.kind == TreeEntryKind::kExecutable;
    entry.id = file.id;
    entry.store = store;
    tree_.entries.add(parent_of(open_.size()), entry);
  }

  /// Those above the one that are not in the list: ignored, though something in them is not.
  void list_folders(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!open_[i].entry) open_[i].entry = list_folder(i, false);
    }
  }

  std::uint32_t list_folder(std::size_t index, bool is_listed) {
    SourceEntry entry;
    entry.path = open_[index].name;
    entry.is_folder = true;
    entry.id = open_[index].id;
    entry.store = open_[index].store;
    return tree_.entries.add(parent_of(index), entry, is_listed);
  }

  std::uint32_t parent_of(std::size_t index) const {
    return index == 0 ? SourceEntries::kRoot : *open_[index - 1].entry;
  }

  /// Counts what does.
  bool belongs(const std::string& path, bool is_folder) {
    if (is_folder) std::erase(missing_, path);
    matches_ += rules_.size();
    if (matches_ > limits().matches)
      refuse(text::cat("the ignore rules take more than ", limits().matches, " comparisons"));
    if (rules_.ignores_by_pattern(path, is_folder)) return false;
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
    return true;
  }

  [[noreturn]] static void refuse(const std::string& text) { throw LimitExceeded{text}; }
  const WalkLimits& limits() const { return options_.limits; }

  const SourceOptions& options_;
  std::stop_token stop_;
  std::vector<std::string> sparse_;
  std::vector<std::string> missing_;  // of them, not come across yet
  IgnoreRules rules_;
  std::vector<OpenFolder> open_;  // from the root to where the walk is
  std::uint64_t visited_ = 0;
  std::uint64_t open_entries_ = 0;
  std::uint64_t files_ = 0;
  std::uint64_t folders_ = 0;
  std::uint64_t path_bytes_ = 0;
  std::uint64_t matches_ = 0;
  std::size_t ignore_bytes_ = 0;
  std::size_t patterns_ = 0;
  SourceTree tree_;
};

}  // namespace

void SourceEntries::Iterator::go_on() {
  name_at_ += all_->nodes_[at_].name_bytes;
  ++at_;
}

SourceEntries::Iterator& SourceEntries::Iterator::operator++() {
  go_on();
  read();
  return *this;
}

/// Finds the next one from here on.
void SourceEntries::Iterator::read() {
  for (; at_ < all_->nodes_.size(); go_on()) {
    const Node& node = all_->nodes_[at_];
    while (!open_.empty() && open_.back().first != node.parent) open_.pop_back();
    current_.path.resize(open_.empty() ? 0 : open_.back().second);
    if (!open_.empty()) current_.path += '/';
    const auto name = all_->names_.begin() + static_cast<std::ptrdiff_t>(name_at_);
    current_.path.append(name, name + node.name_bytes);
    if (node.is_folder) open_.emplace_back(static_cast<std::uint32_t>(at_), current_.path.size());
    if (node.is_left_out) continue;
    current_.is_folder = node.is_folder;
    current_.is_executable = node.is_executable;
    current_.id = node.id;
    current_.store = node.store;
    return;
  }
}

std::uint32_t SourceEntries::add(std::uint32_t parent, const SourceEntry& entry, bool is_listed) {
  Node node;
  node.id = entry.id;
  node.parent = parent;
  node.name_bytes = static_cast<std::uint16_t>(entry.path.size());
  node.store = entry.store;
  node.is_folder = entry.is_folder;
  node.is_executable = entry.is_executable;
  node.is_left_out = !is_listed;
  nodes_.push_back(node);
  names_.insert(names_.end(), entry.path.begin(), entry.path.end());
  if (is_listed) ++size_;
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void SourceEntries::remove_if(const std::function<bool(const SourceEntry&)>& unwanted) {
  for (auto entry = begin(); entry != end(); ++entry) {
    if (!unwanted(*entry)) continue;
    nodes_[entry.at_].is_left_out = true;
    --size_;
  }
}

SourceTree list_source(const StoredCommit& commit, const SourceOptions& options, std::stop_token stop) {
  return Lister{options, std::move(stop)}.list(commit);
}

void check_folders(const StoredCommit& commit, const std::vector<std::string>& folders) {
  if (folders.empty()) return;
  const auto repository = Repository::open(commit.store);
  const auto root = repository.read_commit(commit.commit).tree;
  for (const auto& folder : folders) {
    auto tree = root;
    const std::string wanted = normal(folder);
    for (const auto name : text::split(wanted, '/')) {
      if (name.empty()) break;
      const auto entries = repository.read_tree(tree);
      const auto entry =
          std::find_if(entries.begin(), entries.end(), [&](const TreeEntry& one) { return one.name == name; });
      if (entry != entries.end() && entry->kind == TreeEntryKind::kSubmodule) break;
      if (entry == entries.end() || entry->kind != TreeEntryKind::kFolder) refuse_missing(wanted);
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
  const std::uint64_t limit = max_bytes > 0 ? std::min<std::uint64_t>(max_bytes, kLargestBlob) : kLargestBlob;
  const auto size = repository.blob_size_bytes(file.id);
  if (size > limit)
    throw LimitExceeded{
        text::cat("the file ", text::quoted(file.path), " has ", size, " bytes, more than the limit of ", limit)};
  return repository.read_blob(file.id);
}

}  // namespace weir::git
