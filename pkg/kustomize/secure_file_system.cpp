#include "pkg/kustomize/secure_file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
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
    case ENOTDIR: return "no such file or directory";
    case EISDIR: return "is a directory";
    case ELOOP: return "too many symbolic links";
    case EACCES: return "permission denied";
    default: return std::strerror(errno);
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
  if (::stat(real.get(), &status) != 0 || !S_ISDIR(status.st_mode)) return InputError{root, "is not a directory"};
  return SecureFileSystem{real.get(), max_file_bytes};
}

/// What an open file is called, with every link resolved: one call instead of one for each part of the path.
Result<std::string> SecureFileSystem::name_of(int descriptor, const std::string& path) {
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  char name[4096];
  const ssize_t size = ::readlink(link, name, sizeof name);
  if (size > 0 && name[0] == '/' && static_cast<std::size_t>(size) < sizeof name)
    return std::string(name, static_cast<std::size_t>(size));
  // Without /proc, or with a path that is too long for it.
  const std::unique_ptr<char, void (*)(void*)> real{::realpath(path.c_str(), nullptr), std::free};
  if (!real) return InputError{path, describe_errno()};
  return std::string{real.get()};
}

Result<void> SecureFileSystem::check(const std::string& shown, const std::string& path) const {
  if (path::is_inside(path, root_)) return {};
  return InputError{"", text::cat("path '", shown, "' is not in or below '", root_, "'")};
}

Result<std::string> SecureFileSystem::real_path(const std::string& path) const {
  // The text of the path decides first, so that a path outside is refused even when nothing is there.
  const std::string clean = path::clean(path);
  if (const auto inside = check(clean, clean); !inside) return inside.error();
  const Descriptor file{::open(clean.c_str(), O_PATH | O_CLOEXEC)};
  if (file.number < 0) return InputError{clean, describe_errno()};
  auto real = name_of(file.number, clean);
  if (!real) return real;
  if (const auto inside = check(clean, *real); !inside) return inside.error();
  return real;
}

Result<std::string> SecureFileSystem::read(const std::string& path) const {
  const std::string clean = path::clean(path);
  if (const auto inside = check(clean, clean); !inside) return inside.error();
  // What was opened is what is checked: nobody can put a link there in between.
  const Descriptor file{::open(clean.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  struct stat status {};
  if (file.number < 0 || ::fstat(file.number, &status) != 0) return InputError{path, describe_errno()};
  if (!confines_nothing()) {
    const auto real = name_of(file.number, clean);
    if (!real) return real;
    if (const auto inside = check(clean, *real); !inside) return inside.error();
  }
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
  struct stat status {};
  if (confines_nothing()) {
    if (::stat(path.c_str(), &status) != 0) return EntryType::kNone;
  } else {
    const auto real = real_path(path);
    if (!real || ::stat(real->c_str(), &status) != 0) return EntryType::kNone;
  }
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
    // What is no link stands where it is listed.
    const auto kind = entry->d_type == DT_DIR   ? EntryType::kDirectory
                      : entry->d_type == DT_REG ? EntryType::kFile
                                                : type(path::join(*real, name));
    entries.push_back({std::string{name}, kind});
  }
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

}  // namespace weir::kustomize
