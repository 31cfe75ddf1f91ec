#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/base/result.hpp"
#include "pkg/cloud/exchange.hpp"

namespace weir::cloud {

enum class Provider { kAws, kAzure, kGoogle };
std::string_view to_string(Provider provider);  ///< "aws", "azure", "gcp"
/// nullopt for anything else
std::optional<Provider> parse_provider(std::string_view text);

/// What a login is good for: equal keys share one.
/// @param registry  host[:port] of the registry
/// @returns an error when the host is none of that cloud's registries
Result<std::string> login_key(Provider provider, std::string_view registry);

/// Logins by key, used until four fifths of their time have passed, or `longest` has; the least recently used ones go
/// first when there are more than `size`.  Pure: time is an argument.  Threads: reactor.
class LoginCache {
 public:
  LoginCache(std::size_t size, std::chrono::nanoseconds longest) : size_{size}, longest_{longest} {}

  std::optional<Login> find(const std::string& key, WallTime now);
  void put(const std::string& key, Login login, WallTime now);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    Login login;
    WallTime drop_at;
  };
  std::size_t size_;
  std::chrono::nanoseconds longest_;
  std::list<Entry> entries_;  // the most recently used one first
};

/// Signs in to the registries of clouds as the pod's own identity. Who asks for a login that is being fetched waits for
/// it instead of fetching another.  Threads: reactor.
class RegistryLogins {
 public:
  struct Options {
    Options() {}
    std::size_t cache_size = 100;  ///< 0: nothing is kept
    std::chrono::nanoseconds longest{std::chrono::hours{1}};
    std::string user_agent;
  };
  /// @param direct  for the machine's metadata services; must have no proxy
  RegistryLogins(http::Transport& direct, const Environment& environment, const Clock& clock, Options options);

  /// @param outbound  for the identity services, and the registry's own exchange; used until the call ends
  /// @throws CloudError, TransportError, async::TimedOut
  asio::awaitable<Login> login(Provider provider, std::string registry, http::Transport& outbound);

 private:
  struct Flight;
  asio::awaitable<Login> fetch(Provider provider, std::string registry, http::Transport& outbound);

  http::Transport& direct_;
  const Environment& environment_;
  const Clock& clock_;
  const Options options_;
  LoginCache cache_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace weir::cloud
