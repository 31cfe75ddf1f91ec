#include "pkg/kustomize/secure_file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/path.hpp"

namespace weir::kustomize {
namespace {

std::string describe_errno() {
  switch (errno) {
    case ENOENT:
    case ENOTDIR:
      return "no such file or directory";
    case EISDIR:
      return "is a directory";
    case ELOOP:
      return "too many symbolic links";
    case EACCES:
      return "permission denied";
    default:
      return std::strerror(errno);
  }
}

struct Descriptor {
  explicit Descriptor(int number_) : number{number_} {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

}  // namespace

Result<SecureFileSystem> SecureFileSystem::open(const std::string& root, std::size_t max_file_bytes) {
  const std::unique_ptr<char, void (*)(void*)> real{::realpath(root.c_str(), nullptr), std::free};
  if (!real) return InputError{root, describe_errno()};
  struct stat status {};
  if (::stat(real.get(), &status) != 0 || !S_ISDIR(status.st_mode))
    return InputError{root, "is not a directory"};
  return SecureFileSystem{real.get(), max_file_bytes};
}

Result<std::string> SecureFileSystem::real_path(const std::string& path) const {
  // The text of the path decides first, so that a path outside is refused even when nothing is there.
  const std::string clean = path::clean(path);
  if (!path::is_inside(clean, root_))
    return InputError{"", text::cat("path '", clean, "' is not in or below '", root_, "'")};
  const std::unique_ptr<char, void (*)(void*)> real{::realpath(clean.c_str(), nullptr), std::free};
  if (!real) return InputError{clean, describe_errno()};
  std::string out = real.get();
  if (!path::is_inside(out, root_))
    return InputError{"", text::cat("path '", clean, "' is not in or below '", root_, "'")};
  return out;
}

Result<std::string> SecureFileSystem::read(const std::string& path) const {
  const auto real = real_path(path);
  if (!real) return real;
  const Descriptor file{::open(real->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat status {};
  if (file.number < 0 || ::fstat(file.number, &status) != 0) return InputError{path, describe_errno()};
  if (S_ISDIR(status.st_mode)) return InputError{path, "is a directory"};
  if (!S_ISREG(status.st_mode)) return InputError{path, "is not a regular file"};
  if (static_cast<std::size_t>(status.st_size) > max_file_bytes_)
    return InputError{path, text::cat("is larger than ", max_file_bytes_, " bytes")};
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.number, content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return InputError{path, describe_errno()};
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  content.resize(size);
  return content;
}

EntryType SecureFileSystem::type(const std::string& path) const {
  const auto real = real_path(path);
  struct stat status {};
  if (!real || ::stat(real->c_str(), &status) != 0) return EntryType::kNone;
  return S_ISDIR(status.st_mode) ? EntryType::kDirectory : EntryType::kFile;
}

Result<std::vector<Entry>> SecureFileSystem::list(const std::string& path) const {
  const auto real = real_path(path);
  if (!real) return real.error();
  const std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir(real->c_str()), ::closedir};
  if (!directory) return InputError{path, describe_errno()};
  std::vector<Entry> entries;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    entries.push_back({std::string{name}, type(path::join(*real, name))});
  }
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

}  // namespace weir::kustomize
