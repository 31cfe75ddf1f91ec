#pragma once

#include <cstddef>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/cloud/code_commit.hpp"
#include "pkg/cloud/exchange.hpp"
#include "pkg/cloud/github_app.hpp"
#include "pkg/cloud/login_store.hpp"

namespace weir::cloud {

/// Signs in to Git servers: as a GitHub App, or as the pod's own identity. Logins are kept as LoginStore says.
/// Threads: reactor.
class GitLogins {
 public:
  using Options = LoginOptions;
  /// @param direct  for the machine's metadata services; must have no proxy
  GitLogins(http::Transport& direct, const Environment& environment, const Clock& clock, Options options);

  /// @param outbound  to the API; used until the call ends
  /// @throws CloudError, TransportError, async::TimedOut
  asio::awaitable<Login> github(GitHubApp app, http::Transport& outbound);
  /// A token for Azure DevOps in `password`, to be sent as bearer; no user. Its host must be checked before: see
  /// is_azure_devops.
  asio::awaitable<Login> azure(http::Transport& outbound);
  /// A signature for one repository of CodeCommit.
  /// @param path  of the repository's URL, "/v1/repos/app"
  asio::awaitable<Login> aws(CodeCommitHost host, std::string path, http::Transport& outbound);

 private:
  asio::awaitable<Login> fetch_azure(http::Transport& outbound);
  asio::awaitable<Login> fetch_aws(const CodeCommitHost& host, const std::string& path, http::Transport& outbound);

  http::Transport& direct_;
  const Environment& environment_;
  const Clock& clock_;
  const Options options_;
  LoginStore store_;
};

}  // namespace weir::cloud
