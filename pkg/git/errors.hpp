#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "pkg/base/duration.hpp"

namespace weir::git {

/// What kind of thing went wrong; the text is in what(), names the URL and holds no credentials.
enum class GitFailure {
  kUnreachable,      ///< no connection, a broken one, or a TLS identity that cannot be believed
  kAuthentication,   ///< the server wants other credentials (401, 403, a refused key)
  kNotFound,         ///< no such repository
  kEmptyRepository,  ///< it has no commit yet
  kNoSuchReference,  ///< branch, tag, commit or range that the repository does not have
  kNotACommit,       ///< the reference points to a tree or a file
  kHostKey,          ///< the SSH host key is unknown or another one
  kProtocol,         ///< the server speaks something we do not understand, or reported an error
  kMoved,            ///< a push: the reference is no longer where we started from; fetch and try again
  kRefused,          ///< a push: a hook or a protected branch said no
  kStorage,          ///< our own object store lacks something or cannot be read: to be fetched anew
  kDisk,             ///< no room, too many open files: nothing is wrong with the store
  kTooLarge,         ///< an object, a pack or a list is larger than the limit that the text names
};

/// Timeouts are async::TimedOut; everything else of Git is this.
class GitError : public std::runtime_error {
 public:
  GitError(GitFailure kind, const std::string& text, std::optional<Milliseconds> retry_after = std::nullopt)
      : std::runtime_error{text}, kind_{kind}, retry_after_{retry_after} {}
  GitFailure kind() const { return kind_; }
  /// When the server wants to be asked again.
  std::optional<Milliseconds> retry_after() const { return retry_after_; }

 private:
  GitFailure kind_;
  std::optional<Milliseconds> retry_after_;
};

}  // namespace weir::git
