#pragma once

#include <stdexcept>
#include <string>

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
  kMoved,    ///< a push: the reference is no longer where we started from; fetch and try again
  kRefused,  ///< a push: a hook or a protected branch said no
  kStorage,   ///< our own object store
  kTooLarge,  ///< an object, a pack or a list is larger than the limit that the text names
};

/// Timeouts are async::TimedOut; everything else of Git is this.
class GitError : public std::runtime_error {
 public:
  GitError(GitFailure kind, const std::string& text) : std::runtime_error{text}, kind_{kind} {}
  GitFailure kind() const { return kind_; }

 private:
  GitFailure kind_;
};

}  // namespace weir::git
