#include "pkg/cloud/login_store.hpp"

#include <algorithm>
#include <exception>

#include "pkg/async/errors.hpp"
#include "pkg/async/event.hpp"
#include "pkg/base/text.hpp"

namespace weir::cloud {

std::optional<Login> LoginCache::find(const std::string& key, WallTime now) {
  const auto at = std::ranges::find(entries_, key, &Entry::key);
  if (at == entries_.end()) return std::nullopt;
  if (now >= at->drop_at) {
    entries_.erase(at);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, at);
  return at->login;
}

void LoginCache::put(const std::string& key, Login login, WallTime now) {
  if (size_ == 0) return;
  const auto at = std::ranges::find(entries_, key, &Entry::key);
  if (at != entries_.end()) entries_.erase(at);
  const auto lifetime = std::chrono::duration_cast<std::chrono::nanoseconds>(login.expires_at - now);
  const auto kept = std::min(lifetime / 5 * 4, longest_);
  if (kept <= std::chrono::nanoseconds{0}) return;
  entries_.push_front({key, std::move(login), now + kept});
  if (entries_.size() > size_) entries_.pop_back();
}

/// One fetch that several may wait for.
struct LoginStore::Flight {
  async::Event landed;
  std::optional<Login> login;
  std::exception_ptr failure;
};

asio::awaitable<Login> LoginStore::get(std::string key, const http::Transport& outbound, Fetch fetch) {
  text::append(key, " ", outbound.identity());
  while (true) {
    if (auto known = cache_.find(key, clock_.wall_now())) co_return std::move(*known);
    if (const auto at = flights_.find(key); at != flights_.end()) {
      const auto flight = at->second;
      co_await flight->landed.wait();
      if (flight->login) co_return *flight->login;
      // The one who fetched may have given up for a reason of his own.
      if (flight->failure && !async::is_cancelled(flight->failure)) std::rethrow_exception(flight->failure);
      continue;
    }
    const auto flight = std::make_shared<Flight>();
    flights_.emplace(key, flight);
    try {
      flight->login = co_await fetch();
    } catch (...) {
      flight->failure = std::current_exception();
    }
    flights_.erase(key);
    flight->landed.set();
    if (flight->failure) std::rethrow_exception(flight->failure);
    cache_.put(key, *flight->login, clock_.wall_now());
    co_return *flight->login;
  }
}

}  // namespace weir::cloud
