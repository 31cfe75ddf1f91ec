#include "pkg/access/git.hpp"

#include <exception>
#include <utility>

#include "pkg/access/git_provider.hpp"
#include "pkg/access/proxy_secret.hpp"
#include "pkg/access/secret.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"
#include "pkg/http/client.hpp"

namespace weir::access {
namespace {

constexpr std::string_view kNoOwnAuthority =
    "not allowed with a provider that signs in as the controller: its token goes only to servers that the "
    "system's authorities vouch for";

[[noreturn]] void refuse(const kube::ObjectKey& secret, std::string_view detail) {
  throw AccessError{text::cat("secret '", secret.text(), "': ", detail)};
}

/// Only what a TLS connection takes: a provider gives user and password, whatever else the Secret holds.
SecretMap tls_part(const SecretMap& data) {
  SecretMap out;
  for (const auto* name : {"ca.crt", "caFile", "tls.crt", "certFile", "tls.key", "keyFile"}) {
    if (const auto* found = data.find(name)) out.set(name, *found);
  }
  return out;
}

http::ConnectionOptions connection_of(const git::Remote& remote) {
  http::ConnectionOptions out;
  out.ca_pem = remote.credentials.ca_pem;
  out.client_cert_pem = remote.credentials.client_cert_pem;
  out.client_key_pem = remote.credentials.client_key_pem;
  out.proxy = remote.proxy;
  return out;
}

}  // namespace

GitAccess::GitAccess(Parts parts, cloud::GitLogins::Options options)
    : parts_{parts},
      direct_{parts.connections.get(http::ConnectionOptions{})},
      logins_{*direct_, parts.environment, parts.clock, std::move(options)} {}

GitAccess::~GitAccess() = default;

asio::awaitable<void> GitAccess::add_proxy(const api::source::GitRepository& repository, git::Remote& remote) {
  if (!repository.spec.proxy_secret_ref) co_return;
  const kube::ObjectKey key{repository.metadata.namespace_, repository.spec.proxy_secret_ref->name};
  const auto secret = co_await read_secret(parts_.client, key);
  auto proxy = parse_proxy_secret(secret.data);
  if (proxy.has_error()) refuse(key, proxy.error().text());
  remote.proxy = std::move(*proxy);
}

asio::awaitable<void> GitAccess::sign_in_to_github(const kube::ObjectKey& key, git::Remote& remote) {
  const auto secret = co_await read_secret(parts_.client, key);
  auto app = cloud::parse_github_app(secret.data);
  if (app.has_error()) refuse(key, app.error().text());
  auto tls = git::parse_credentials(tls_part(secret.data), git::Url::Scheme::kHttps);
  if (tls.has_error()) refuse(key, tls.error().text());
  remote.credentials = std::move(*tls);
  std::exception_ptr failure;
  try {
    // A server's authority signs its API's certificate too.
    const auto outbound = parts_.connections.get(connection_of(remote));
    auto login = co_await logins_.github(std::move(*app), *outbound);
    remote.credentials.username = std::move(login.username);
    remote.credentials.password = std::move(login.password);
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  refuse(key, async::describe(failure));
}

asio::awaitable<void> GitAccess::sign_in_to_cloud(const std::string& provider, git::Remote& remote) {
  std::exception_ptr failure;
  try {
    // The server's certificates are not those of the identity services, so only the proxy is the object's.
    http::ConnectionOptions connection;
    connection.proxy = remote.proxy;
    const auto outbound = parts_.connections.get(connection);
    if (provider == "azure") {
      auto login = co_await logins_.azure(*outbound);
      remote.credentials.bearer_token = std::move(login.password);
    } else {
      auto host = cloud::parse_code_commit_host(remote.url.host).value();
      auto login = co_await logins_.aws(std::move(host), remote.url.path, *outbound);
      remote.credentials.username = std::move(login.username);
      remote.credentials.password = std::move(login.password);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (!failure) co_return;
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  throw AccessError{text::cat("provider ", provider, ": ", async::describe(failure))};
}

asio::awaitable<void> GitAccess::add_credentials(const api::source::GitRepository& repository, git::Remote& remote) {
  const auto& spec = repository.spec;
  if (auto problem = provider_problem(spec)) throw AccessError{problem->message};
  const bool has_secret = spec.secret_ref.has_value();
  const kube::ObjectKey key{repository.metadata.namespace_, has_secret ? spec.secret_ref->name : ""};
  if (spec.provider == "github") {
    co_await sign_in_to_github(key, remote);
  } else if (spec.provider == "azure" || spec.provider == "aws") {
    // Their Secret can only hold a client certificate. Whoever could name an authority, and a proxy,
    // would be given the controller's own token.
    if (has_secret) {
      const auto secret = co_await read_secret(parts_.client, key);
      auto tls = git::parse_credentials(tls_part(secret.data), remote.url.scheme);
      if (tls.has_error()) refuse(key, tls.error().text());
      if (!tls->ca_pem.empty()) refuse(key, text::cat("ca.crt: ", kNoOwnAuthority));
      remote.credentials = std::move(*tls);
    }
    co_await sign_in_to_cloud(spec.provider, remote);
  } else if (has_secret) {
    const auto secret = co_await read_secret(parts_.client, key);
    auto credentials = git::parse_credentials(secret.data, remote.url.scheme);
    if (credentials.has_error()) refuse(key, credentials.error().text());
    remote.credentials = std::move(*credentials);
  } else if (remote.url.is_ssh()) {
    throw AccessError{"spec.secretRef: required for an ssh URL (identity and known_hosts)"};
  }
}

asio::awaitable<git::Remote> GitAccess::open(const api::source::GitRepository& repository, git::Url url) {
  git::Remote remote;
  remote.url = std::move(url);
  remote.timeout = repository.spec.timeout.milliseconds();
  co_await add_proxy(repository, remote);  // first: sign-ins go through it
  co_await add_credentials(repository, remote);
  co_return remote;
}

git::Reference reference_of(const api::source::GitRepositoryRef& ref) {
  git::Reference out;
  out.branch = ref.branch;
  out.tag = ref.tag;
  out.semver = ref.semver;
  out.name = ref.name;
  out.commit = ref.commit;
  return out;
}

}  // namespace weir::access
