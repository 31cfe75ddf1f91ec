#include "pkg/helm/chart/disk_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <sys/stat.h>

#include "pkg/base/text.hpp"

namespace weir::helm {

namespace fs = std::filesystem;

namespace {

/// "open x: no such file or directory", as Go says it.
InputError failed(std::string_view verb, const std::string& path, int code) {
  std::string reason = std::generic_category().message(code);
  if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z') reason[0] = static_cast<char>(reason[0] + ('a' - 'A'));
  return InputError{"", text::cat(verb, " ", path, ": ", reason)};
}

}  // namespace

Folder::Entry DiskFolder::look(const std::string& path) const {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (S_ISLNK(status.st_mode)) return {Type::kLink, 0};
  if (S_ISDIR(status.st_mode)) return {Type::kFolder, 0};
  if (S_ISREG(status.st_mode)) return {Type::kFile, static_cast<std::uint64_t>(status.st_size)};
  return {Type::kOther, 0};
}

Result<std::vector<std::string>> DiskFolder::names(const std::string& path) const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry{path, error}, end; !error && entry != end; entry.increment(error))
    names.push_back(entry->path().filename().string());
  if (error) return failed("open", path, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> DiskFolder::resolve(const std::string& path) const {
  // Link by link, so that the message names the one that leads nowhere.
  fs::path current = path;
  for (int hops = 0; hops < 255; ++hops) {
    struct stat status {};
    if (::lstat(current.c_str(), &status) != 0) return failed("lstat", current.string(), errno);
    if (!S_ISLNK(status.st_mode)) return current.string();
    std::error_code error;
    const fs::path target = fs::read_symlink(current, error);
    if (error) return failed("readlink", current.string(), error.value());
    current = target.is_absolute() ? target : (current.parent_path() / target).lexically_normal();
  }
  return InputError{"", "EvalSymlinks: too many links"};
}

Result<std::string> DiskFolder::read(const std::string& path) const {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failed("open", path, errno);
  if (S_ISDIR(status.st_mode)) return failed("read", path, EISDIR);
  if (static_cast<std::uint64_t>(status.st_size) > longest_file_bytes_)
    return InputError{"", text::cat("read ", path, ": larger than ", longest_file_bytes_, " bytes")};
  std::ifstream in{path, std::ios::binary};
  if (!in) return failed("open", path, errno);
  std::string text;
  char part[64 * 1024];
  while (in.read(part, sizeof part) || in.gcount() > 0) {
    text.append(part, static_cast<std::size_t>(in.gcount()));
    // A device has no size.
    if (text.size() > longest_file_bytes_)
      return InputError{"", text::cat("read ", path, ": larger than ", longest_file_bytes_, " bytes")};
  }
  return text;
}

}  // namespace weir::helm
