#include "pkg/access/registry.hpp"

#include <stdexcept>

#include "api/meta/v1/condition.hpp"
#include "pkg/access/proxy_secret.hpp"
#include "pkg/access/secret.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"

namespace weir::access {
namespace {

[[noreturn]] void refuse(const std::string& detail) { throw AccessError{detail}; }

void read_certificates(const std::string& secret, const SecretMap& data, http::ConnectionOptions& out) {
  out.ca_pem = data.first_of({"ca.crt", "caFile"}).reveal();
  out.client_cert_pem = data.first_of({"tls.crt", "certFile"}).reveal();
  out.client_key_pem = data.first_of({"tls.key", "keyFile"});
  if (out.client_cert_pem.empty() != out.client_key_pem.empty()) {
    refuse(text::cat("secret '", secret, "': expected both tls.crt and tls.key, or neither"));
  }
  if (out.ca_pem.empty() && out.client_cert_pem.empty()) {
    refuse(text::cat("secret '", secret, "': expected ca.crt, or tls.crt and tls.key"));
  }
}

}  // namespace

std::optional<ProviderProblem> provider_problem(const RegistrySettings& settings) {
  if (settings.provider.empty() || settings.provider == "generic") return std::nullopt;
  if (!cloud::parse_provider(settings.provider)) {
    return ProviderProblem{
        api::reason::kFieldNotSupported,
        text::cat("spec.provider: ", text::quoted(settings.provider), " is not supported by this version of Weir")};
  }
  if (!settings.service_account.empty()) {
    return ProviderProblem{
        api::reason::kFeatureGateDisabled,
        "to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity "
        "feature gate in the controller: this version of Weir does not have it, and signs in as the controller's own "
        "identity only"};
  }
  return std::nullopt;
}

OpenRegistry::OpenRegistry(
    std::shared_ptr<http::Transport> connection,
    oci::KnownSchemes& schemes,
    async::BlockingPool& cpu,
    const Clock& clock,
    oci::Repository repository,
    oci::RegistryOptions options
)
    : connection_{std::move(connection)},
      client_{
          oci::RegistryClient::Parts{*connection_, schemes, cpu, clock}, std::move(repository), std::move(options)} {}

RegistryAccess::RegistryAccess(Parts parts) : parts_{std::move(parts)} {}

asio::awaitable<std::vector<std::string>> RegistryAccess::pull_secrets_of(kube::ObjectKey service_account) {
  std::optional<kube::Object> account;
  std::exception_ptr failure;
  try {
    account = co_await parts_.client.get(kube::core::service_accounts(), service_account);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    if (async::is_cancelled(failure)) std::rethrow_exception(failure);
    refuse(text::cat("failed to get service account '", service_account.text(), "': ", async::describe(failure)));
  }
  if (!account) refuse(text::cat("service account '", service_account.text(), "' not found"));
  std::vector<std::string> out;
  const auto* secrets = account->document().find("imagePullSecrets");
  if (secrets == nullptr || !secrets->is_array()) co_return out;
  for (const auto& secret : secrets->as_array()) {
    if (const auto name = secret.text_at({"name"}); !name.empty()) out.emplace_back(name);
  }
  co_return out;
}

asio::awaitable<oci::Credentials> RegistryAccess::find_credentials(
    const RegistrySettings& settings, const oci::Repository& repository, const log::Logger& log
) {
  std::vector<std::string> names;
  if (!settings.secret.empty()) names.push_back(settings.secret);
  if (!settings.service_account.empty()) {
    const kube::ObjectKey account{settings.namespace_, settings.service_account};
    auto more = co_await pull_secrets_of(account);
    for (auto& name : more) names.push_back(std::move(name));
  }
  for (const auto& name : names) {
    const kube::ObjectKey key{settings.namespace_, name};
    const auto secret = co_await read_secret(parts_.client, key);
    const auto text = secret.data.first_of({".dockerconfigjson", ".dockercfg"});
    if (text.empty()) {
      // As Flux: of another type, so it is not meant for us. Said, because it is more often a mistake.
      log.info("a secret holds no registry credentials", {{"secret", key.text()}, {"type", secret.type}});
      continue;
    }
    const auto config = oci::DockerConfig::parse(text.reveal());
    if (config.has_error()) refuse(text::cat("secret '", key.text(), "': ", config.error().text()));
    if (auto found = config->find(repository)) co_return std::move(*found);
  }
  co_return oci::Credentials{};
}

asio::awaitable<oci::Credentials> RegistryAccess::sign_in_to_cloud(
    cloud::Provider provider, const oci::Repository& repository, const http::ProxyOptions& proxy
) {
  oci::Credentials out;
  std::exception_ptr failure;
  try {
    // The registry's certificates are not those of the identity services, so only the proxy is the object's.
    http::ConnectionOptions connection;
    connection.proxy = proxy;
    const auto outbound = parts_.connections.get(connection);
    const auto login = co_await parts_.logins.login(provider, repository.registry, *outbound);
    out.username = login.username;
    out.password = login.password;
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return out;
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  refuse(text::cat("provider ", cloud::to_string(provider), ": ", async::describe(failure)));
}

asio::awaitable<std::unique_ptr<OpenRegistry>> RegistryAccess::open(
    const RegistrySettings& settings, const oci::Repository& repository, const log::Logger& log
) {
  oci::RegistryOptions options;
  // The controller's own token goes only over TLS that the system's authorities vouch for: a proxy that the object
  // names must not read it.
  const auto provider = cloud::parse_provider(settings.provider);
  options.allows_http = settings.insecure && !provider;
  options.user_agent = parts_.user_agent;
  options.max_tags = parts_.max_tags;
  options.retry = parts_.retry;
  http::ConnectionOptions connection;
  if (!settings.cert_secret.empty()) {
    const kube::ObjectKey key{settings.namespace_, settings.cert_secret};
    const auto secret = co_await read_secret(parts_.client, key);
    read_certificates(key.text(), secret.data, connection);
    if (provider && !connection.ca_pem.empty()) {
      refuse(text::cat(
          "secret '",
          key.text(),
          "': ca.crt: not allowed with spec.provider ",
          settings.provider,
          ": the controller's own token goes only to registries that the system's authorities vouch for"
      ));
    }
  }
  if (!settings.proxy_secret.empty()) {
    const kube::ObjectKey key{settings.namespace_, settings.proxy_secret};
    const auto secret = co_await read_secret(parts_.client, key);
    auto proxy = parse_proxy_secret(secret.data);
    if (proxy.has_error()) refuse(text::cat("secret '", key.text(), "': ", proxy.error().text()));
    connection.proxy = std::move(*proxy);
  }
  if (provider) {
    options.credentials = co_await sign_in_to_cloud(*provider, repository, connection.proxy);
  } else {
    options.credentials = co_await find_credentials(settings, repository, log);
  }
  std::shared_ptr<http::Transport> transport;
  try {
    transport = parts_.connections.get(connection);
  } catch (const std::invalid_argument& error) {
    refuse(error.what());
  }
  co_return std::make_unique<OpenRegistry>(
      std::move(transport), schemes_, parts_.cpu, parts_.clock, repository, std::move(options)
  );
}

}  // namespace weir::access
