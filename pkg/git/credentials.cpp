#include "pkg/git/credentials.hpp"

#include <optional>

#include "pkg/base/text.hpp"

namespace weir::git {

namespace {

std::optional<InputError> read_ssh(const SecretMap& data, Credentials& out) {
  out.identity = data.get("identity");
  out.known_hosts = data.reveal("known_hosts");
  out.passphrase = data.get("password");
  if (out.identity.empty()) return InputError{"identity", "the Secret has no private key for ssh"};
  if (text::trim(out.known_hosts).empty()) return InputError{"known_hosts", "the Secret has no host keys for ssh"};
  return std::nullopt;
}

std::optional<InputError> read_http(const SecretMap& data, Credentials& out) {
  out.username = data.reveal("username");
  out.password = data.get("password");
  // Tokens are often written with a line feed at their end, which no header may hold.
  out.bearer_token = SecretString{std::string{text::trim(data.reveal("bearerToken"))}};
  if (!out.bearer_token.empty() && (!out.username.empty() || !out.password.empty()))
    return InputError{"bearerToken", "basic and bearer credentials cannot be given together"};
  if (out.username.empty() && !out.password.empty())
    return InputError{"username", "the Secret has a password but no username"};
  if (!out.username.empty() && out.password.empty())
    return InputError{"password", "the Secret has a username but no password"};
  return std::nullopt;
}

std::string authority_of(const SecretMap& data) { return data.first_of({"ca.crt", "caFile"}).reveal(); }

std::optional<InputError> read_tls(const SecretMap& data, Credentials& out) {
  out.ca_pem = authority_of(data);
  out.client_cert_pem = data.first_of({"tls.crt", "certFile"}).reveal();
  out.client_key_pem = data.first_of({"tls.key", "keyFile"});
  if (out.client_cert_pem.empty() && !out.client_key_pem.empty())
    return InputError{"tls.crt", "the Secret has a client key but no certificate"};
  if (!out.client_cert_pem.empty() && out.client_key_pem.empty())
    return InputError{"tls.key", "the Secret has a client certificate but no key"};
  return std::nullopt;
}

}  // namespace

Result<Credentials> parse_credentials(const SecretMap& data, Url::Scheme scheme) {
  if (data.contains("githubAppID"))
    return InputError{"githubAppID", "GitHub App credentials are used with spec.provider github only"};
  Credentials out;
  if (scheme == Url::Scheme::kSsh) {
    if (auto error = read_ssh(data, out)) return std::move(*error);
    return out;
  }
  if (auto error = read_http(data, out)) return std::move(*error);
  if (scheme == Url::Scheme::kHttps) {
    if (auto error = read_tls(data, out)) return std::move(*error);
  } else {
    // The server is spoken to in plain, its proxy may not be.
    out.ca_pem = authority_of(data);
  }
  return out;
}

}  // namespace weir::git
