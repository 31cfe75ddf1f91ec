#include "pkg/git/signature.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>

#include <rnp/rnp_err.h>

#include "pkg/base/text.hpp"
#include "pkg/git/rnp_library.hpp"

namespace weir::git {

namespace {

OwnedRnp<rnp_ffi_st> load(const std::vector<std::string>& public_keys) {
  rnp_ffi_t raw = nullptr;
  if (rnp().ffi_create(&raw, "GPG", "GPG") != RNP_SUCCESS) throw std::runtime_error{"cannot start the OpenPGP library"};
  OwnedRnp<rnp_ffi_st> ffi{raw};
  // What it would write to the error output is in our own texts.
  rnp().ffi_set_log_fd(raw, -1);
  for (std::size_t i = 0; i < public_keys.size(); ++i) {
    const auto input = rnp_input_of(public_keys[i]);
    const auto result = rnp().import_keys(raw, input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS, nullptr);
    if (result != RNP_SUCCESS)
      throw std::invalid_argument{
          text::cat("public key ", i + 1, " of ", public_keys.size(), " is not an OpenPGP key ring")};
  }
  return ffi;
}

std::string key_id_of(rnp_op_verify_signature_t signature) {
  rnp_signature_handle_t raw = nullptr;
  if (rnp().op_verify_signature_get_handle(signature, &raw) != RNP_SUCCESS) return {};
  const OwnedRnp<rnp_signature_handle_st> handle{raw};
  char* id = nullptr;
  if (rnp().signature_get_keyid(raw, &id) != RNP_SUCCESS || !id) return {};
  std::string out = id;
  rnp().buffer_destroy(id);
  return out;
}

/// Whether a key must not be believed any more, whenever it signed.
bool is_over(rnp_key_handle_t key, std::uint64_t now) {
  bool is_revoked = false;
  rnp().key_is_revoked(key, &is_revoked);
  std::uint32_t created = 0;
  std::uint32_t lifetime = 0;
  rnp().key_get_creation(key, &created);
  rnp().key_get_expiration(key, &lifetime);
  return is_revoked || (lifetime != 0 && std::uint64_t{created} + lifetime < now);
}

/// The key above a subkey; null for a primary key.
OwnedRnp<rnp_key_handle_st> primary_of(rnp_ffi_t ffi, rnp_key_handle_t key) {
  bool is_primary = true;
  char* grip = nullptr;
  rnp_key_handle_t raw = nullptr;
  if (rnp().key_is_primary(key, &is_primary) != RNP_SUCCESS || is_primary) return nullptr;
  if (rnp().key_get_primary_grip(key, &grip) != RNP_SUCCESS || !grip) return nullptr;
  rnp().locate_key(ffi, "grip", grip, &raw);
  rnp().buffer_destroy(grip);
  return OwnedRnp<rnp_key_handle_st>{raw};
}

/// Now, not at the time that the signature names: whoever has an old key can write any time.
bool has_expired(rnp_ffi_t ffi, rnp_op_verify_signature_t signature, std::uint64_t now) {
  rnp_key_handle_t raw = nullptr;
  if (rnp().op_verify_signature_get_key(signature, &raw) != RNP_SUCCESS || !raw) return false;
  const OwnedRnp<rnp_key_handle_st> key{raw};
  if (is_over(raw, now)) return true;
  const auto primary = primary_of(ffi, raw);
  return primary && is_over(primary.get(), now);
}

SignatureReport report(SignatureVerdict verdict, std::string key_id, std::string text) {
  SignatureReport out;
  out.verdict = verdict;
  out.key_id = std::move(key_id);
  out.text = std::move(text);
  return out;
}

SignatureReport judge(rnp_ffi_t ffi, rnp_op_verify_signature_t signature, std::uint64_t now) {
  using Verdict = SignatureVerdict;
  const std::string id = key_id_of(signature);
  const std::string by = id.empty() ? std::string{} : text::cat(" (key ", id, ')');
  const auto status = rnp().op_verify_signature_get_status(signature);
  const bool may_be_expired = status == RNP_SUCCESS || status == RNP_ERROR_SIGNATURE_INVALID;
  if (may_be_expired && has_expired(ffi, signature, now))  // the library calls both alike
    return report(Verdict::kExpiredKey, id, text::cat("the key has expired or is revoked", by));
  switch (status) {
    case RNP_SUCCESS: return report(Verdict::kGood, id, text::cat("good signature", by));
    case RNP_ERROR_KEY_NOT_FOUND:
      return report(Verdict::kUnknownKey, id, text::cat("signed by a key that is not among those given", by));
    case RNP_ERROR_SIGNATURE_EXPIRED:
      return report(Verdict::kExpiredSignature, id, text::cat("the signature has expired", by));
    default: return report(Verdict::kBad, id, text::cat("the signature does not match what was signed", by));
  }
}

}  // namespace

SignatureReport verify_signature(
    const std::optional<SignedText>& signed_text, const std::vector<std::string>& public_keys, WallTime now
) {
  using Verdict = SignatureVerdict;
  if (!signed_text) return report(Verdict::kMissing, "", "not signed");
  const std::string_view signature_text = signed_text->signature;
  if (signature_text.find("-----BEGIN PGP ") == std::string_view::npos) {
    const bool is_ssh = signature_text.find("-----BEGIN SSH SIGNATURE-----") != std::string_view::npos;
    return report(
        Verdict::kUnsupported,
        "",
        is_ssh ? "signed with an SSH key, which is not supported" : "not an OpenPGP signature"
    );
  }
  const auto ffi = load(public_keys);
  const auto data = rnp_input_of(signed_text->text);
  const auto signature = rnp_input_of(signed_text->signature);
  const auto seconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  rnp_op_verify_t raw = nullptr;
  if (rnp().op_verify_detached_create(&raw, ffi.get(), data.get(), signature.get()) != RNP_SUCCESS)
    return report(Verdict::kBad, "", "the signature cannot be read");
  const OwnedRnp<rnp_op_verify_st> operation{raw};
  rnp().op_verify_execute(raw);  // its result sums up what each signature tells below
  std::size_t count = 0;
  rnp().op_verify_get_signature_count(raw, &count);
  SignatureReport worst = report(Verdict::kBad, "", "the signature cannot be read");
  for (std::size_t i = 0; i < count; ++i) {
    rnp_op_verify_signature_t one = nullptr;
    if (rnp().op_verify_get_signature_at(raw, i, &one) != RNP_SUCCESS) continue;
    worst = judge(ffi.get(), one, seconds);
    if (worst.verdict == Verdict::kGood) return worst;  // one good signature is enough
  }
  return worst;
}

}  // namespace weir::git
