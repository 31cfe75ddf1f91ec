#include "controllers/image_automation/marked_files.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "controllers/image_automation/setters.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/large_works.hpp"

namespace weir::image_automation {
namespace {

constexpr int kDeepestFolder = 100;
/// Old folders are dropped when the memory has grown to twice what it held, and at least by this.
constexpr std::size_t kSlack = 1'000;

/// The tree at a path; nullopt when there is no folder of that name.
std::optional<git::ObjectId> folder_at(const git::Repository& repository, git::ObjectId tree, std::string_view path) {
  for (const auto segment : text::split(path, '/')) {
    if (segment.empty()) continue;
    std::optional<git::ObjectId> next;
    for (const auto& entry : repository.read_tree(tree)) {
      if (entry.name == segment && entry.kind == git::TreeEntryKind::kFolder) next = entry.id;
    }
    if (!next) return std::nullopt;
    tree = *next;
  }
  return tree;
}

[[noreturn]] void refuse(const std::string& text) { throw git::GitError{git::GitFailure::kTooLarge, text}; }

}  // namespace

std::size_t MarkedFiles::Hash::operator()(const git::ObjectId& id) const {
  std::size_t out = 0;
  std::memcpy(&out, id.bytes(), sizeof out);  // a digest is as good as any hash of it
  return out;
}

std::shared_ptr<const MarkedFiles::Folder> MarkedFiles::look(
    const git::Repository& repository, const git::ObjectId& tree, const std::string& prefix
) {
  if (const auto at = known_.find(tree); at != known_.end()) return at->second;
  auto folder = std::make_shared<Folder>();
  auto entries = repository.read_tree(tree);
  entries_ += entries.size();
  if (entries_ > git::kOrdinaryEntries && is_trial()) throw TrialTooSmall{};
  if (entries_ > limits_.entries) {
    refuse(text::cat(
        "the folders have more than ", limits_.entries, " entries, reached at ", text::quoted(prefix.substr(0, 100))
    ));
  }
  for (auto& entry : entries) {
    if (entry.kind == git::TreeEntryKind::kFolder) {
      folder->folders.emplace_back(std::move(entry.name), entry.id);
    } else if (entry.kind == git::TreeEntryKind::kFile || entry.kind == git::TreeEntryKind::kExecutable) {
      if (!is_setter_path(entry.name, "")) continue;
      const auto size = repository.blob_size_bytes(entry.id);
      if (size > limits_.file_bytes) {
        refuse(text::cat(
            "the file ",
            text::quoted(prefix + entry.name),
            " has ",
            size,
            " bytes, more than the limit of ",
            limits_.file_bytes,
            " for files with markers"
        ));
      }
      if (!may_have_markers(repository.read_blob(entry.id))) continue;
      folder->files.push_back({std::move(entry.name), entry.id});
    }
  }
  known_.emplace(tree, folder);
  return folder;
}

MarkedFiles::Extent MarkedFiles::measure(
    const git::Repository& repository,
    const git::ObjectId& tree,
    const std::string& prefix,
    int depth,
    Extents& known,
    const std::stop_token& stop
) {
  if (stop.stop_requested()) throw std::runtime_error{"stopped"};
  Extent extent;
  if (const auto at = known.find(tree); at != known.end()) {
    extent = at->second;
  } else {
    const auto folder = depth > kDeepestFolder ? std::make_shared<const Folder>() : look(repository, tree, prefix);
    extent.files = folder->files.size();
    for (const auto& [name, below] : folder->folders) {
      const auto inner = measure(repository, below, text::cat(prefix, name, "/"), depth + 1, known, stop);
      extent.files = std::min(extent.files + inner.files, limits_.files + 1);
      extent.height = std::max(extent.height, inner.height + 1);
    }
    known.emplace(tree, extent);
  }
  if (depth + extent.height > kDeepestFolder) {
    refuse(text::cat("folders are nested deeper than ", kDeepestFolder, " levels"));
  }
  return extent;
}

std::vector<MarkedFile> MarkedFiles::find(
    const git::Repository& repository, const git::ObjectId& tree, const std::string& root, std::stop_token stop
) {
  entries_ = 0;
  const auto top = folder_at(repository, tree, root);
  if (!top) return {};
  const auto refuse_so_many = [this] {
    refuse(text::cat(
        "more files with markers than the limits of ",
        limits_.files,
        " files and ",
        limits_.path_bytes,
        " bytes of their paths"
    ));
  };
  const std::string top_prefix = root.empty() ? "" : root + "/";
  Extents extents;
  if (measure(repository, *top, top_prefix, 0, extents, stop).files > limits_.files) refuse_so_many();
  std::vector<MarkedFile> found;
  std::size_t path_bytes = 0;
  const std::function<void(const git::ObjectId&, const std::string&)> walk = [&](const auto& id, const auto& prefix) {
    if (stop.stop_requested()) throw std::runtime_error{"stopped"};
    path_bytes += prefix.size();
    const auto folder = look(repository, id, prefix);
    for (const auto& file : folder->files) {
      path_bytes += prefix.size() + file.path.size();
      if (path_bytes > limits_.path_bytes) refuse_so_many();
      found.push_back({prefix + file.path, file.blob});
    }
    for (const auto& [name, below] : folder->folders) {
      if (extents.at(below).files > 0) walk(below, text::cat(prefix, name, "/"));
    }
  };
  walk(*top, top_prefix);
  if (known_.size() > 2 * kept_ + kSlack) forget_all_but(*top);
  return found;
}

void MarkedFiles::forget_all_but(const git::ObjectId& tree) {
  Folders kept;
  std::vector<git::ObjectId> open{tree};
  while (!open.empty()) {
    const auto id = open.back();
    open.pop_back();
    const auto at = known_.find(id);
    if (at == known_.end() || !kept.emplace(id, at->second).second) continue;
    for (const auto& [name, below] : at->second->folders) open.push_back(below);
  }
  known_ = std::move(kept);
  kept_ = known_.size();
}

}  // namespace weir::image_automation
