#include "pkg/git/signature.hpp"

#include <chrono>
#include <ctime>
#include <memory>

#include <gtest/gtest.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

namespace weir::git {
namespace {

/// An OpenPGP key made for the test, and what it signs.
class Signer {
 public:
  /// The key is ten days old.
  enum class With { kPrimaryKey, kSigningSubkey };
  explicit Signer(std::uint32_t lifetime_seconds = 0, With with = With::kPrimaryKey) {
    rnp_ffi_create(&ffi_, "GPG", "GPG");
    rnp_set_timestamp(ffi_, days_ago(10));
    rnp_op_generate_t operation = nullptr;
    rnp_op_generate_create(&operation, ffi_, "EDDSA");
    rnp_op_generate_set_userid(operation, "signer@example.org");
    rnp_op_generate_set_hash(operation, "SHA256");
    if (lifetime_seconds > 0) rnp_op_generate_set_expiration(operation, lifetime_seconds);
    if (rnp_op_generate_execute(operation) != RNP_SUCCESS) throw std::runtime_error{"no key"};
    rnp_op_generate_get_key(operation, &key_);
    rnp_op_generate_destroy(operation);
    if (with == With::kSigningSubkey) add_subkey();
    rnp_set_timestamp(ffi_, days_ago(9));
  }
  ~Signer() {
    rnp_key_handle_destroy(key_);
    rnp_ffi_destroy(ffi_);
  }

  static std::uint32_t days_ago(int days) { return static_cast<std::uint32_t>(std::time(nullptr) - days * 24L * 3600); }

  std::string id() const {
    char* text = nullptr;
    rnp_key_get_keyid(key_, &text);
    const std::string out = text;
    rnp_buffer_destroy(text);
    return out;
  }

  /// With all keys.
  std::string public_key() const {
    rnp_output_t output = nullptr;
    rnp_output_to_memory(&output, 0);
    rnp_key_handle_t primary = nullptr;
    rnp_locate_key(ffi_, "userid", "signer@example.org", &primary);
    rnp_key_export(primary, output, RNP_KEY_EXPORT_PUBLIC | RNP_KEY_EXPORT_ARMORED | RNP_KEY_EXPORT_SUBKEYS);
    rnp_key_handle_destroy(primary);
    return text_of(output);
  }

  SignedText sign(const std::string& text, std::uint32_t at = 0, std::uint32_t lifetime_seconds = 0) const {
    rnp_input_t input = nullptr;
    rnp_output_t output = nullptr;
    rnp_op_sign_t operation = nullptr;
    rnp_input_from_memory(&input, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), false);
    rnp_output_to_memory(&output, 0);
    rnp_op_sign_detached_create(&operation, ffi_, input, output);
    rnp_op_sign_set_armor(operation, true);
    rnp_op_sign_set_hash(operation, "SHA256");
    if (at > 0) rnp_op_sign_set_creation_time(operation, at);
    if (lifetime_seconds > 0) rnp_op_sign_set_expiration_time(operation, lifetime_seconds);
    rnp_op_sign_add_signature(operation, key_, nullptr);
    if (rnp_op_sign_execute(operation) != RNP_SUCCESS) throw std::runtime_error{"cannot sign"};
    rnp_op_sign_destroy(operation);
    rnp_input_destroy(input);
    SignedText out;
    out.text = text;
    out.signature = text_of(output);
    return out;
  }

 private:
  /// Makes a subkey without an end, which signs from now on.
  void add_subkey() {
    rnp_op_generate_t operation = nullptr;
    rnp_op_generate_subkey_create(&operation, ffi_, key_, "EDDSA");
    rnp_op_generate_set_hash(operation, "SHA256");
    rnp_op_generate_add_usage(operation, "sign");
    if (rnp_op_generate_execute(operation) != RNP_SUCCESS) throw std::runtime_error{"no subkey"};
    rnp_key_handle_destroy(key_);
    rnp_op_generate_get_key(operation, &key_);
    rnp_op_generate_destroy(operation);
  }

  static std::string text_of(rnp_output_t output) {
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    rnp_output_memory_get_buf(output, &bytes, &size, false);
    const std::string out{reinterpret_cast<char*>(bytes), size};
    rnp_output_destroy(output);
    return out;
  }

  rnp_ffi_t ffi_ = nullptr;
  rnp_key_handle_t key_ = nullptr;
};

const WallTime kNow = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());

SignatureReport check(
    const std::optional<SignedText>& signed_text, const std::vector<std::string>& keys, WallTime now = kNow
) {
  return verify_signature(signed_text, keys, now);
}

const std::string kCommit = "tree 0123\nauthor A <a@b> 1 +0000\n\nmessage\n";

TEST(CommitSignature, AGoodOneNamesItsKey) {
  const Signer signer;
  const Signer other;
  const auto report = check(signer.sign(kCommit), {other.public_key(), signer.public_key()});
  EXPECT_EQ(report.verdict, SignatureVerdict::kGood);
  EXPECT_EQ(report.key_id, signer.id());
  EXPECT_EQ(report.text, "good signature (key " + signer.id() + ")");
}

TEST(CommitSignature, AnotherKeyIsToldApartFromAChangedText) {
  const Signer signer;
  const Signer other;
  auto signed_text = signer.sign(kCommit);
  const auto unknown = check(signed_text, {other.public_key()});
  EXPECT_EQ(unknown.verdict, SignatureVerdict::kUnknownKey);
  EXPECT_EQ(unknown.key_id, signer.id());
  EXPECT_EQ(unknown.text, "signed by a key that is not among those given (key " + signer.id() + ")");
  signed_text.text += "changed";
  EXPECT_EQ(check(signed_text, {signer.public_key()}).verdict, SignatureVerdict::kBad);
}

constexpr std::uint32_t kDay = 24 * 3600;

TEST(CommitSignature, AnExpiredSignatureIsToldApart) {
  const Signer signer;
  const auto signed_text = signer.sign(kCommit, Signer::days_ago(5), 2 * kDay);
  EXPECT_EQ(check(signed_text, {signer.public_key()}).verdict, SignatureVerdict::kExpiredSignature);
  EXPECT_EQ(
      check(signer.sign(kCommit, Signer::days_ago(5), 20 * kDay), {signer.public_key()}).verdict,
      SignatureVerdict::kGood
  );
}

TEST(CommitSignature, AKeyThatHasExpiredSinceIsNotBelievedForABackdatedCommit) {
  const Signer signer{3 * kDay};
  const auto signed_text = signer.sign(kCommit, Signer::days_ago(8));
  EXPECT_EQ(check(signed_text, {signer.public_key()}).verdict, SignatureVerdict::kExpiredKey);
  const auto while_it_was_good = kNow - std::chrono::hours{8 * 24};
  EXPECT_EQ(check(signed_text, {signer.public_key()}, while_it_was_good).verdict, SignatureVerdict::kGood);
}

TEST(CommitSignature, ASubkeyIsNotBelievedLongerThanItsPrimaryKey) {
  const Signer signer{3 * kDay, Signer::With::kSigningSubkey};
  const auto signed_text = signer.sign(kCommit, Signer::days_ago(8));
  EXPECT_EQ(check(signed_text, {signer.public_key()}).verdict, SignatureVerdict::kExpiredKey);
}

TEST(CommitSignature, AKeyThatHadExpiredIsToldApart) {
  const Signer signer{3 * kDay};
  EXPECT_EQ(
      check(signer.sign(kCommit, Signer::days_ago(5)), {signer.public_key()}).verdict, SignatureVerdict::kExpiredKey
  );
}

TEST(CommitSignature, WhatIsNoOpenPgpSignature) {
  const Signer signer;
  EXPECT_EQ(check(std::nullopt, {signer.public_key()}).verdict, SignatureVerdict::kMissing);
  SignedText ssh;
  ssh.text = kCommit;
  ssh.signature = "-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n";
  EXPECT_EQ(check(ssh, {signer.public_key()}).text, "signed with an SSH key, which is not supported");
  auto nonsense = signer.sign(kCommit);
  nonsense.signature = "-----BEGIN PGP SIGNATURE-----\n\nbm9uc2Vuc2U=\n-----END PGP SIGNATURE-----\n";
  EXPECT_EQ(check(nonsense, {signer.public_key()}).verdict, SignatureVerdict::kBad);
}

TEST(CommitSignature, AKeyRingThatIsNoneIsNamed) {
  const Signer signer;
  EXPECT_THROW(check(signer.sign(kCommit), {signer.public_key(), "nonsense"}), std::invalid_argument);
}

}  // namespace
}  // namespace weir::git
