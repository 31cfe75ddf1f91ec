#include "pkg/git/ssh_private_key.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include <openssl/asn1t.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/key_limits.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/bcrypt_pbkdf.hpp"
#include "pkg/git/ssh_wire.hpp"

namespace weir::git {

void FreePair::operator()(evp_pkey_st* pair) const { EVP_PKEY_free(pair); }

namespace {

constexpr const char* kKeyField = "identity";
constexpr const char* kPasswordField = "password";
constexpr std::string_view kBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view kEnd = "-----END";
constexpr std::string_view kMagic{"openssh-key-v1\0", 15};
/// Each takes a few milliseconds; ssh-keygen asks for 16 unless it is told otherwise.
constexpr std::size_t kMostRounds = 1000;
/// Of PBKDF2: about half a second.
constexpr std::int64_t kMostIterations = 1'000'000;

struct Free {
  void operator()(BIO* value) const { BIO_free(value); }
  void operator()(BIGNUM* value) const { BN_clear_free(value); }
  void operator()(EVP_CIPHER_CTX* value) const { EVP_CIPHER_CTX_free(value); }
  void operator()(EVP_PKEY_CTX* value) const { EVP_PKEY_CTX_free(value); }
  void operator()(OSSL_PARAM_BLD* value) const { OSSL_PARAM_BLD_free(value); }
  void operator()(X509_SIG* value) const { X509_SIG_free(value); }
  void operator()(PBE2PARAM* value) const { PBE2PARAM_free(value); }
  void operator()(PBKDF2PARAM* value) const { PBKDF2PARAM_free(value); }
  void operator()(PBEPARAM* value) const { PBEPARAM_free(value); }
  void operator()(OSSL_PARAM* value) const { OSSL_PARAM_free(value); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;
using Pair = std::unique_ptr<EVP_PKEY, FreePair>;

/// Bytes that are wiped when they go.
class Wiped {
 public:
  explicit Wiped(std::string bytes) : bytes_{std::move(bytes)} {}
  ~Wiped() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  std::string& bytes() { return bytes_; }
  std::string_view view() const { return bytes_; }

 private:
  std::string bytes_;
};

InputError refuse(std::string message) { return InputError{kKeyField, std::move(message)}; }
InputError unreadable() { return refuse("the private SSH key cannot be read"); }
InputError needs_password() {
  return InputError{kPasswordField, text::cat("required: the key in ", kKeyField, " is encrypted")};
}
InputError wrong_password() { return InputError{kPasswordField, text::cat("does not open the key in ", kKeyField)}; }

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// --- From the parts of a key to the crypto library's ---------------------------------------------------------------

using Number = Owned<BIGNUM>;

Number number_of(std::string_view bytes) {
  return Number{BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr)};
}

/// A key of named parts. @returns null when they make no key
Pair assembled(const char* algorithm, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> parameters{OSSL_PARAM_BLD_to_param(builder)};
  const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr)};
  EVP_PKEY* raw = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_KEYPAIR, parameters.get()) != 1) return nullptr;
  return Pair{raw};
}

Pair ed25519_pair(SshReader& reader) {
  constexpr std::size_t kSeedBytes = 32;
  reader.string();  // the public half
  const auto secret = reader.string();
  if (secret.size() != 2 * kSeedBytes) return nullptr;
  return Pair{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(secret), kSeedBytes)};
}

/// d modulo one less than a prime: what the Chinese remainder theorem wants and OpenSSH does not
/// store.
Number reduced(const BIGNUM* exponent, const BIGNUM* prime) {
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context{BN_CTX_secure_new(), BN_CTX_free};
  const Number order{BN_dup(prime)};
  Number out{BN_new()};
  if (!context || !order || !out || BN_sub_word(order.get(), 1) != 1 || BN_is_zero(order.get()) ||
      BN_mod(out.get(), exponent, order.get(), context.get()) != 1)
    return nullptr;
  return out;
}

Pair rsa_pair(SshReader& reader) {
  const Number modulus = number_of(reader.string());
  const Number public_exponent = number_of(reader.string());
  const Number exponent = number_of(reader.string());
  const Number inverse = number_of(reader.string());
  const Number p = number_of(reader.string());
  const Number q = number_of(reader.string());
  if (!reader.is_good() || BN_is_zero(p.get()) || BN_is_zero(q.get())) return nullptr;
  const Number exponent_p = reduced(exponent.get(), p.get());
  const Number exponent_q = reduced(exponent.get(), q.get());
  if (!exponent_p || !exponent_q) return nullptr;
  const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
  const std::pair<const char*, const BIGNUM*> parts[] = {
      {OSSL_PKEY_PARAM_RSA_N, modulus.get()},
      {OSSL_PKEY_PARAM_RSA_E, public_exponent.get()},
      {OSSL_PKEY_PARAM_RSA_D, exponent.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT1, exponent_p.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, exponent_q.get()},
      {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse.get()},
  };
  for (const auto& [name, value] : parts) OSSL_PARAM_BLD_push_BN(builder.get(), name, value);
  return assembled("RSA", builder.get());
}

Pair ecdsa_pair(SshReader& reader) {
  const std::string curve{reader.string()};  // "nistp256"
  const auto point = reader.string();
  const Number secret = number_of(reader.string());
  if (!reader.is_good() || !curve.starts_with("nistp")) return nullptr;
  const std::string group = "P-" + curve.substr(5);
  const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.c_str(), 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get());
  return assembled("EC", builder.get());
}

// --- The public half of a key --------------------------------------------------------------------------------------

std::string integer_of(EVP_PKEY* pair, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(pair, name, &raw) != 1) return {};
  const Number number{raw};
  std::string out(static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, bytes_of(out));
  return out;
}

/// Fills in type and public half. @returns false for a kind of key that SSH signatures do not know
bool describe(SshPrivateKey& key) {
  EVP_PKEY* pair = key.pair.get();
  std::string& blob = key.public_blob;
  const int kind = EVP_PKEY_get_base_id(pair);
  if (kind == EVP_PKEY_RSA) {
    key.type = "ssh-rsa";
    put_ssh_string(blob, key.type);
    put_ssh_integer(blob, integer_of(pair, OSSL_PKEY_PARAM_RSA_E));
    put_ssh_integer(blob, integer_of(pair, OSSL_PKEY_PARAM_RSA_N));
    return true;
  }
  if (kind == EVP_PKEY_ED25519) {
    std::string point(32, '\0');
    std::size_t size = point.size();
    if (EVP_PKEY_get_raw_public_key(pair, bytes_of(point), &size) != 1) return false;
    key.type = "ssh-ed25519";
    put_ssh_string(blob, key.type);
    put_ssh_string(blob, point);
    return true;
  }
  if (kind != EVP_PKEY_EC) return false;
  unsigned char* raw = nullptr;
  const std::size_t point_size = EVP_PKEY_get1_encoded_public_key(pair, &raw);
  const std::string point{reinterpret_cast<char*>(raw), point_size};
  OPENSSL_free(raw);
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(pair, group.data(), group.size(), nullptr) != 1) return false;
  const std::string_view name{group.data()};
  const std::string curve = name == "prime256v1" || name == "P-256"  ? "nistp256"
                            : name == "secp384r1" || name == "P-384" ? "nistp384"
                            : name == "secp521r1" || name == "P-521" ? "nistp521"
                                                                     : "";
  if (curve.empty()) return false;
  key.type = "ecdsa-sha2-" + curve;
  put_ssh_string(blob, key.type);
  put_ssh_string(blob, curve);
  put_ssh_string(blob, point);
  return true;
}

// --- OpenSSH's own form --------------------------------------------------------------------------------------------

struct Cipher {
  std::string_view name;
  const EVP_CIPHER* (*make)();
};

constexpr Cipher kCiphers[] = {
    {"aes256-ctr", EVP_aes_256_ctr},
    {"aes192-ctr", EVP_aes_192_ctr},
    {"aes128-ctr", EVP_aes_128_ctr},
    {"aes256-cbc", EVP_aes_256_cbc},
    {"aes192-cbc", EVP_aes_192_cbc},
    {"aes128-cbc", EVP_aes_128_cbc},
};

constexpr std::size_t kIvBytes = 16;

InputError too_many_rounds(std::size_t rounds, std::size_t most) {
  return refuse(text::cat("the key takes ", rounds, " rounds to open, at most ", most, " are done"));
}

/// The bytes of OpenSSH's own form; empty when they cannot be read.
std::string decode_container(std::string_view text) {
  const auto body = text.find(kBegin) + kBegin.size();
  const auto end = text.find(kEnd, body);
  if (end == std::string_view::npos) return {};
  auto decoded = base64::decode(text.substr(body, end - body));
  return decoded && decoded->starts_with(kMagic) ? std::move(*decoded) : std::string{};
}

Result<void> check_container_cost(std::string_view text) {
  const Wiped bytes{decode_container(text)};
  if (bytes.view().empty()) return {};
  SshReader reader{bytes.view().substr(kMagic.size())};
  reader.string();  // the cipher
  reader.string();  // the derivation
  SshReader options{reader.string()};
  options.string();  // the salt
  const std::size_t rounds = options.number();
  if (options.is_good() && rounds > kMostRounds) return too_many_rounds(rounds, kMostRounds);
  return {};
}

template <class T>
Owned<T> parameter_of(const X509_ALGOR* algorithm, const ASN1_ITEM* item) {
  return Owned<T>{static_cast<T*>(ASN1_TYPE_unpack_sequence(item, algorithm->parameter))};
}

std::int64_t iterations_of(const ASN1_INTEGER* number) {
  std::int64_t out = 0;
  return ASN1_INTEGER_get_int64(&out, number) == 1 ? out : INT64_MAX;
}

/// How often PKCS#8 wants its password hashed; INT64_MAX for a way that is not known.
/// Source: RFC 8018.
std::int64_t iterations_of(const X509_ALGOR* algorithm) {
  if (OBJ_obj2nid(algorithm->algorithm) != NID_pbes2) {
    const auto simple = parameter_of<PBEPARAM>(algorithm, ASN1_ITEM_rptr(PBEPARAM));
    return simple ? iterations_of(simple->iter) : INT64_MAX;
  }
  const auto scheme = parameter_of<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
  if (!scheme || OBJ_obj2nid(scheme->keyfunc->algorithm) != NID_id_pbkdf2) return INT64_MAX;
  const auto derivation = parameter_of<PBKDF2PARAM>(scheme->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
  return derivation ? iterations_of(derivation->iter) : INT64_MAX;
}

Result<void> check_pkcs8_cost(const std::string& text) {
  const Owned<BIO> input{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  const Owned<X509_SIG> encrypted{PEM_read_bio_PKCS8(input.get(), nullptr, nullptr, nullptr)};
  if (!encrypted) return {};
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(encrypted.get(), &algorithm, nullptr);
  const auto iterations = iterations_of(algorithm);
  if (iterations == INT64_MAX) return refuse("the key is encrypted in a way that is not supported, PBKDF2 is");
  if (iterations > kMostIterations)
    return too_many_rounds(static_cast<std::size_t>(iterations), static_cast<std::size_t>(kMostIterations));
  return {};
}

Result<std::string> decrypted(
    std::string_view cipher_name,
    std::string_view derivation,
    std::string_view derivation_options,
    std::string_view encrypted,
    const SecretString& password
) {
  if (cipher_name == "none") return std::string{encrypted};
  if (password.empty()) return needs_password();
  const Cipher* cipher = nullptr;
  for (const auto& known : kCiphers) {
    if (known.name == cipher_name) cipher = &known;
  }
  if (!cipher || derivation != "bcrypt")
    return refuse(text::cat(
        "the key is encrypted in a way that is not supported (",
        text::quoted(cipher_name.substr(0, 40)),
        "), aes256-ctr with bcrypt is"
    ));
  SshReader options{derivation_options};
  const auto salt = options.string();
  const std::size_t rounds = options.number();
  if (!options.is_good() || rounds == 0) return unreadable();
  if (rounds > kMostRounds) return too_many_rounds(rounds, kMostRounds);
  const auto key_bytes = static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher->make()));
  Wiped key{bcrypt_pbkdf(password.reveal(), salt, static_cast<unsigned>(rounds), key_bytes + kIvBytes)};
  const Owned<EVP_CIPHER_CTX> context{EVP_CIPHER_CTX_new()};
  const unsigned char* iv = bytes_of(key.view().substr(key_bytes));
  std::string out(encrypted.size() + kIvBytes, '\0');
  int size = 0;
  if (EVP_DecryptInit_ex(context.get(), cipher->make(), nullptr, bytes_of(key.view()), iv) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_DecryptUpdate(context.get(), bytes_of(out), &size, bytes_of(encrypted), static_cast<int>(encrypted.size())) !=
          1)
    return unreadable();
  out.resize(static_cast<std::size_t>(size));
  return out;
}

Result<SshPrivateKey> parse_container(std::string_view text, const SecretString& password) {
  const Wiped container{decode_container(text)};
  if (container.view().empty()) return unreadable();
  SshReader reader{container.view().substr(kMagic.size())};
  const auto cipher = reader.string();
  const auto derivation = reader.string();
  const auto options = reader.string();
  const std::size_t count = reader.number();
  if (!reader.is_good()) return unreadable();
  if (count != 1) return refuse(text::cat("holds ", count, " keys, exactly one is needed"));
  SshPrivateKey out;
  out.public_blob = std::string{reader.string()};
  const auto encrypted = reader.string();
  if (!reader.is_good()) return unreadable();
  auto opened = decrypted(cipher, derivation, options, encrypted, password);
  if (!opened) return opened.error();
  const Wiped section{std::move(*opened)};
  SshReader secret{section.view()};
  const std::size_t check = secret.number();
  const bool is_opened = check == secret.number() && secret.is_good();
  if (!is_opened) return cipher == "none" ? unreadable() : wrong_password();
  out.type = std::string{secret.string()};
  if (out.type == "ssh-ed25519") {
    out.pair = ed25519_pair(secret);
  } else if (out.type == "ssh-rsa") {
    out.pair = rsa_pair(secret);
  } else if (out.type.starts_with("ecdsa-sha2-")) {
    out.pair = ecdsa_pair(secret);
  } else {
    return refuse(text::cat(
        "keys of the type ", text::quoted(out.type.substr(0, 60)), " cannot sign, Ed25519, ECDSA and RSA keys can"
    ));
  }
  if (!out.pair) return unreadable();
  // The public half stands outside the encrypted part; a signature that names another key is of no
  // use.
  const std::string outside = std::exchange(out.public_blob, {});
  if (!describe(out) || out.public_blob != outside)
    return refuse("the public half does not belong to the private SSH key");
  return out;
}

// --- PEM and PKCS#8 ------------------------------------------------------------------------------------------------

int give_password(char* buffer, int room, int, void* data) {
  const auto& password = static_cast<const SecretString*>(data)->reveal();
  if (password.empty() || static_cast<int>(password.size()) > room) return -1;
  password.copy(buffer, password.size());
  return static_cast<int>(password.size());
}

Result<SshPrivateKey> parse_pem(const std::string& text, const SecretString& password) {
  const bool is_encrypted = text.find("ENCRYPTED") != std::string::npos;
  if (is_encrypted && password.empty()) return needs_password();
  if (auto cost = check_pkcs8_cost(text); cost.has_error()) return cost.error();
  const Owned<BIO> input{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  SshPrivateKey out;
  out.pair.reset(PEM_read_bio_PrivateKey(input.get(), nullptr, give_password, const_cast<SecretString*>(&password)));
  ERR_clear_error();  // TLS connections on this thread look there
  if (!out.pair) return is_encrypted ? wrong_password() : unreadable();
  if (!describe(out)) return refuse("keys of this type cannot sign, Ed25519, ECDSA and RSA keys can");
  return out;
}

bool is_public_key(const std::string& text) {
  const auto trimmed = text::trim(text);
  return trimmed.starts_with("ssh-") || trimmed.starts_with("ecdsa-") || trimmed.starts_with("sk-") ||
         text.find("PUBLIC KEY-----") != std::string::npos;
}

}  // namespace

Result<void> check_ssh_key_cost(const SecretString& identity) {
  const std::string& text = identity.reveal();
  auto out = text.find(kBegin) != std::string::npos ? check_container_cost(text) : check_pkcs8_cost(text);
  ERR_clear_error();
  return out;
}

Result<SshPrivateKey> parse_ssh_private_key(const SecretString& identity, const SecretString& password) {
  const std::string& text = identity.reveal();
  if (is_public_key(text)) return refuse("holds a public key only, a private key is needed");
  if (text.find("PRIVATE KEY-----") == std::string::npos) return refuse("expected a private SSH key");
  auto out = text.find(kBegin) != std::string::npos ? parse_container(text, password) : parse_pem(text, password);
  ERR_clear_error();
  if (out && EVP_PKEY_get_base_id(out->pair.get()) == EVP_PKEY_RSA &&
      EVP_PKEY_get_bits(out->pair.get()) > kLongestSigningKeyBits)
    return refuse(text::cat("the key has more than ", kLongestSigningKeyBits, " bits"));
  return out;
}

}  // namespace weir::git
