#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir::git {

/// Where a repository is. The scp form (git@host:path) is refused, as the CRD's pattern does.
/// Threads: value.
class Url {
 public:
  enum class Scheme { kHttp, kHttps, kSsh };

  Url() {}

  /// @returns an error at "spec.url" that repeats no password
  static Result<Url> parse(std::string_view text);
  /// A submodule's URL: absolute, or relative ("../other.git") to this one. Source: gitmodules(5),
  /// "submodule.<name>.url".
  Result<Url> resolve(std::string_view reference) const;

  bool is_ssh() const { return scheme == Scheme::kSsh; }
  /// The whole URL without password; without user too unless it is ssh.
  std::string text() const;

  friend bool operator==(const Url&, const Url&) = default;

  Scheme scheme = Scheme::kHttps;
  std::string user;  ///< as the URL has it, decoded; may be empty
  std::string host;
  std::uint16_t port = 0;
  std::string path;  ///< starts with a slash; no query
};

}  // namespace weir::git
