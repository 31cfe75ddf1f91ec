#pragma once

#include <map>
#include <string>
#include <vector>

#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/chart/folder.hpp"

namespace weir::helm {

/// The files of a chart that is not on a disk, as a folder: those that unpack_archive() gives. There are no links.
/// Threads: value; const methods from any thread.
class ArchiveFolder final : public Folder {
 public:
  /// @param path  of the folder; the files' names are below it
  ArchiveFolder(const std::string& path, const std::vector<File>& files);

  Entry look(const std::string& path) const override;
  Result<std::vector<std::string>> names(const std::string& path) const override;
  Result<std::string> resolve(const std::string& path) const override;
  Result<std::string> read(const std::string& path) const override;

 private:
  std::map<std::string, std::shared_ptr<const std::string>, std::less<>> files_;
};

}  // namespace weir::helm
