#pragma once

#include <string>
#include <vector>

#include "pkg/helm/chart/folder.hpp"

namespace weir::helm {

/// The file system of the machine, as a person's command sees it: links may lead anywhere. Not for charts of strangers.
/// Blocking.  Threads: any.
class DiskFolder final : public Folder {
 public:
  /// @param longest_file_bytes  what read() takes at most
  explicit DiskFolder(std::uint64_t longest_file_bytes = 512ull << 20) : longest_file_bytes_{longest_file_bytes} {}

  Entry look(const std::string& path) const override;
  Result<std::vector<std::string>> names(const std::string& path) const override;
  Result<std::string> resolve(const std::string& path) const override;
  Result<std::string> read(const std::string& path) const override;

 private:
  std::uint64_t longest_file_bytes_;
};

}  // namespace weir::helm
