#pragma once

#include <string>
#include <vector>

#include "pkg/base/time.hpp"
#include "pkg/git/repository.hpp"

namespace weir::git {

enum class SignatureVerdict {
  kGood,
  kMissing,      ///< the object is not signed
  kUnsupported,  ///< not an OpenPGP signature (SSH, X.509)
  kUnknownKey,   ///< made by a key that was not given
  kBad,          ///< the text was changed, or the signature is no signature
  kExpiredSignature,
  kExpiredKey,  ///< the key, or the primary key above it, has expired or is revoked
};

/// What became of a signature.
struct SignatureReport {
  SignatureVerdict verdict = SignatureVerdict::kMissing;
  std::string key_id;  ///< 16 hex digits of the key that signed, as far as the signature says
  std::string text;    ///< for people: "signed by a key that is not among the 2 given (key id ...)"
};

/// Checks an OpenPGP signature (RFC 4880), in process. Blocks for some milliseconds.
/// @param public_keys  armored or binary key rings
/// @param now          a key must not have expired by then: what a signature says of its own time
/// is
///                     the signer's word. Source: Flux, which does the same.
/// @throws std::invalid_argument when a key ring cannot be read
SignatureReport verify_signature(
    const std::optional<SignedText>& signed_text, const std::vector<std::string>& public_keys, WallTime now
);

}  // namespace weir::git
