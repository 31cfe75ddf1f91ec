#include "controllers/image_reflector/registry_access.hpp"

#include <stdexcept>

#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/proxy_secret.hpp"
#include "pkg/kube/secret_data.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::image_reflector {
namespace {

/// Where every text about credentials starts; users' alerts match on it.
constexpr std::string_view kPrefix = "failed to configure authentication options: ";

[[noreturn]] void refuse(std::string_view detail) {
  throw runtime::ReasonedError{api::image::reason::kAuthenticationFailed, text::cat(kPrefix, detail)};
}

/// The first of several keys that is there: the second is the older name of the first.
std::string first_of(const std::map<std::string, std::string>& data, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const auto at = data.find(name); at != data.end() && !at->second.empty()) return at->second;
  }
  return "";
}

void read_certificates(
    const std::string& secret, const std::map<std::string, std::string>& data, http::ConnectionOptions& out
) {
  out.ca_pem = first_of(data, {"ca.crt", "caFile"});
  out.client_cert_pem = first_of(data, {"tls.crt", "certFile"});
  out.client_key_pem = SecretString{first_of(data, {"tls.key", "keyFile"})};
  if (out.client_cert_pem.empty() != out.client_key_pem.empty()) {
    refuse(text::cat("secret '", secret, "': expected both tls.crt and tls.key, or neither"));
  }
  if (out.ca_pem.empty() && out.client_cert_pem.empty()) {
    refuse(text::cat("secret '", secret, "': expected ca.crt, or tls.crt and tls.key"));
  }
}

}  // namespace

std::optional<ProviderProblem> provider_problem(const api::image::ImageRepository& object) {
  const auto& spec = object.spec;
  if (spec.provider.empty() || spec.provider == "generic") return std::nullopt;
  if (!cloud::parse_provider(spec.provider)) {
    return ProviderProblem{
        api::reason::kFieldNotSupported,
        text::cat("spec.provider: ", text::quoted(spec.provider), " is not supported by this version of Weir")
    };
  }
  if (!spec.service_account_name.empty()) {
    return ProviderProblem{
        api::image::reason::kFeatureGateDisabled,
        "to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature "
        "gate in the controller: this version of Weir does not have it, and signs in as the controller's own identity only"
    };
  }
  return std::nullopt;
}

OpenRegistry::OpenRegistry(
    std::shared_ptr<http::Client> connection,
    oci::KnownSchemes& schemes,
    async::BlockingPool& cpu,
    const Clock& clock,
    oci::Repository repository,
    oci::RegistryOptions options
)
    : connection_{std::move(connection)},
      client_{
          oci::RegistryClient::Parts{*connection_, schemes, cpu, clock}, std::move(repository), std::move(options)
      } {}

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
    const api::image::ImageRepository& object, const oci::Repository& repository, const log::Logger& log
) {
  const auto& namespace_ = object.metadata.namespace_;
  std::vector<std::string> names;
  if (object.spec.secret_ref) names.push_back(object.spec.secret_ref->name);
  if (!object.spec.service_account_name.empty()) {
    const kube::ObjectKey account{namespace_, object.spec.service_account_name};
    auto more = co_await pull_secrets_of(account);
    for (auto& name : more) names.push_back(std::move(name));
  }
  for (const auto& name : names) {
    const kube::ObjectKey key{namespace_, name};
    const auto secret = co_await kube::read_secret(parts_.client, key);
    const std::string text = first_of(secret.data, {".dockerconfigjson", ".dockercfg"});
    if (text.empty()) {
      // As Flux: of another type, so it is not meant for us. Said, because it is more often a mistake.
      log.info("a secret holds no registry credentials", {{"secret", key.text()}, {"type", secret.type}});
      continue;
    }
    const auto config = oci::DockerConfig::parse(text);
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
    const api::image::ImageRepository& object, const oci::Repository& repository, const log::Logger& log
) {
  try {
    co_return co_await open_with_secrets(object, repository, log);
  } catch (const kube::SecretUnavailable& error) {
    refuse(error.what());
  }
}

asio::awaitable<std::unique_ptr<OpenRegistry>> RegistryAccess::open_with_secrets(
    const api::image::ImageRepository& object, const oci::Repository& repository, const log::Logger& log
) {
  const auto& spec = object.spec;
  const auto& namespace_ = object.metadata.namespace_;
  oci::RegistryOptions options;
  // The controller's own token goes only over TLS that the system's authorities vouch for: a proxy that the object
  // names must not read it.
  const auto provider = cloud::parse_provider(spec.provider);
  options.allows_http = spec.insecure && !provider;
  options.user_agent = parts_.user_agent;
  options.max_tags = parts_.max_tags;
  http::ConnectionOptions connection;
  if (spec.cert_secret_ref) {
    const kube::ObjectKey key{namespace_, spec.cert_secret_ref->name};
    const auto secret = co_await kube::read_secret(parts_.client, key);
    read_certificates(key.text(), secret.data, connection);
    if (provider && !connection.ca_pem.empty()) {
      refuse(text::cat(
          "secret '", key.text(), "': ca.crt: not allowed with spec.provider ", spec.provider,
          ": the controller's own token goes only to registries that the system's authorities vouch for"
      ));
    }
  }
  if (spec.proxy_secret_ref) {
    const kube::ObjectKey key{namespace_, spec.proxy_secret_ref->name};
    const auto secret = co_await kube::read_secret(parts_.client, key);
    auto proxy = kube::parse_proxy_secret(secret.data);
    if (proxy.has_error()) refuse(text::cat("secret '", key.text(), "': ", proxy.error().text()));
    connection.proxy = std::move(*proxy);
  }
  if (provider) {
    options.credentials = co_await sign_in_to_cloud(*provider, repository, connection.proxy);
  } else {
    options.credentials = co_await find_credentials(object, repository, log);
  }
  std::shared_ptr<http::Client> client;
  try {
    client = parts_.connections.get(connection);
  } catch (const std::invalid_argument& error) {
    refuse(error.what());
  }
  co_return std::make_unique<OpenRegistry>(
      std::move(client), schemes_, parts_.cpu, parts_.clock, repository, std::move(options)
  );
}

}  // namespace weir::image_reflector
