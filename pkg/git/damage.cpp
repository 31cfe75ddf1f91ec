#include "pkg/git/damage.hpp"

#include <string_view>
#include <vector>

namespace weir::git {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{folder, ignored}) out.push_back(entry.path());
  return out;
}

bool has_file(fs::path path, const char* extension) {
  std::error_code ignored;
  return fs::exists(path.replace_extension(extension), ignored);
}

/// Names as libgit2 gives them, and ours.
bool is_leftover(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name.starts_with("pack_git2_") || name.starts_with("tmp_object") || name.starts_with("include-")) return true;
  const auto extension = path.extension();
  if (extension == ".lock" || extension == ".new") return true;
  // A pack and its index appear one after the other; alone neither is of use.
  return (extension == ".pack" && !has_file(path, ".idx")) || (extension == ".idx" && !has_file(path, ".pack"));
}

std::size_t sweep(const fs::path& folder) {
  std::size_t removed = 0;
  for (const auto& path : entries_of(folder)) {
    std::error_code ignored;
    if (is_leftover(path) && fs::remove_all(path, ignored) > 0) ++removed;
  }
  return removed;
}

std::size_t sweep_store(const fs::path& store) {
  std::error_code ignored;
  if (!fs::is_directory(store / "objects", ignored)) return 0;  // somebody else's
  std::size_t removed = sweep(store) + sweep(store / "objects") + sweep(store / "objects" / "pack");
  for (const auto& submodule : entries_of(store / "modules")) removed += sweep_store(submodule);
  return removed;
}

}  // namespace

std::size_t remove_leftovers(const fs::path& root) {
  std::size_t removed = 0;
  for (const auto& namespace_ : entries_of(root)) {
    for (const auto& store : entries_of(namespace_)) removed += sweep_store(store);
  }
  return removed;
}

}  // namespace weir::git
