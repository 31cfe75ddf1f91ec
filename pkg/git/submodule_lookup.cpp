#include "pkg/git/submodule_lookup.hpp"

#include <optional>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/git/repository.hpp"
#include "pkg/git/submodules.hpp"

namespace weir::git {

namespace {

constexpr std::size_t kLongestFile = 1u << 20;
constexpr std::size_t kDeepestPath = 100;

std::optional<TreeEntry> entry_of(const Repository& repository, const ObjectId& tree, std::string_view name) {
  for (auto& entry : repository.read_tree(tree)) {
    if (entry.name == name) return std::move(entry);
  }
  return std::nullopt;
}

/// The entry of a tree at a path; nullopt when there is none.
std::optional<TreeEntry> find_entry(const Repository& repository, ObjectId tree, std::string_view path) {
  const auto names = text::split(path, '/');
  if (names.size() > kDeepestPath) return std::nullopt;
  std::optional<TreeEntry> entry;
  for (const auto name : names) {
    if (entry && entry->kind != TreeEntryKind::kFolder) return std::nullopt;
    if (entry) tree = entry->id;
    entry = entry_of(repository, tree, name);
    if (!entry) return std::nullopt;
  }
  return entry;
}

}  // namespace

std::vector<WantedSubmodule> wanted_submodules(const std::string& store, const ObjectId& commit, const Url& url) {
  const auto repository = Repository::open(store);
  const auto tree = repository.read_commit(commit).tree;
  const auto file = find_entry(repository, tree, ".gitmodules");
  if (!file || (file->kind != TreeEntryKind::kFile && file->kind != TreeEntryKind::kExecutable)) return {};
  const auto listed = parse_gitmodules(repository.read_blob(file->id, kLongestFile));
  if (!listed) throw GitError{GitFailure::kProtocol, listed.error().text()};
  if (listed->size() > kMostSubmodules)
    throw GitError{GitFailure::kProtocol, text::cat("more than ", kMostSubmodules, " submodules")};
  std::vector<WantedSubmodule> out;
  for (const auto& submodule : *listed) {
    const auto entry = find_entry(repository, tree, submodule.path);
    if (!entry || entry->kind != TreeEntryKind::kSubmodule) continue;  // named, but not part of this commit
    auto resolved = url.resolve(submodule.url);
    if (!resolved)
      throw GitError{
          GitFailure::kProtocol, text::cat("submodule ", text::quoted(submodule.path), ": ", resolved.error().text())};
    WantedSubmodule wanted;
    wanted.path = submodule.path;
    wanted.url = std::move(*resolved);
    wanted.commit = entry->id;
    out.push_back(std::move(wanted));
  }
  return out;
}

}  // namespace weir::git
