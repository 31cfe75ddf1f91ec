#pragma once

#include <map>
#include <memory>
#include <string>

#include "pkg/kustomize/file_system.hpp"

namespace weir::kustomize {

/// Files in memory; directories exist where files do. Without symbolic links.
class MemoryFileSystem final : public FileSystem {
 public:
  void write(const std::string& path, std::string content);

  Result<std::string> read(const std::string& path) const override;
  EntryType type(const std::string& path) const override;
  Result<std::string> real_path(const std::string& path) const override;
  Result<std::vector<Entry>> list(const std::string& path) const override;

 private:
  std::map<std::string, std::string> files_;  // by clean absolute path
};

/// Another file system with some files replaced or added: an edited kustomization.yaml that is never written to disk.
/// Threads: as the one below, once write() is no longer called.
class OverlayFileSystem final : public FileSystem {
 public:
  /// `below` must outlive this one.
  explicit OverlayFileSystem(const FileSystem& below) : below_{below} {}
  void write(const std::string& path, std::string content);

  Result<std::string> read(const std::string& path) const override;
  EntryType type(const std::string& path) const override;
  Result<std::string> real_path(const std::string& path) const override;
  Result<std::vector<Entry>> list(const std::string& path) const override;

 private:
  /// The path with the links of its directory resolved, which is how files_ names it.
  std::string key(const std::string& path) const;

  const FileSystem& below_;
  std::map<std::string, std::string> files_;
};

}  // namespace weir::kustomize
