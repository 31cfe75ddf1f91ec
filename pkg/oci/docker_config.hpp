#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/base/secret_string.hpp"
#include "pkg/oci/reference.hpp"

namespace weir::oci {

/// What convinces a registry; all empty: anonymous.  Threads: value.
struct Credentials {
  std::string username;
  SecretString password;
  SecretString identity_token;  ///< exchanged for an access token at the registry's realm
  SecretString registry_token;  ///< an access token, sent as it is

  bool is_anonymous() const {
    return username.empty() && password.empty() && identity_token.empty() && registry_token.empty();
  }
};

/// The entries of a Docker client configuration (`config.json`, or the older `.dockercfg`).  Threads: value.
class DockerConfig {
 public:
  /// @param text  {"auths": {...}}, or the bare map of `.dockercfg`
  /// @returns an error that never repeats what was read
  static Result<DockerConfig> parse(std::string_view text);

  /// The entry whose key fits best: keys in reverse order of their text, the first that fits. A key's host may hold `*`
  /// within a label; its path is a prefix. "docker.io" and "index.docker.io" are the same.
  /// Source: Kubernetes' image credential lookup.
  std::optional<Credentials> find(const Repository& repository) const;
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;  ///< host[:port][/path], without scheme
    Credentials credentials;
  };
  std::vector<Entry> entries_;  ///< in the order in which they are tried
};

}  // namespace weir::oci
