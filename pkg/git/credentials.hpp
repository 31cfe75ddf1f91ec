#pragma once

#include <string>

#include "pkg/base/result.hpp"
#include "pkg/base/secret_map.hpp"
#include "pkg/base/secret_string.hpp"
#include "pkg/git/url.hpp"

namespace weir::git {

/// What a Secret gives for talking to a Git server.  Threads: value.
struct Credentials {
  Credentials() {}

  std::string username;  ///< HTTP basic
  SecretString password;
  SecretString bearer_token;    ///< HTTP bearer
  std::string ca_pem;           ///< believed besides the system's authorities
  std::string client_cert_pem;  ///< TLS client certificate
  SecretString client_key_pem;
  SecretString identity;    ///< private SSH key: PEM, PKCS#8 or OpenSSH
  SecretString passphrase;  ///< of the identity
  std::string known_hosts;  ///< lines as in sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// Reads the data of a Secret (already decoded from base64) for a URL of that scheme.
/// @returns an error that names the key at fault and repeats no value: basic and bearer together, a
/// password without a
///          user name, a certificate without key, no identity or known_hosts for ssh
/// Source: Flux, "GitRepository: Secret reference" (see the table in the tests).
Result<Credentials> parse_credentials(const SecretMap& data, Url::Scheme scheme);

}  // namespace weir::git
