#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"

namespace weir::kustomize {

enum class EntryType { kNone, kFile, kDirectory };

struct Entry {
  std::string name;
  EntryType type = EntryType::kNone;
};

/// What a build reads from. Paths are absolute and slash-separated; symbolic links are followed.
/// Threads: const methods from any thread, as long as nobody changes what is read.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// All bytes of a file. @returns an error for a missing file, a directory, a file over the limit, or a path outside
  /// of what may be read
  virtual Result<std::string> read(const std::string& path) const = 0;
  virtual EntryType type(const std::string& path) const = 0;
  /// The path with every symbolic link resolved. @returns an error when there is nothing at the path
  virtual Result<std::string> real_path(const std::string& path) const = 0;
  /// The entries of a directory, sorted by name.
  virtual Result<std::vector<Entry>> list(const std::string& path) const = 0;
};

}  // namespace weir::kustomize
