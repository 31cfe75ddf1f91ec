#include "pkg/helm/functions/keys.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

struct ContextDeleter {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, ContextDeleter>;

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;

void expect(bool is_good) {
  if (!is_good) throw std::runtime_error{"OpenSSL makes no such key"};
}

PrivateKey generate(const Context& context) {
  EVP_PKEY* key = nullptr;
  expect(EVP_PKEY_generate(context.get(), &key) == 1);
  return PrivateKey{key};
}

PrivateKey new_rsa(int bits) {
  const Context context{EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr)};
  expect(context && EVP_PKEY_keygen_init(context.get()) == 1);
  expect(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) == 1);
  return generate(context);
}

PrivateKey new_dsa() {
  const Context parameters{EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, nullptr)};
  expect(parameters && EVP_PKEY_paramgen_init(parameters.get()) == 1);
  expect(EVP_PKEY_CTX_set_dsa_paramgen_bits(parameters.get(), 2048) == 1);
  expect(EVP_PKEY_CTX_set_dsa_paramgen_q_bits(parameters.get(), 256) == 1);
  EVP_PKEY* made = nullptr;
  expect(EVP_PKEY_paramgen(parameters.get(), &made) == 1);
  const PrivateKey group{made};
  const Context context{EVP_PKEY_CTX_new(group.get(), nullptr)};
  expect(context && EVP_PKEY_keygen_init(context.get()) == 1);
  return generate(context);
}

PrivateKey new_key(KeyKind kind) {
  switch (kind) {
    case KeyKind::kRsa2048: return new_rsa(2048);
    case KeyKind::kRsa4096: return new_rsa(4096);
    case KeyKind::kDsa2048: return new_dsa();
    case KeyKind::kEcdsaP256: return PrivateKey{EVP_EC_gen("P-256")};
    case KeyKind::kEd25519: break;
  }
  const Context context{EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nullptr)};
  expect(context && EVP_PKEY_keygen_init(context.get()) == 1);
  return generate(context);
}

std::string content(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(std::max(0L, size))};
}

}  // namespace

void KeyDeleter::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

std::string new_private_key(KeyKind kind) {
  const PrivateKey key = new_key(kind);
  expect(key != nullptr);
  return write_private_key(key);
}

std::string write_private_key(const PrivateKey& key) {
  const Bio bio{BIO_new(BIO_s_mem())};
  const bool is_traditional = EVP_PKEY_base_id(key.get()) != EVP_PKEY_ED25519;
  const int done =
      is_traditional ? PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
                     : PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  expect(done == 1);
  return content(bio);
}

PemBlock read_pem(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kDashes = "-----";
  for (std::size_t at = text.find(kBegin); at != text.npos; at = text.find(kBegin, at + 1)) {
    if (at > 0 && text[at - 1] != '\n') continue;
    const std::size_t label_at = at + kBegin.size();
    const std::size_t label_end = text.find(kDashes, label_at);
    if (label_end == text.npos) continue;
    const std::string_view label = text.substr(label_at, label_end - label_at);
    if (label.find('\n') != label.npos) continue;
    const std::size_t body_at = label_end + kDashes.size();
    const std::string end = text::cat("-----END ", label, kDashes);
    const std::size_t body_end = text.find(end, body_at);
    if (body_end == text.npos) continue;
    std::string_view body = text.substr(body_at, body_end - body_at);
    // Headers, as encrypted keys have them, end with an empty line.
    if (body.find(':') != body.npos) {
      const auto blank = body.find("\n\n");
      if (blank == body.npos) continue;
      body.remove_prefix(blank);
    }
    auto bytes = base64::decode(text::trim(body));
    if (!bytes) continue;
    return {std::string{label}, *std::move(bytes)};
  }
  return {};
}

std::string write_pem(std::string_view label, std::string_view bytes) {
  constexpr std::size_t kLine = 64;
  const std::string encoded = base64::encode(bytes);
  std::string out = text::cat("-----BEGIN ", label, "-----\n");
  for (std::size_t at = 0; at < encoded.size(); at += kLine)
    text::append(out, std::string_view{encoded}.substr(at, kLine), "\n");
  text::append(out, "-----END ", label, "-----\n");
  return out;
}

Result<PrivateKey> read_private_key(std::string_view pem) {
  const PemBlock block = read_pem(pem);
  if (block.label.empty()) return InputError{"", "no PEM data in input"};
  const auto* at = reinterpret_cast<const unsigned char*>(block.bytes.data());
  const auto size = static_cast<long>(block.bytes.size());
  if (block.label == "PRIVATE KEY") {
    PrivateKey key{d2i_AutoPrivateKey(nullptr, &at, size)};
    if (!key) return InputError{"", "decoding PEM as PKCS#8: asn1: structure error"};
    return key;
  }
  constexpr std::string_view kSuffix = " PRIVATE KEY";
  if (!block.label.ends_with(kSuffix))
    return InputError{"", text::cat("no private key data in PEM block of type ", block.label)};
  const std::string kind = block.label.substr(0, block.label.size() - kSuffix.size());
  const int type = kind == "RSA" ? EVP_PKEY_RSA : kind == "EC" ? EVP_PKEY_EC : kind == "DSA" ? EVP_PKEY_DSA : 0;
  if (type == 0) return InputError{"", text::cat("invalid private key type ", kind)};
  PrivateKey key{d2i_PrivateKey(type, nullptr, &at, size)};
  if (!key) return InputError{"", text::cat("parsing ", kind, " private key from PEM: asn1: structure error")};
  return key;
}

}  // namespace weir::helm
