#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include <rnp/rnp_err.h>

#include "pkg/base/text.hpp"
#include "pkg/git/commit_signer.hpp"
#include "pkg/git/errors.hpp"
#include "pkg/git/rnp_library.hpp"

namespace weir::git {

namespace {

constexpr std::uint32_t kLeastRsaBits = 2048;
constexpr std::string_view kPrivateBegin = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
constexpr const char* kKeyField = "git.asc";
constexpr const char* kPassphraseField = "passphrase";

/// A key ring in memory and the key of it that signs.
struct Key {
  OwnedRnp<rnp_ffi_st> ring;
  OwnedRnp<rnp_key_handle_st> signing;  // goes before the ring
};

InputError refuse(std::string message) { return InputError{kKeyField, std::move(message)}; }

std::vector<OwnedRnp<rnp_key_handle_st>> primary_keys(rnp_ffi_t ring) {
  std::vector<OwnedRnp<rnp_key_handle_st>> out;
  rnp_identifier_iterator_t raw = nullptr;
  if (rnp().identifier_iterator_create(ring, &raw, "fingerprint") != RNP_SUCCESS) return out;
  const OwnedRnp<rnp_identifier_iterator_st> iterator{raw};
  const char* fingerprint = nullptr;
  while (rnp().identifier_iterator_next(raw, &fingerprint) == RNP_SUCCESS && fingerprint) {
    rnp_key_handle_t handle = nullptr;
    if (rnp().locate_key(ring, "fingerprint", fingerprint, &handle) != RNP_SUCCESS || !handle) continue;
    OwnedRnp<rnp_key_handle_st> key{handle};
    bool is_primary = false;
    rnp().key_is_primary(handle, &is_primary);
    if (is_primary) out.push_back(std::move(key));
  }
  return out;
}

/// The newest subkey for signing, else the key itself; null when neither may sign.
OwnedRnp<rnp_key_handle_st> signing_key(rnp_key_handle_t primary) {
  for (const std::uint32_t where : {std::uint32_t{RNP_KEY_SUBKEYS_ONLY}, std::uint32_t{0}}) {
    rnp_key_handle_t raw = nullptr;
    if (rnp().key_get_default_key(primary, "sign", where, &raw) != RNP_SUCCESS) continue;
    OwnedRnp<rnp_key_handle_st> found{raw};
    bool may_sign = false;
    rnp().key_allows_usage(raw, "sign", &may_sign);
    if (may_sign) return found;
  }
  return nullptr;
}

/// Why a key is of no use for signing; nullopt when it is good.
std::optional<InputError> weakness_of(rnp_key_handle_t key) {
  char* name = nullptr;
  rnp().key_get_alg(key, &name);
  const std::string algorithm = name ? name : "";
  rnp().buffer_destroy(name);
  std::uint32_t bits = 0;
  rnp().key_get_bits(key, &bits);
  if (algorithm == "RSA" && bits < kLeastRsaBits)
    return refuse(
        text::cat("an RSA key of ", bits, " bits is too weak to sign with, at least ", kLeastRsaBits, " are needed")
    );
  bool is_revoked = false;
  rnp().key_is_revoked(key, &is_revoked);
  if (is_revoked) return refuse("the key is revoked");
  bool is_expired = false;
  rnp().key_is_expired(key, &is_expired);
  if (is_expired) return refuse("the key has expired");
  return std::nullopt;
}

std::optional<InputError> unlock(rnp_key_handle_t key, const SecretString& passphrase) {
  bool is_protected = false;
  rnp().key_is_protected(key, &is_protected);
  if (!is_protected) return std::nullopt;
  if (passphrase.empty())
    return InputError{kPassphraseField, text::cat("required: the key in ", kKeyField, " is encrypted")};
  switch (rnp().key_unlock(key, passphrase.reveal().c_str())) {
    case RNP_SUCCESS: return std::nullopt;
    case RNP_ERROR_BAD_PASSWORD: return InputError{kPassphraseField, text::cat("does not open the key in ", kKeyField)};
    default: return refuse("the encrypted key cannot be opened");
  }
}

/// The armored block, without what people leave around it.
Result<std::string> private_block(const std::string& text) {
  const auto begin = text.find(kPrivateBegin);
  if (begin == std::string::npos) {
    if (text.find("-----BEGIN PGP PUBLIC KEY BLOCK-----") != std::string::npos)
      return refuse("holds a public key only, an armored private key is needed");
    return refuse("expected an armored OpenPGP private key");
  }
  if (text.find(kPrivateBegin, begin + 1) != std::string::npos)
    return refuse("holds more than one private key, exactly one is needed");
  return text.substr(begin);
}

Result<std::shared_ptr<const Key>> load(const SecretString& text, const SecretString& passphrase) {
  const auto block = private_block(text.reveal());
  if (!block) return block.error();
  rnp_ffi_t raw = nullptr;
  if (rnp().ffi_create(&raw, "GPG", "GPG") != RNP_SUCCESS)
    throw GitError{GitFailure::kStorage, "cannot start the OpenPGP library"};
  auto out = std::make_shared<Key>();
  out->ring.reset(raw);
  rnp().ffi_set_log_fd(raw, -1);  // our texts say what it would
  const auto input = rnp_input_of(*block);
  constexpr std::uint32_t kBoth = RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS;
  if (rnp().import_keys(raw, input.get(), kBoth, nullptr) != RNP_SUCCESS)
    return refuse("the OpenPGP private key cannot be read");
  const auto primaries = primary_keys(raw);
  if (primaries.empty()) return refuse("holds no OpenPGP key");
  if (primaries.size() > 1) return refuse(text::cat("holds ", primaries.size(), " keys, exactly one is needed"));
  out->signing = signing_key(primaries.front().get());
  if (!out->signing) {
    if (const auto weakness = weakness_of(primaries.front().get())) return *weakness;
    return refuse("the key may not be used for signing");
  }
  bool has_secret = false;
  rnp().key_have_secret(out->signing.get(), &has_secret);
  if (!has_secret) return refuse("holds no private key that can sign");
  if (const auto weakness = weakness_of(out->signing.get())) return *weakness;
  if (const auto failure = unlock(out->signing.get(), passphrase)) return *failure;
  return std::shared_ptr<const Key>{std::move(out)};
}

std::string text_of(rnp_output_t output) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (rnp().output_memory_get_buf(output, &bytes, &size, false) != RNP_SUCCESS) return {};
  // Git wants line feeds alone.
  return text::replace_all({reinterpret_cast<const char*>(bytes), size}, "\r\n", "\n");
}

std::string sign(const Key& key, std::string_view text) {
  const auto check = [](rnp_result_t result) {
    if (result != RNP_SUCCESS)
      throw GitError{
          GitFailure::kStorage,
          text::cat("cannot sign the commit: ", std::string_view{rnp().result_to_string(result)})};
  };
  const auto input = rnp_input_of(text);
  rnp_output_t raw_output = nullptr;
  check(rnp().output_to_memory(&raw_output, 0));
  const OwnedRnp<rnp_output_st> output{raw_output};
  rnp_op_sign_t raw = nullptr;
  check(rnp().op_sign_detached_create(&raw, key.ring.get(), input.get(), raw_output));
  const OwnedRnp<rnp_op_sign_st> operation{raw};
  check(rnp().op_sign_set_armor(raw, true));
  check(rnp().op_sign_set_hash(raw, "SHA512"));
  check(rnp().op_sign_add_signature(raw, key.signing.get(), nullptr));
  check(rnp().op_sign_execute(raw));
  return text_of(raw_output);
}

}  // namespace

Result<CommitSigner> make_openpgp_signer(const SecretString& key, const SecretString& passphrase) {
  auto loaded = load(key, passphrase);
  if (!loaded) return loaded.error();
  return CommitSigner{[own = *loaded](std::string_view text) { return sign(*own, text); }};
}

}  // namespace weir::git
