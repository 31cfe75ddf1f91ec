#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "pkg/artifact/archive.hpp"
#include "pkg/base/clock.hpp"

namespace weir::artifact {

struct StorageOptions {
  StorageOptions() {}
  std::filesystem::path root;
  std::string advertised_address;  ///< host[:port] of the URLs that consumers get
  DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
  std::chrono::seconds retention_ttl{60};  ///< how long a superseded artifact stays
  std::size_t retention_records = 2;       ///< how many files stay at the most
  Limits limits;
};

/// A stored archive.
struct Stored {
  std::string path;  ///< relative to the root
  std::string digest;
  std::uint64_t size_bytes = 0;
};

/// The folder that is served: <root>/<kind>/<namespace>/<name>/<file>. Files appear whole (rename); a superseded one
/// stays for a while, counted from the moment it was superseded, so that downloads can end.
/// Source of names and rules: docs/upstream-rules.md, "Artifact object" and "Storage and archives".
/// Blocking. Threads: any; one object is handled by one thread at a time.
class Storage {
 public:
  explicit Storage(StorageOptions options);

  const StorageOptions& options() const { return options_; }
  /// "gitrepository/apps/web": the folder of one object, relative to the root.
  static std::string folder(std::string_view kind, std::string_view namespace_, std::string_view name);
  /// Whether a path that somebody else gives is an archive of that folder: no other object's, nothing hidden.
  static bool is_of(std::string_view folder, std::string_view path);
  /// http://<advertised address>/<path>
  std::string url(std::string_view path) const;

  /// Fills an archive and puts it in place as `folder`/`file`; the one at `previous` (relative path, may be empty)
  /// lends its unchanged entries and counts as superseded from now on. Where that is of the same name and has other
  /// bytes it stays, as consumers know its digest, and a part of the new one's digest comes before the new name.
  /// @throws what `fill` throws, LimitExceeded, std::system_error; nothing is left behind then
  Stored store(
      const std::string& folder,
      const std::string& file,
      const std::string& previous,
      const std::function<void(ArchiveWriter&)>& fill
  );

  /// Whether the file is there and has that digest. The digest is taken anew only when the file has changed on disk.
  bool verify(const std::string& path, const std::string& digest);

  /// Deletes superseded files of the object that are old or too many; never `current`. @returns how many
  std::size_t collect_garbage(const std::string& folder, const std::string& current);
  /// Removes what a process that was killed left: half archives,
  /// indexes of none. To be called before anything is stored.
  /// @returns how many files
  std::size_t remove_leftovers();
  /// Deletes everything of the object. @returns how many files. @throws std::system_error naming what stays
  std::size_t remove(const std::string& folder);

 private:
  struct Seen {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified = 0;
    std::string digest;
  };
  static std::optional<Seen> look(const std::filesystem::path& path);
  /// Whether a file is still the one whose digest is known.
  bool is_as_seen(const std::string& path);

  const StorageOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::string, Seen> seen_;  // by relative path
};

}  // namespace weir::artifact
