#include "pkg/cloud/registry_logins.hpp"

#include <algorithm>
#include <exception>

#include "pkg/async/errors.hpp"
#include "pkg/async/event.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cloud/azure_login.hpp"
#include "pkg/cloud/ecr_login.hpp"
#include "pkg/cloud/google_login.hpp"

namespace weir::cloud {

std::string_view to_string(Provider provider) {
  switch (provider) {
    case Provider::kAws: return "aws";
    case Provider::kAzure: return "azure";
    case Provider::kGoogle: return "gcp";
  }
  return "";
}

std::optional<Provider> parse_provider(std::string_view text) {
  for (const auto provider : {Provider::kAws, Provider::kAzure, Provider::kGoogle})
    if (to_string(provider) == text) return provider;
  return std::nullopt;
}

Result<std::string> login_key(Provider provider, std::string_view registry) {
  switch (provider) {
    case Provider::kAws:
      if (const auto endpoint = parse_ecr_host(registry)) return text::cat("aws ", endpoint->url);
      return InputError{"", text::cat(text::quoted(registry), " is no registry of AWS: expected <account>.dkr.ecr.<region>.amazonaws.com or public.ecr.aws")};
    case Provider::kAzure:
      if (is_azure_registry(registry)) return text::cat("azure ", registry);
      return InputError{"", text::cat(text::quoted(registry), " is no registry of Azure: expected <name>.azurecr.io, .cn, .de or .us")};
    case Provider::kGoogle:
      if (is_google_registry(registry)) return std::string{"gcp"};
      return InputError{"", text::cat(text::quoted(registry), " is no registry of Google: expected gcr.io, *.gcr.io or *-docker.pkg.dev")};
  }
  return InputError{"", "unknown provider"};
}

// -- cache ---------------------------------------------------------------------------------------------------------

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

// -- logins --------------------------------------------------------------------------------------------------------

/// One fetch that several may wait for.
struct RegistryLogins::Flight {
  async::Event landed;
  std::optional<Login> login;
  std::exception_ptr failure;
};

RegistryLogins::RegistryLogins(
    http::Transport& direct, const Environment& environment, const Clock& clock, Options options
)
    : direct_{direct},
      environment_{environment},
      clock_{clock},
      options_{std::move(options)},
      cache_{options_.cache_size, options_.longest} {}

asio::awaitable<Login> RegistryLogins::login(Provider provider, std::string registry, http::Transport& outbound) {
  const auto key = login_key(provider, registry);
  if (key.has_error()) throw CloudError{key.error().text()};
  while (true) {
    if (auto known = cache_.find(*key, clock_.wall_now())) co_return std::move(*known);
    if (const auto at = flights_.find(*key); at != flights_.end()) {
      const auto flight = at->second;
      co_await flight->landed.wait();
      if (flight->login) co_return *flight->login;
      // The one who fetched may have given up for a reason of his own.
      if (flight->failure && !async::is_cancelled(flight->failure)) std::rethrow_exception(flight->failure);
      continue;
    }
    const auto flight = std::make_shared<Flight>();
    flights_.emplace(*key, flight);
    try {
      flight->login = co_await fetch(provider, registry, outbound);
    } catch (...) {
      flight->failure = std::current_exception();
    }
    flights_.erase(*key);
    flight->landed.set();
    if (flight->failure) std::rethrow_exception(flight->failure);
    cache_.put(*key, *flight->login, clock_.wall_now());
    co_return *flight->login;
  }
}

asio::awaitable<Login> RegistryLogins::fetch(Provider provider, std::string registry, http::Transport& outbound) {
  const Session session{direct_, outbound, environment_, clock_, options_.user_agent};
  switch (provider) {
    case Provider::kAws: {
      auto endpoint = parse_ecr_host(registry);
      co_return co_await ecr_login(session, std::move(*endpoint));
    }
    case Provider::kAzure: {
      auto url = parse_endpoint("registry", text::cat("https://", registry));
      co_return co_await azure_login(session, std::move(url));
    }
    case Provider::kGoogle:
      co_return co_await google_login(session);
  }
  throw CloudError{"unknown provider"};
}

}  // namespace weir::cloud
