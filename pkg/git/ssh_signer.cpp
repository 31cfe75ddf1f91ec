#include <memory>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/commit_signer.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/git/ssh_private_key.hpp"
#include "pkg/git/ssh_wire.hpp"

namespace weir::git {

namespace {

constexpr int kLeastRsaBits = 2048;
constexpr std::string_view kMagic = "SSHSIG";
constexpr std::string_view kNamespace = "git";
constexpr std::string_view kHash = "sha512";
constexpr std::size_t kArmorColumns = 70;

struct Free {
  void operator()(EVP_MD_CTX* value) const { EVP_MD_CTX_free(value); }
  void operator()(ECDSA_SIG* value) const { ECDSA_SIG_free(value); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// How one type of key signs.
struct Algorithm {
  std::string_view key_type;
  std::string_view signature_type;
  const EVP_MD* (*digest)();  // null: the algorithm hashes by itself
};

constexpr Algorithm kAlgorithms[] = {
    {"ssh-ed25519", "ssh-ed25519", nullptr},
    {"ssh-rsa", "rsa-sha2-512", EVP_sha512},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", EVP_sha256},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", EVP_sha384},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", EVP_sha512},
};

struct Key {
  const Algorithm* algorithm = nullptr;
  SshPrivateKey own;
};

InputError refuse(std::string message) { return InputError{"identity", std::move(message)}; }

[[noreturn]] void fail() { throw GitError{GitFailure::kStorage, "cannot sign the commit with the SSH key"}; }

Result<std::shared_ptr<const Key>> load(const SecretString& identity, const SecretString& password) {
  auto parsed = parse_ssh_private_key(identity, password);
  if (!parsed) return parsed.error();
  auto out = std::make_shared<Key>();
  out->own = std::move(*parsed);
  for (const auto& algorithm : kAlgorithms) {
    if (algorithm.key_type == out->own.type) out->algorithm = &algorithm;
  }
  if (!out->algorithm)
    return refuse(
        text::cat("keys of the type ", text::quoted(out->own.type), " cannot sign, Ed25519, ECDSA and RSA keys can")
    );
  const int bits = EVP_PKEY_get_bits(out->own.pair.get());
  if (out->own.type == "ssh-rsa" && bits < kLeastRsaBits)
    return refuse(
        text::cat("an RSA key of ", bits, " bits is too weak to sign with, at least ", kLeastRsaBits, " are needed")
    );
  return std::shared_ptr<const Key>{std::move(out)};
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string sha512(std::string_view text) {
  std::string out(64, '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), bytes_of(out), &size, EVP_sha512(), nullptr) != 1) fail();
  return out;
}

std::string raw_signature(const Key& key, std::string_view text) {
  const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  const EVP_MD* digest = key.algorithm->digest ? key.algorithm->digest() : nullptr;
  EVP_PKEY* pair = key.own.pair.get();
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, pair) != 1) fail();
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) != 1) fail();
  std::string out(size, '\0');
  if (EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(text), text.size()) != 1) fail();
  out.resize(size);
  return out;
}

/// The two numbers of an ECDSA signature as SSH writes them.
std::string ecdsa_numbers(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const Owned<ECDSA_SIG> signature{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  if (!signature) fail();
  std::string out;
  for (const BIGNUM* number : {ECDSA_SIG_get0_r(signature.get()), ECDSA_SIG_get0_s(signature.get())}) {
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, bytes_of(bytes));
    put_ssh_integer(out, bytes);
  }
  return out;
}

std::string armored(std::string_view blob) {
  const std::string encoded = base64::encode(blob);
  std::string out = "-----BEGIN SSH SIGNATURE-----\n";
  for (std::size_t at = 0; at < encoded.size(); at += kArmorColumns)
    text::append(out, std::string_view{encoded}.substr(at, kArmorColumns), '\n');
  return out + "-----END SSH SIGNATURE-----\n";
}

std::string sign(const Key& key, std::string_view text) {
  std::string signed_text{kMagic};
  put_ssh_string(signed_text, kNamespace);
  put_ssh_string(signed_text, "");  // reserved
  put_ssh_string(signed_text, kHash);
  put_ssh_string(signed_text, sha512(text));
  std::string signature = raw_signature(key, signed_text);
  if (key.algorithm->key_type.starts_with("ecdsa-")) signature = ecdsa_numbers(signature);

  std::string signature_blob;
  put_ssh_string(signature_blob, key.algorithm->signature_type);
  put_ssh_string(signature_blob, signature);
  std::string blob{kMagic};
  put_ssh_number(blob, 1);  // version
  put_ssh_string(blob, key.own.public_blob);
  put_ssh_string(blob, kNamespace);
  put_ssh_string(blob, "");  // reserved
  put_ssh_string(blob, kHash);
  put_ssh_string(blob, signature_blob);
  return armored(blob);
}

}  // namespace

Result<CommitSigner> make_ssh_signer(const SecretString& identity, const SecretString& password) {
  auto loaded = load(identity, password);
  if (!loaded) return loaded.error();
  return CommitSigner{[own = *loaded](std::string_view text) { return sign(*own, text); }};
}

}  // namespace weir::git
