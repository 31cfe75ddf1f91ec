#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/cloud/exchange.hpp"

namespace weir::cloud {

struct LoginOptions {
  LoginOptions() {}
  std::size_t cache_size = 100;  ///< 0: nothing is kept
  std::chrono::nanoseconds longest{std::chrono::hours{1}};
  std::string user_agent;
};

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

/// The cache above, filled on demand: who asks for a login that is being fetched waits for it instead of fetching
/// another. Failures are not kept.  Threads: reactor.
class LoginStore {
 public:
  using Fetch = std::function<asio::awaitable<Login>()>;

  LoginStore(const Clock& clock, std::size_t size, std::chrono::nanoseconds longest)
      : clock_{clock}, cache_{size, longest} {}

  /// @param outbound  what `fetch` asks through: a login is
  /// shared with equal connections only, so that nobody waits for
  ///                  another's proxy or takes what it answered
  /// @throws what `fetch` throws, also when another one's fetch failed
  asio::awaitable<Login> get(std::string key, const http::Transport& outbound, Fetch fetch);

 private:
  struct Flight;

  const Clock& clock_;
  LoginCache cache_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace weir::cloud
