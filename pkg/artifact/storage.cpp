#include "pkg/artifact/storage.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include <sys/stat.h>

#include "pkg/base/random.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"

namespace weir::artifact {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndexEnd = ".index";

/// Hidden, so that the file server does not show it.
fs::path index_path(const fs::path& archive) {
  return archive.parent_path() / text::cat(".", archive.filename().string(), kIndexEnd);
}

std::string read_file(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

/// As a whole or not at all: half an index, or that of another archive, would make a wrong one. Without it the next
/// archive is made from the files again.
void write_index(const fs::path& path, std::string_view content) {
  const fs::path temporary = path.parent_path() / text::cat(path.filename().string(), ".", random_hex(8));
  std::error_code ignored;
  {
    std::ofstream file{temporary, std::ios::binary | std::ios::trunc};
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.flush();
    if (file) {
      fs::rename(temporary, path, ignored);
      return;
    }
  }
  fs::remove(temporary, ignored);
}

std::string hash_file(const fs::path& path, std::string_view digest) {
  const auto algorithm = parse_digest_algorithm(text::cut(digest, ":").first);
  if (algorithm.has_error()) return "";
  Digester digester{*algorithm};
  std::ifstream file{path, std::ios::binary};
  std::string buffer(256u << 10, '\0');
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    digester.update({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  return digester.finish();
}

std::string_view short_digest(std::string_view digest) { return text::cut(digest, ":").second.substr(0, 12); }

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

}  // namespace

Storage::Storage(StorageOptions options) : options_{std::move(options)} {}

std::string Storage::folder(std::string_view kind, std::string_view namespace_, std::string_view name) {
  return text::cat(text::lower(kind), "/", namespace_, "/", name);
}

bool Storage::is_of(std::string_view folder, std::string_view path) {
  if (!path.starts_with(folder)) return false;
  path.remove_prefix(folder.size());
  return path.size() > 1 && path[0] == '/' && path[1] != '.' && path.find('/', 1) == std::string_view::npos;
}

std::string Storage::url(std::string_view path) const {
  return text::cat("http://", options_.advertised_address, "/", path);
}

std::optional<Storage::Seen> Storage::look(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  Seen out;
  out.inode = info.st_ino;
  out.size = static_cast<std::uint64_t>(info.st_size);
  out.modified = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
  return out;
}

Stored Storage::store(
    const std::string& folder,
    const std::string& file,
    const std::string& previous,
    const std::function<void(ArchiveWriter&)>& fill
) {
  const fs::path directory = options_.root / folder;
  fs::create_directories(directory);
  fs::path target = directory / file;
  const fs::path temporary = directory / text::cat(".", file, ".", random_hex(8));
  const fs::path old = previous.empty() ? fs::path{} : options_.root / previous;
  const ScopeExit clean_up{[&] {
    std::error_code ignored;
    fs::remove(temporary, ignored);
  }};

  ArchiveWriter writer{temporary, options_.algorithm, options_.limits};
  // Else what is broken in it would be copied from archive to archive for ever, under digests that are right.
  if (!previous.empty() && is_as_seen(previous)) writer.reuse(old, ArchiveIndex::decode(read_file(index_path(old))));
  fill(writer);
  const auto finished = writer.finish();
  // Other bytes for the same name: those that are there are what the status tells of, until it tells of these.
  const bool is_told_of = target == old && look(old) && !verify(previous, finished.digest);
  if (is_told_of) target = directory / text::cat(short_digest(finished.digest), "-", file);
  // First: what is written below may fail, and an older archive of this name has another index.
  fs::remove(index_path(target));
  fs::rename(temporary, target);
  write_index(index_path(target), finished.index.encode());
  std::error_code ignored;
  if (!previous.empty() && old != target) {
    // The time of a superseded file is when it was superseded: collect_garbage() counts from it.
    fs::last_write_time(old, fs::file_time_type::clock::now(), ignored);
    fs::remove(index_path(old), ignored);
  }

  Stored out;
  out.path = text::cat(folder, "/", target.filename().string());
  out.digest = finished.digest;
  out.size_bytes = finished.size_bytes;
  if (auto seen = look(target)) {
    seen->digest = finished.digest;
    const std::lock_guard lock{mutex_};
    seen_[out.path] = std::move(*seen);
  }
  return out;
}

bool Storage::is_as_seen(const std::string& path) {
  const auto now = look(options_.root / path);
  const std::lock_guard lock{mutex_};
  const auto at = seen_.find(path);
  return now && at != seen_.end() && at->second.inode == now->inode && at->second.size == now->size &&
         at->second.modified == now->modified;
}

bool Storage::verify(const std::string& path, const std::string& digest) {
  const fs::path full = options_.root / path;
  auto now = look(full);
  if (!now) return false;
  {
    const std::lock_guard lock{mutex_};
    const auto at = seen_.find(path);
    if (at != seen_.end() && at->second.inode == now->inode && at->second.size == now->size &&
        at->second.modified == now->modified) {
      return at->second.digest == digest;
    }
  }
  now->digest = hash_file(full, digest);
  const bool good = now->digest == digest;
  const std::lock_guard lock{mutex_};
  seen_[path] = std::move(*now);
  return good;
}

std::size_t Storage::collect_garbage(const std::string& folder, const std::string& current) {
  struct Old {
    fs::file_time_type time;
    fs::path path;
  };
  std::vector<Old> old;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{options_.root / folder, ignored}) {
    const auto relative = text::cat(folder, "/", entry.path().filename().string());
    if (relative == current || is_hidden(entry.path()) || !entry.is_regular_file(ignored)) continue;
    old.push_back({entry.last_write_time(ignored), entry.path()});
  }
  std::ranges::sort(old, std::ranges::greater{}, &Old::time);  // newest first
  const auto now = fs::file_time_type::clock::now();
  // The current file is one of the records.
  const std::size_t keep = options_.retention_records > 0 ? options_.retention_records - 1 : 0;
  std::size_t removed = 0;
  for (std::size_t i = 0; i < old.size(); ++i) {
    // A download that has begun keeps its open file; one that comes too late finds the new artifact in the status.
    if (i < keep && now - old[i].time < options_.retention_ttl) continue;
    if (fs::remove(old[i].path, ignored)) ++removed;
    fs::remove(index_path(old[i].path), ignored);
    const std::lock_guard lock{mutex_};
    seen_.erase(text::cat(folder, "/", old[i].path.filename().string()));
  }
  return removed;
}

std::size_t Storage::remove_leftovers() {
  std::error_code ignored;
  std::vector<fs::path> found;
  for (const auto& kind : fs::directory_iterator{options_.root, ignored}) {
    if (is_hidden(kind.path())) continue;  // not ours
    for (const auto& entry : fs::recursive_directory_iterator{kind.path(), ignored}) {
      if (!is_hidden(entry.path())) continue;
      std::string archive = entry.path().filename().string().substr(1);
      const bool is_index = archive.ends_with(kIndexEnd);
      if (is_index) archive.resize(archive.size() - kIndexEnd.size());
      if (!is_index || !fs::exists(entry.path().parent_path() / archive, ignored)) found.push_back(entry.path());
    }
  }
  std::size_t removed = 0;
  for (const auto& path : found) removed += fs::remove(path, ignored) ? 1 : 0;
  return removed;
}

std::size_t Storage::remove(const std::string& folder) {
  const auto removed = fs::remove_all(options_.root / folder);
  const std::lock_guard lock{mutex_};
  std::erase_if(seen_, [&](const auto& entry) {
    return entry.first.starts_with(folder) && entry.first.substr(folder.size()).starts_with('/');
  });
  return static_cast<std::size_t>(removed);
}

}  // namespace weir::artifact
