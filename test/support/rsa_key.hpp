#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"

/// Keys and tokens of tests. For programs that link OpenSSL.
namespace weir::test {

enum class PemForm {
  kPkcs8,  ///< BEGIN PRIVATE KEY
  kPkcs1,  ///< BEGIN RSA PRIVATE KEY
};

using OwnedKey = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

/// Small, so that it is made quickly.
inline OwnedKey new_rsa_key() { return {EVP_RSA_gen(1024), EVP_PKEY_free}; }

inline std::string pem_of(EVP_PKEY* key, PemForm form = PemForm::kPkcs8) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio{BIO_new(BIO_s_mem()), BIO_free};
  if (form == PemForm::kPkcs1) {
    PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  } else {
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  }
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

/// One part of a JSON web token: base64 for URLs, without padding.
inline std::string decode_token_part(std::string_view part) {
  std::string padded = text::replace_all(text::replace_all(part, "-", "+"), "_", "/");
  while (padded.size() % 4 != 0) padded += '=';
  return base64::decode(padded).value();
}

}  // namespace weir::test
