#include "pkg/cloud/signed_token.hpp"

#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/key_limits.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::cloud {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// RFC 4648 section 5, without padding.
std::string encode_url_safe(std::string_view bytes) {
  std::string out = base64::encode(bytes);
  while (out.ends_with('=')) out.pop_back();
  for (char& c : out) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return out;
}

std::optional<std::string> decode_url_safe(std::string_view text) {
  std::string padded{text};
  for (char& c : padded) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  while (padded.size() % 4 != 0) padded += '=';
  auto decoded = base64::decode(padded);
  if (decoded.has_error()) return std::nullopt;
  return std::move(*decoded);
}

/// Not an empty one either: that would be hashed as often as the key says.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

Result<std::string> sign_rs256(const json::Value& header, const json::Value& claims, const SecretString& key_pem) {
  const std::unique_ptr<BIO, Free> pem{
      BIO_new_mem_buf(key_pem.reveal().data(), static_cast<int>(key_pem.reveal().size()))};
  const std::unique_ptr<EVP_PKEY, Free> key{PEM_read_bio_PrivateKey(pem.get(), nullptr, no_password, nullptr)};
  if (key == nullptr || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA)
    return InputError{"private_key", "expected an RSA private key in PEM"};
  if (EVP_PKEY_get_bits(key.get()) > kLongestSigningKeyBits)
    return InputError{"private_key", text::cat("the key has more than ", kLongestSigningKeyBits, " bits")};
  const std::string text = text::cat(encode_url_safe(json::write(header)), ".", encode_url_safe(json::write(claims)));
  const std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  std::string signature;
  bool is_signed = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                   EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
  if (is_signed) {
    signature.resize(size);
    is_signed =
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) ==
        1;
    signature.resize(size);
  }
  if (!is_signed) return InputError{"private_key", "the key does not sign"};
  return text::cat(text, ".", encode_url_safe(signature));
}

std::optional<WallTime> expiry_of_token(std::string_view token) {
  const auto parts = text::split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto claims = decode_url_safe(parts[1]);
  if (!claims) return std::nullopt;
  const auto document = json::parse(*claims);
  if (document.has_error()) return std::nullopt;
  const auto* expiry = document->find("exp");
  const auto seconds = expiry == nullptr ? std::nullopt : expiry->real();
  if (!seconds || *seconds <= 0 || *seconds > 1e10) return std::nullopt;
  return WallTime{std::chrono::seconds{static_cast<std::int64_t>(*seconds)}};
}

}  // namespace weir::cloud
