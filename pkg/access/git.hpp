#pragma once

#include <memory>

#include "api/source/v1/git_repository.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/cloud/git_logins.hpp"
#include "pkg/git/client.hpp"
#include "pkg/kube/object_key.hpp"

namespace weir::http {
class Connections;
class Transport;
}  // namespace weir::http

namespace weir::kube {
class Client;
}

namespace weir::access {

/// Finds the credentials of a GitRepository: in its Secret, or by signing in as spec.provider says.  Threads: reactor.
class GitAccess {
 public:
  /// All must outlive it.
  struct Parts {
    kube::Client& client;
    http::Connections& connections;  ///< to the services that sign in
    const cloud::Environment& environment;
    const Clock& clock;
  };
  GitAccess(Parts parts, cloud::GitLogins::Options options);
  ~GitAccess();

  /// Reads the Secrets (credentials, proxy) afresh; sign-ins are kept for their time.
  /// @param url  spec.url, parsed
  /// @throws AccessError, or the cancellation as it is
  asio::awaitable<git::Remote> open(const api::source::GitRepository& repository, git::Url url);

 private:
  asio::awaitable<void> add_proxy(const api::source::GitRepository& repository, git::Remote& remote);
  asio::awaitable<void> add_credentials(const api::source::GitRepository& repository, git::Remote& remote);
  asio::awaitable<void> sign_in_to_cloud(const std::string& provider, git::Remote& remote);
  asio::awaitable<void> sign_in_to_github(const kube::ObjectKey& key, git::Remote& remote);

  Parts parts_;
  std::shared_ptr<http::Transport> direct_;  // no proxy: the machine's own services
  cloud::GitLogins logins_;
};

git::Reference reference_of(const api::source::GitRepositoryRef& ref);

}  // namespace weir::access
