#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pkg/git/credentials.hpp"
#include "pkg/git/url.hpp"
#include "pkg/git/wire/service.hpp"
#include "pkg/http/client.hpp"

namespace weir::async {
class BlockingPool;
}

namespace weir::git::wire {

struct SshOptions {
  SshOptions() {}

  std::vector<std::string> kex_algorithms;      ///< empty = the library's own choice
  std::vector<std::string> hostkey_algorithms;  ///< empty = the library's own choice
  Milliseconds timeout{60'000};
};

/// The service over ssh: one connection, opened by greet(). The host key must be in the
/// credentials' known_hosts; the only way to log in is the identity. The library runs non-blocking
/// on the reactor, no thread is held; the private key is opened on a pool thread, within the limits
/// of check_ssh_key_cost(). greet() @throws GitError kHostKey naming host and key type,
/// kAuthentication, kProtocol; http::TransportError Threads: reactor.
std::unique_ptr<Service> make_ssh_service(
    asio::any_io_executor executor,
    async::BlockingPool& io,
    Url url,
    Credentials credentials,
    http::ProxyOptions proxy,
    std::string service,
    SshOptions options
);

}  // namespace weir::git::wire
