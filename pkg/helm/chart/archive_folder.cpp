#include "pkg/helm/chart/archive_folder.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::helm {

ArchiveFolder::ArchiveFolder(const std::string& path, const std::vector<File>& files) {
  // The later of two files of one name counts, as in an archive.
  for (const auto& file : files) files_.insert_or_assign(text::cat(path, "/", file.name), file.text);
}

Folder::Entry ArchiveFolder::look(const std::string& path) const {
  if (const auto file = files_.find(path); file != files_.end()) return {Type::kFile, file->second->size()};
  const std::string folder = text::cat(path, "/");
  const auto first = files_.lower_bound(folder);
  if (first != files_.end() && first->first.starts_with(folder)) return {Type::kFolder, 0};
  return {};
}

Result<std::vector<std::string>> ArchiveFolder::names(const std::string& path) const {
  const std::string folder = text::cat(path, "/");
  std::vector<std::string> out;
  for (auto file = files_.lower_bound(folder); file != files_.end() && file->first.starts_with(folder); ++file) {
    std::string name = file->first.substr(folder.size());
    name.resize(std::min(name.find('/'), name.size()));
    if (out.empty() || out.back() != name) out.push_back(std::move(name));
  }
  if (out.empty()) return InputError{"", text::cat("open ", path, ": no such file or directory")};
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<std::string> ArchiveFolder::resolve(const std::string& path) const { return path; }

Result<std::string> ArchiveFolder::read(const std::string& path) const {
  const auto file = files_.find(path);
  if (file == files_.end()) return InputError{"", text::cat("open ", path, ": no such file or directory")};
  return *file->second;
}

}  // namespace weir::helm
