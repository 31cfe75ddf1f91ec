#include "pkg/cloud/registry_logins.hpp"

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
      return InputError{
          "",
          text::cat(
              text::quoted(registry),
              " is no registry of AWS: expected <account>.dkr.ecr.<region>.amazonaws.com or public.ecr.aws"
          )};
    case Provider::kAzure:
      if (is_azure_registry(registry)) return text::cat("azure ", registry);
      return InputError{
          "",
          text::cat(text::quoted(registry), " is no registry of Azure: expected <name>.azurecr.io, .cn, .de or .us")};
    case Provider::kGoogle:
      if (is_google_registry(registry)) return std::string{"gcp"};
      return InputError{
          "",
          text::cat(
              text::quoted(registry), " is no registry of Google: expected gcr.io, *.gcr.io or *-docker.pkg.dev"
          )};
  }
  return InputError{"", "unknown provider"};
}

RegistryLogins::RegistryLogins(
    http::Transport& direct, const Environment& environment, const Clock& clock, Options options
)
    : direct_{direct},
      environment_{environment},
      clock_{clock},
      options_{std::move(options)},
      store_{clock, options_.cache_size, options_.longest} {}

asio::awaitable<Login> RegistryLogins::login(Provider provider, std::string registry, http::Transport& outbound) {
  const auto key = login_key(provider, registry);
  if (key.has_error()) throw CloudError{key.error().text()};
  LoginStore::Fetch fetch = [this, provider, &registry, &outbound] {
    return this->fetch(provider, registry, outbound);
  };
  co_return co_await store_.get(*key, outbound, std::move(fetch));
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
    case Provider::kGoogle: co_return co_await google_login(session);
  }
  throw CloudError{"unknown provider"};
}

}  // namespace weir::cloud
