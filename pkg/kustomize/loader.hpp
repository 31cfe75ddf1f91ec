#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/kustomize/context.hpp"

namespace weir::kustomize {

/// What one kustomization may read: files below its directory (or anywhere, without restrictions), and the directories
/// that it names. Knows the way it was reached by, so that circles are seen.
/// Threads: one build, one thread.
class Loader {
 public:
  /// The directory that is built. @throws Failure when it is none
  Loader(Context& context, const std::string& directory);

  const std::string& root() const { return root_; }
  Context& context() const { return *context_; }

  /// A file, relative to the root, or a remote one. @throws Failure
  std::string load(const std::string& path) const;
  /// A file of the root itself, when it is there.
  std::optional<std::string> load_if_there(const std::string& name) const;
  /// The absolute path of a file that load() would read. @throws Failure when it may not be read
  std::string resolve(const std::string& path) const;
  bool is_directory(const std::string& path) const;

  /// A directory named by this kustomization. @throws Failure on circles and when it is no directory
  Loader open(const std::string& path) const;

  /// Whether this lies on another server.
  bool is_remote() const { return remote_files_ != nullptr; }

  /// `path` as messages name it.
  std::string show(const std::string& path) const;

 private:
  Loader(const Loader& referrer, std::string root);

  Context* context_;
  const Loader* referrer_ = nullptr;
  std::size_t depth_ = 0;
  std::string root_;
  LoadRestrictions restrictions_;
  std::shared_ptr<const FileSystem> remote_files_;  ///< of a remote directory and what it names
  std::string repository_;                          ///< nothing outside of it may be read; empty: no remote
};

/// "https://...": read as a file.
bool is_remote_file(std::string_view path);
/// "github.com/org/repo", "git@host:path", "ssh://..." and the like, which name a directory of a git repository.
/// Source: kustomize's rules for repository URLs.
bool is_repository_url(std::string_view url);

}  // namespace weir::kustomize
