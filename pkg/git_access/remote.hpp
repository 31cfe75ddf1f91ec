#pragma once

#include <stdexcept>

#include "api/source/v1/git_repository.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/git/client.hpp"

namespace weir::kube {
class Client;
}

/// From what a GitRepository object says to what pkg/git can talk to: for every controller that reads or writes there.
namespace weir::git_access {

/// A Secret that is missing or does not hold what the URL needs. Names the Secret and the key, repeats no value.
class AccessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads the Secrets (credentials, proxy) afresh.  Threads: reactor.
/// @param url  spec.url, parsed
/// @throws AccessError, or the cancellation as it is
asio::awaitable<git::Remote> open_remote(
    kube::Client& client, const api::source::GitRepository& repository, git::Url url
);

git::Reference reference_of(const api::source::GitRepositoryRef& ref);

}  // namespace weir::git_access
