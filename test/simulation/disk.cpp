#include "test/simulation/disk.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pkg/base/text.hpp"
#include "test/simulation/places.hpp"
#include "test/simulation/time.hpp"

namespace weir::simulation {
namespace {

/// The kernel has written by then what nobody asked it to write.
constexpr std::chrono::seconds kWriteBack{30};

struct Volume {
  bool is_full = false;
  bool is_frozen = false;
  unsigned failing = 0;
  std::map<std::string, std::chrono::milliseconds> unsynced;  // file → since when
};

struct Place {
  Volume* volume = nullptr;
  std::string name;  // of the volume
  std::string path;  // within its folder
};

struct State {
  std::map<std::string, std::string> folders;  // with a slash at the end → name of the volume
  std::map<std::string, Volume> volumes;
  std::vector<std::string> open_files;  // by descriptor; empty: not ours
  bool is_inside = false;               // what the layer does itself is not looked at
};

State* state = nullptr;  // null until the first folder is mounted: the program writes before that, too

Place place_of(std::string_view path) {
  for (const auto& [folder, name] : state->folders) {
    if (!path.starts_with(folder)) continue;
    return {&state->volumes.at(name), name, std::string{path.substr(folder.size())}};
  }
  return {};
}

enum class Need { kRoom, kNothing };

bool is_anything_amiss() {
  return places().on_pass || std::ranges::any_of(state->volumes, [](const auto& entry) {
           return entry.second.is_full || entry.second.is_frozen || entry.second.failing > 0;
         });
}

/// Whether a change may be made; else errno says why not.
bool may_change(std::string_view operation, const std::string& path, Need need) {
  if (state == nullptr || state->is_inside) return true;
  const auto place = place_of(path);
  if (place.volume == nullptr) return true;
  if (!place.volume->is_frozen) {
    state->is_inside = true;
    places().pass(place.name, text::cat(operation, " ", place.path));
    state->is_inside = false;
  }
  auto& volume = *place.volume;
  if (volume.is_frozen || (volume.failing > 0 && chance().chance(volume.failing))) {
    errno = EIO;
    return false;
  }
  if (volume.is_full && need == Need::kRoom) {
    errno = ENOSPC;
    return false;
  }
  return true;
}

void note_unsynced(const std::string& path) {
  if (state == nullptr || state->is_inside) return;
  if (const auto place = place_of(path); place.volume != nullptr) place.volume->unsynced[path] = elapsed();
}

void note_synced(const std::string& path) {
  if (const auto place = place_of(path); place.volume != nullptr) place.volume->unsynced.erase(path);
}

void note_renamed(const std::string& from, const std::string& to) {
  const auto place = place_of(from);
  if (place.volume == nullptr) return;
  const auto at = place.volume->unsynced.find(from);
  place.volume->unsynced.erase(to);
  if (at == place.volume->unsynced.end()) return;
  place.volume->unsynced[to] = at->second;
  place.volume->unsynced.erase(at);
}

/// Remembers what a descriptor is of, when it is of a mounted folder.
void opened(int descriptor, const char* path, bool writes) {
  if (descriptor < 0 || state == nullptr || path == nullptr || !writes || place_of(path).volume == nullptr) return;
  const auto index = static_cast<std::size_t>(descriptor);
  if (state->open_files.size() <= index) state->open_files.resize(index + 64);
  state->open_files[index] = path;
  note_unsynced(path);
}

/// The world's time, for what is written in it.
struct Times {
  Times() {
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    both[0].tv_sec = both[1].tv_sec = seconds.count();
    both[0].tv_nsec = both[1].tv_nsec = std::chrono::nanoseconds{time - seconds}.count();
  }
  timespec both[2]{};
};

void closed(int descriptor) {
  if (state == nullptr || descriptor < 0) return;
  const auto index = static_cast<std::size_t>(descriptor);
  if (index >= state->open_files.size() || state->open_files[index].empty()) return;
  state->open_files[index].clear();
  ::futimens(descriptor, Times{}.both);
}

/// nullptr: not of a mounted folder, or not to be written to.
const std::string* file_of(int descriptor) {
  if (state == nullptr || descriptor < 0) return nullptr;
  const auto index = static_cast<std::size_t>(descriptor);
  if (index >= state->open_files.size() || state->open_files[index].empty()) return nullptr;
  return &state->open_files[index];
}

/// Whether something may be written through a descriptor.
bool may_write(int descriptor, std::string_view operation) {
  const auto* file = file_of(descriptor);
  if (file == nullptr) return true;
  const std::string path = *file;
  if (!may_change(operation, path, Need::kRoom)) return false;
  note_unsynced(path);
  return true;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool is_there(const char* path) {
  struct stat info {};
  return ::lstat(path, &info) == 0;
}

int open_file(const char* name, const char* path, int flags, unsigned mode) {
  static auto* const kOpen = real<int(const char*, int, ...)>("open");
  static auto* const kOpen64 = real<int(const char*, int, ...)>("open64");
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  const bool makes = (flags & O_CREAT) != 0 && state != nullptr && !is_there(path);
  if ((makes || (flags & O_TRUNC) != 0) && !may_change(makes ? "make" : "cut", path, Need::kRoom)) return -1;
  const int out = (name[4] == '\0' ? kOpen : kOpen64)(path, flags, mode);
  opened(out, path, writes);
  return out;
}

std::FILE* open_stream(const char* name, const char* path, const char* mode) {
  auto* const function = real<std::FILE*(const char*, const char*)>(name);
  const std::string_view wanted{mode};
  const bool writes = wanted.find_first_of("wa+") != std::string_view::npos;
  if (writes && state != nullptr && !may_change(is_there(path) ? "cut" : "make", path, Need::kRoom)) return nullptr;
  auto* const out = function(path, mode);
  if (out != nullptr) opened(::fileno(out), path, writes);
  return out;
}

}  // namespace

Disk& disk() {
  static Disk out;
  return out;
}

void Disk::mount(std::string folder, std::string volume) {
  if (state == nullptr) state = new State;  // the program's, as long as it lives
  if (!folder.ends_with('/')) folder += '/';
  state->volumes.try_emplace(volume);
  state->folders.insert_or_assign(std::move(folder), std::move(volume));
}

void Disk::unmount_all() {
  if (state == nullptr) return;
  state->folders.clear();
  state->volumes.clear();
  state->open_files.clear();
}

void Disk::fill(const std::string& volume, bool is_full) { state->volumes.at(volume).is_full = is_full; }
void Disk::fail(const std::string& volume, unsigned thousandths) { state->volumes.at(volume).failing = thousandths; }
void Disk::freeze(const std::string& volume, bool is_frozen) { state->volumes.at(volume).is_frozen = is_frozen; }

void Disk::lose_power(const std::string& volume) {
  state->is_inside = true;
  for (const auto& [path, since] : std::exchange(state->volumes.at(volume).unsynced, {})) {
    struct stat info {};
    if (elapsed() - since > kWriteBack || ::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    switch (chance().below(4)) {
      case 0: ::unlink(path.c_str()); break;
      case 1: {
        const auto size = static_cast<std::uint64_t>(info.st_size);
        static_cast<void>(::truncate(path.c_str(), static_cast<off_t>(chance().below(size + 1))) == 0);
        ::utimensat(AT_FDCWD, path.c_str(), Times{}.both, 0);
        break;
      }
      default: break;
    }
  }
  state->is_inside = false;
}

}  // namespace weir::simulation

// The definitions of a program come before those of the libraries that it loads.

namespace simulation = weir::simulation;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0u;
  va_end(more);
  return simulation::open_file("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0u;
  va_end(more);
  return simulation::open_file("open64", path, flags, mode);
}

std::FILE* fopen(const char* path, const char* mode) { return simulation::open_stream("fopen", path, mode); }
std::FILE* fopen64(const char* path, const char* mode) { return simulation::open_stream("fopen64", path, mode); }

int fclose(std::FILE* file) {
  static auto* const kClose = simulation::real<int(std::FILE*)>("fclose");
  simulation::closed(::fileno(file));
  return kClose(file);
}

int close(int descriptor) {
  static auto* const kClose = simulation::real<int(int)>("close");
  simulation::closed(descriptor);
  return kClose(descriptor);
}

ssize_t write(int descriptor, const void* data, std::size_t size) {
  static auto* const kWrite = simulation::real<ssize_t(int, const void*, std::size_t)>("write");
  return simulation::may_write(descriptor, "write") ? kWrite(descriptor, data, size) : -1;
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  static auto* const kWrite = simulation::real<ssize_t(int, const iovec*, int)>("writev");
  return simulation::may_write(descriptor, "write") ? kWrite(descriptor, parts, count) : -1;
}

ssize_t pwrite64(int descriptor, const void* data, std::size_t size, off64_t offset) {
  static auto* const kWrite = simulation::real<ssize_t(int, const void*, std::size_t, off64_t)>("pwrite64");
  return simulation::may_write(descriptor, "write") ? kWrite(descriptor, data, size, offset) : -1;
}

int ftruncate64(int descriptor, off64_t size) noexcept {
  static auto* const kTruncate = simulation::real<int(int, off64_t)>("ftruncate64");
  return simulation::may_write(descriptor, "cut") ? kTruncate(descriptor, size) : -1;
}

int fsync(int descriptor) {
  static auto* const kSync = simulation::real<int(int)>("fsync");
  const auto* file = simulation::file_of(descriptor);
  if (file == nullptr) return kSync(descriptor);
  const std::string path = *file;
  if (!simulation::may_change("sync", path, simulation::Need::kNothing)) return -1;
  simulation::note_synced(path);
  return 0;
}

int rename(const char* from, const char* to) noexcept {
  static auto* const kRename = simulation::real<int(const char*, const char*)>("rename");
  if (!simulation::may_change("rename", to, simulation::Need::kNothing)) return -1;
  const int out = kRename(from, to);
  if (out == 0 && simulation::state != nullptr) simulation::note_renamed(from, to);
  return out;
}

int unlink(const char* path) noexcept {
  static auto* const kUnlink = simulation::real<int(const char*)>("unlink");
  if (!simulation::may_change("remove", path, simulation::Need::kNothing)) return -1;
  const int out = kUnlink(path);
  if (out == 0 && simulation::state != nullptr) simulation::note_synced(path);
  return out;
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  static auto* const kUnlink = simulation::real<int(int, const char*, int)>("unlinkat");
  if (simulation::state == nullptr || folder == AT_FDCWD) return kUnlink(folder, path, flags);
  // Folders are cleared a name at a time: nobody asks which while no disk is in trouble, nobody counts places, and
  // whatever loses its name here can lose nothing else.
  if (!simulation::is_anything_amiss()) return kUnlink(folder, path, flags);
  char name[4'096];
  const auto link = weir::text::cat("/proc/self/fd/", folder);
  const auto size = ::readlink(link.c_str(), name, sizeof name);
  const auto whole = weir::text::cat(std::string_view{name, size < 0 ? 0 : static_cast<std::size_t>(size)}, "/", path);
  if (!simulation::may_change("remove", whole, simulation::Need::kNothing)) return -1;
  const int out = kUnlink(folder, path, flags);
  if (out == 0) simulation::note_synced(whole);
  return out;
}

int remove(const char* path) noexcept {
  static auto* const kRemove = simulation::real<int(const char*)>("remove");
  if (!simulation::may_change("remove", path, simulation::Need::kNothing)) return -1;
  const int out = kRemove(path);
  if (out == 0 && simulation::state != nullptr) simulation::note_synced(path);
  return out;
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const kMake = simulation::real<int(const char*, mode_t)>("mkdir");
  return simulation::may_change("make folder", path, simulation::Need::kRoom) ? kMake(path, mode) : -1;
}

}  // extern "C"
