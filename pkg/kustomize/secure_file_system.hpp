#pragma once

#include <cstddef>
#include <string>

#include "pkg/kustomize/file_system.hpp"

namespace weir::kustomize {

/// The disk, as far as it lies in or below a root. A path that leaves the root, by ".." or through a symbolic link, is
/// refused: "path '/etc/passwd' is not in or below '/tmp/artifact'". A root of "/" confines nothing.
/// Threads: any.
class SecureFileSystem final : public FileSystem {
 public:
  /// @param root            an existing directory; its own links are resolved here
  /// @param max_file_bytes  larger files are refused
  /// @returns an error when the root is no directory
  static Result<SecureFileSystem> open(const std::string& root, std::size_t max_file_bytes = 64 * 1024 * 1024);

  const std::string& root() const { return root_; }

  Result<std::string> read(const std::string& path) const override;
  EntryType type(const std::string& path) const override;
  Result<std::string> real_path(const std::string& path) const override;
  Result<std::vector<Entry>> list(const std::string& path) const override;

 private:
  SecureFileSystem(std::string root, std::size_t max_file_bytes)
      : root_{std::move(root)}, max_file_bytes_{max_file_bytes} {}

  static Result<std::string> name_of(int descriptor, const std::string& path);
  /// Refuses a path outside of the root; `shown` is how the message names it.
  Result<void> check(const std::string& shown, const std::string& path) const;
  bool confines_nothing() const { return root_ == "/"; }

  std::string root_;
  std::size_t max_file_bytes_;
};

}  // namespace weir::kustomize
