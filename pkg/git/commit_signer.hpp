#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/base/secret_map.hpp"
#include "pkg/base/secret_string.hpp"

namespace weir::git {

/// Signs the text of a commit and gives the armored signature, for its header gpgsig. Blocks for
/// some milliseconds.
/// @throws GitError kStorage when the crypto library fails
/// Threads: one at a time.
using CommitSigner = std::function<std::string(std::string_view text)>;

enum class SigningKeyType { kOpenPgp, kSsh };

/// A signer with an OpenPGP key (RFC 4880): detached signatures of the newest signing subkey, else
/// of the key itself.
/// @param key         armored private key, of exactly one owner
/// @param passphrase  empty when the key is not encrypted
/// @returns an error with where = "git.asc" or "passphrase", which never repeats the key: no
/// private key, more than one,
///          a wrong passphrase, RSA of less than 2048 bits, expired, revoked, not for signing
Result<CommitSigner> make_openpgp_signer(const SecretString& key, const SecretString& passphrase);

/// A signer with an SSH key: Ed25519, ECDSA, or RSA of at least 2048 bits, as OpenSSH, PEM or
/// PKCS#8 write it. The signature is SSHSIG version 1 with the namespace "git" and SHA-512; RSA
/// signs as rsa-sha2-512.
/// @param password  of the key; empty when it is not encrypted
/// @returns an error with where = "identity" or "password", which never repeats the key
/// Source: OpenSSH, PROTOCOL.sshsig.
Result<CommitSigner> make_ssh_signer(const SecretString& identity, const SecretString& password);

/// A signer of what a Secret holds (already decoded from base64): git.asc and passphrase, or
/// identity and password. Source: Flux, "ImageUpdateAutomation: signing key".
Result<CommitSigner> parse_signing_secret(const SecretMap& data, SigningKeyType type);

}  // namespace weir::git
