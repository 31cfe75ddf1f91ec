#pragma once

#include <memory>
#include <string>

#include "pkg/base/result.hpp"
#include "pkg/base/secret_string.hpp"

struct evp_pkey_st;

namespace weir::git {

struct FreePair {
  void operator()(evp_pkey_st* pair) const;
};

/// A private SSH key, opened for the crypto library.
struct SshPrivateKey {
  std::string type;         ///< "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", ...
  std::string public_blob;  ///< what stands in authorized_keys, decoded
  std::unique_ptr<evp_pkey_st, FreePair> pair;
};

/// Whether opening a key takes no more work than a key should: what it says of its own rounds is
/// checked before any is done.
/// @returns an error with where = "identity"; a key that cannot be read is no error here
Result<void> check_ssh_key_cost(const SecretString& identity);

/// Reads a key as OpenSSH writes it (openssh-key-v1, also encrypted), as PEM or as PKCS#8. libssh
/// reads them too, but version 0.10 neither signs with them nor hands out RSA keys of OpenSSH's own
/// form.
/// @returns an error with where = "identity" or "password", which never repeats the key
/// Source: OpenSSH, PROTOCOL.key.
Result<SshPrivateKey> parse_ssh_private_key(const SecretString& identity, const SecretString& password);

}  // namespace weir::git
