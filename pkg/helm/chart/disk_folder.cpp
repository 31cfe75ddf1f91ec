#include "pkg/helm/chart/disk_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

struct OpenFile {
  explicit OpenFile(const std::string& path) : descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC)} {}
  ~OpenFile() {
    if (descriptor >= 0) ::close(descriptor);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  const int descriptor;
};

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
  const OpenFile file{path};
  struct stat status {};
  if (file.descriptor < 0 || ::fstat(file.descriptor, &status) != 0) return failed("open", path, errno);
  if (S_ISDIR(status.st_mode)) return failed("read", path, EISDIR);
  const auto refuse = [&] {
    return InputError{"", text::cat("read ", path, ": larger than ", longest_file_bytes_, " bytes")};
  };
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > longest_file_bytes_) return refuse();
  // A device has no size, and a file may grow meanwhile.
  constexpr std::size_t kPart = 64U << 10U;
  const bool is_file = S_ISREG(status.st_mode) && size > 0;
  std::string text(is_file ? size : kPart, '\0');
  std::size_t filled = 0;
  while (true) {
    const auto count = ::read(file.descriptor, text.data() + filled, text.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path, errno);
    filled += static_cast<std::size_t>(count);
    if (filled > longest_file_bytes_) return refuse();
    if (count == 0 || (is_file && filled == size)) break;
    if (filled == text.size()) text.resize(text.size() + kPart);
  }
  text.resize(filled);
  return text;
}

}  // namespace weir::helm
