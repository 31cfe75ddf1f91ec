#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/base/result.hpp"
#include "pkg/cloud/exchange.hpp"
#include "pkg/cloud/login_store.hpp"

namespace weir::cloud {

enum class Provider { kAws, kAzure, kGoogle };
std::string_view to_string(Provider provider);  ///< "aws", "azure", "gcp"
/// nullopt for anything else
std::optional<Provider> parse_provider(std::string_view text);

/// What a login is good for: equal keys share one.
/// @param registry  host[:port] of the registry
/// @returns an error when the host is none of that cloud's registries
Result<std::string> login_key(Provider provider, std::string_view registry);

/// Signs in to the registries of clouds as the pod's own identity. Who asks for a login that is being fetched waits for
/// it instead of fetching another.  Threads: reactor.
class RegistryLogins {
 public:
  using Options = LoginOptions;
  /// @param direct  for the machine's metadata services; must have no proxy
  RegistryLogins(http::Transport& direct, const Environment& environment, const Clock& clock, Options options);

  /// @param outbound  for the identity services, and the registry's own exchange; used until the call ends
  /// @throws CloudError, TransportError, async::TimedOut
  asio::awaitable<Login> login(Provider provider, std::string registry, http::Transport& outbound);

 private:
  asio::awaitable<Login> fetch(Provider provider, std::string registry, http::Transport& outbound);

  http::Transport& direct_;
  const Environment& environment_;
  const Clock& clock_;
  const Options options_;
  LoginStore store_;
};

}  // namespace weir::cloud
