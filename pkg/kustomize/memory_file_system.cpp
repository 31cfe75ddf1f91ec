#include "pkg/kustomize/memory_file_system.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/path.hpp"

namespace weir::kustomize {
namespace {

InputError missing(const std::string& path) { return {path, "no such file or directory"}; }

}  // namespace

void MemoryFileSystem::write(const std::string& path, std::string content) {
  files_[path::clean(path)] = std::move(content);
}

Result<std::string> MemoryFileSystem::read(const std::string& path) const {
  const auto found = files_.find(path::clean(path));
  if (found != files_.end()) return found->second;
  if (type(path) == EntryType::kDirectory) return InputError{path, "is a directory"};
  return missing(path);
}

EntryType MemoryFileSystem::type(const std::string& path) const {
  const std::string clean = path::clean(path);
  if (files_.contains(clean)) return EntryType::kFile;
  const std::string prefix = clean == "/" ? clean : clean + "/";
  const auto next = files_.lower_bound(prefix);
  const bool has_files = next != files_.end() && next->first.starts_with(prefix);
  return has_files ? EntryType::kDirectory : EntryType::kNone;
}

Result<std::string> MemoryFileSystem::real_path(const std::string& path) const {
  if (type(path) == EntryType::kNone) return missing(path);
  return path::clean(path);
}

Result<std::vector<Entry>> MemoryFileSystem::list(const std::string& path) const {
  if (type(path) != EntryType::kDirectory) return missing(path);
  const std::string clean = path::clean(path);
  const std::string prefix = clean == "/" ? clean : clean + "/";
  std::vector<Entry> entries;
  for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix); ++at) {
    const auto rest = std::string_view{at->first}.substr(prefix.size());
    const auto slash = rest.find('/');
    std::string name{rest.substr(0, slash)};
    if (!entries.empty() && entries.back().name == name) continue;
    entries.push_back({std::move(name), slash == rest.npos ? EntryType::kFile : EntryType::kDirectory});
  }
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

std::string OverlayFileSystem::key(const std::string& path) const {
  const std::string clean = path::clean(path);
  const auto directory = below_.real_path(path::directory(clean));
  return directory ? path::join(*directory, path::name(clean)) : clean;
}

void OverlayFileSystem::write(const std::string& path, std::string content) { files_[key(path)] = std::move(content); }

Result<std::string> OverlayFileSystem::read(const std::string& path) const {
  const auto found = files_.find(key(path));
  return found != files_.end() ? Result<std::string>{found->second} : below_.read(path);
}

EntryType OverlayFileSystem::type(const std::string& path) const {
  return files_.contains(key(path)) ? EntryType::kFile : below_.type(path);
}

Result<std::string> OverlayFileSystem::real_path(const std::string& path) const {
  std::string own = key(path);
  if (files_.contains(own) && below_.type(path) == EntryType::kNone) return own;
  return below_.real_path(path);
}

Result<std::vector<Entry>> OverlayFileSystem::list(const std::string& path) const {
  auto entries = below_.list(path);
  if (!entries) return entries;
  const auto directory = below_.real_path(path);
  for (const auto& [file, content] : files_) {
    if (!directory || path::directory(file) != *directory) continue;
    const auto name = path::name(file);
    const bool is_there = std::ranges::any_of(*entries, [name](const Entry& entry) { return entry.name == name; });
    if (!is_there) entries->push_back({std::string{name}, EntryType::kFile});
  }
  std::ranges::sort(*entries, {}, &Entry::name);
  return entries;
}

}  // namespace weir::kustomize
