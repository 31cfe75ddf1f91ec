#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/load.hpp"

namespace weir::helm {

/// Where charts in folders are read from. What may be read, and where links may lead to, is decided behind it.
/// Paths are as the caller of load_folder writes them, with '/'.
/// Threads: as the implementation says; load_folder uses one at a time.
class Folder {
 public:
  enum class Type { kNone, kFile, kFolder, kLink, kOther };
  struct Entry {
    Type type = Type::kNone;
    std::uint64_t bytes = 0;  ///< of a file
  };

  virtual ~Folder() = default;
  /// What stands at the path itself: a link is a link.
  virtual Entry look(const std::string& path) const = 0;
  /// The names in a folder, sorted bytewise.
  virtual Result<std::vector<std::string>> names(const std::string& path) const = 0;
  /// Where a link leads to in the end. @returns an error like "lstat chart/nowhere: no such file or directory"
  virtual Result<std::string> resolve(const std::string& path) const = 0;
  /// All bytes of a file; links are followed. @returns an error like "open chart/Chart.yaml: no such file or directory"
  virtual Result<std::string> read(const std::string& path) const = 0;
};

/// Loads a chart from a folder. Links are followed, with a line in the log for each; the rules of the .helmignore at
/// the top count, also below charts/. What is no file and no folder is refused.
/// @param path  of the folder; messages begin with it
/// @returns an error in Helm's words: "unable to detect chart at x/Chart.yaml: open x/Chart.yaml: no such file or
/// directory",
///          and those of load_files
Result<ChartPtr> load_folder(
    const Folder& folder, const std::string& path, const LoadLimits& limits = {}, LoadLog* log = nullptr
);

/// Loads what stands at the path: a folder or an archive.
/// @returns an error: path "x" not found
Result<ChartPtr> load_path(
    const Folder& folder, const std::string& path, const LoadLimits& limits = {}, LoadLog* log = nullptr
);

}  // namespace weir::helm
