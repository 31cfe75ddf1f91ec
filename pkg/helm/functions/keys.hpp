#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/helm/functions/outside.hpp"

struct evp_pkey_st;

namespace weir::helm {

struct KeyDeleter {
  void operator()(evp_pkey_st* key) const;
};
using PrivateKey = std::unique_ptr<evp_pkey_st, KeyDeleter>;

/// A new private key by OpenSSL and its random numbers, in PEM as Go writes its kind.
/// @throws std::runtime_error when OpenSSL gives none
std::string new_private_key(KeyKind kind);

/// The first PEM block of a text as a private key.
/// @returns errors in the words of Sprig's parsePrivateKeyPEM, as far as they do not quote Go's ASN.1 reader
Result<PrivateKey> read_private_key(std::string_view pem);

/// PKCS #1, SEC 1, the traditional DSA form, or PKCS #8: as Go's x509 package and Sprig write the kind.
std::string write_private_key(const PrivateKey& key);

/// The first PEM block of a text: its label and content; label empty when there is none.
struct PemBlock {
  std::string label;
  std::string bytes;
};
PemBlock read_pem(std::string_view text);
std::string write_pem(std::string_view label, std::string_view bytes);

}  // namespace weir::helm
