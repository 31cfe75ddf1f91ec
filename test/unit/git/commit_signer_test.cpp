#include "pkg/git/commit_signer.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <libssh/libssh.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/git/bcrypt_pbkdf.hpp"
#include "pkg/git/signature.hpp"
#include "pkg/git/ssh_private_key.hpp"
#include "pkg/git/ssh_wire.hpp"

namespace weir::git {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kCommit = "tree 0123\nauthor A <a@b> 1 +0000\n\nmessage\n";

std::string taken(rnp_output_t output) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  rnp_output_memory_get_buf(output, &bytes, &size, false);
  const std::string out{reinterpret_cast<char*>(bytes), size};
  rnp_output_destroy(output);
  return out;
}

struct PgpOptions {
  const char* algorithm = "EDDSA";
  std::uint32_t bits = 0;
  const char* password = nullptr;
  const char* usage = "sign";
  std::uint32_t lifetime_seconds = 0;
  std::uint32_t created = 0;
  bool with_signing_subkey = false;
};

/// An armored OpenPGP key made for the test.
class PgpKey {
 public:
  explicit PgpKey(const PgpOptions& options = {}) {
    rnp_ffi_create(&ffi_, "GPG", "GPG");
    if (options.created != 0) rnp_set_timestamp(ffi_, options.created);
    rnp_op_generate_t operation = nullptr;
    rnp_op_generate_create(&operation, ffi_, options.algorithm);
    rnp_op_generate_set_userid(operation, "robot@example.org");
    rnp_op_generate_add_usage(operation, options.usage);
    if (options.bits != 0) rnp_op_generate_set_bits(operation, options.bits);
    if (options.lifetime_seconds != 0) rnp_op_generate_set_expiration(operation, options.lifetime_seconds);
    rnp_op_generate_set_hash(operation, "SHA256");
    if (rnp_op_generate_execute(operation) != RNP_SUCCESS) throw std::runtime_error{"no key"};
    rnp_op_generate_get_key(operation, &key_);
    rnp_op_generate_destroy(operation);
    if (options.with_signing_subkey) {
      rnp_op_generate_subkey_create(&operation, ffi_, key_, "EDDSA");
      rnp_op_generate_add_usage(operation, "sign");
      if (rnp_op_generate_execute(operation) != RNP_SUCCESS) throw std::runtime_error{"no subkey"};
      rnp_key_handle_t subkey = nullptr;
      rnp_op_generate_get_key(operation, &subkey);
      char* id = nullptr;
      rnp_key_get_keyid(subkey, &id);
      subkey_id = id;
      rnp_buffer_destroy(id);
      rnp_key_handle_destroy(subkey);
      rnp_op_generate_destroy(operation);
    }
    if (options.password) rnp_key_protect(key_, options.password, nullptr, nullptr, nullptr, 1000);
  }
  ~PgpKey() {
    rnp_key_handle_destroy(key_);
    rnp_ffi_destroy(ffi_);
  }
  PgpKey(const PgpKey&) = delete;
  PgpKey& operator=(const PgpKey&) = delete;

  std::string exported(std::uint32_t part) const {
    rnp_output_t output = nullptr;
    rnp_output_to_memory(&output, 0);
    rnp_key_export(key_, output, part | RNP_KEY_EXPORT_ARMORED | RNP_KEY_EXPORT_SUBKEYS);
    return taken(output);
  }
  std::string secret() const { return exported(RNP_KEY_EXPORT_SECRET); }
  std::string open() const { return exported(RNP_KEY_EXPORT_PUBLIC); }

  std::string subkey_id;

 private:
  rnp_ffi_t ffi_ = nullptr;
  rnp_key_handle_t key_ = nullptr;
};

Result<CommitSigner> pgp_signer(const std::string& key, const std::string& passphrase = "") {
  return make_openpgp_signer(SecretString{key}, SecretString{passphrase});
}

/// What our verifier says about a commit that the signer signed.
SignatureReport verdict(const CommitSigner& signer, const std::string& public_key) {
  SignedText text;
  text.text = kCommit;
  text.signature = signer(kCommit);
  return verify_signature(text, {public_key}, std::chrono::system_clock::now());
}

TEST(OpenPgpSigner, SignsWhatOurVerifierAccepts) {
  for (const auto& options : {PgpOptions{}, PgpOptions{.algorithm = "RSA", .bits = 2048}}) {
    const PgpKey key{options};
    const auto signer = pgp_signer(key.secret());
    ASSERT_TRUE(signer) << signer.error().text();
    const auto report = verdict(*signer, key.open());
    EXPECT_EQ(report.verdict, SignatureVerdict::kGood) << report.text;
    const std::string signature = (*signer)(kCommit);
    EXPECT_THAT(signature, testing::StartsWith("-----BEGIN PGP SIGNATURE-----\n"));
    EXPECT_THAT(signature, testing::EndsWith("-----END PGP SIGNATURE-----\n"));
    EXPECT_THAT(signature, Not(HasSubstr("\r")));
  }
}

TEST(OpenPgpSigner, OpensEncryptedKeysWithTheirPassphrase) {
  const PgpKey key{{.password = "open sesame"}};
  const auto signer = pgp_signer(key.secret(), "open sesame");
  ASSERT_TRUE(signer) << signer.error().text();
  EXPECT_EQ(verdict(*signer, key.open()).verdict, SignatureVerdict::kGood);
  EXPECT_EQ(pgp_signer(key.secret(), "wrong").error().text(), "passphrase: does not open the key in git.asc");
  EXPECT_EQ(pgp_signer(key.secret()).error().text(), "passphrase: required: the key in git.asc is encrypted");
}

TEST(OpenPgpSigner, APassphraseThatIsNotNeededDoesNoHarm) {
  const PgpKey key;
  EXPECT_TRUE(pgp_signer(key.secret(), "whatever"));
}

TEST(OpenPgpSigner, PrefersASubkeyForSigning) {
  const PgpKey key{{.with_signing_subkey = true}};
  const auto signer = pgp_signer(key.secret());
  ASSERT_TRUE(signer) << signer.error().text();
  const auto report = verdict(*signer, key.open());
  EXPECT_EQ(report.verdict, SignatureVerdict::kGood);
  EXPECT_EQ(report.key_id, key.subkey_id);
}

TEST(OpenPgpSigner, RefusesWhatIsNotExactlyOnePrivateKey) {
  const PgpKey one;
  const PgpKey other;
  EXPECT_EQ(
      pgp_signer(one.open()).error().text(), "git.asc: holds a public key only, an armored private key is needed"
  );
  EXPECT_EQ(
      pgp_signer(one.secret() + other.secret()).error().text(),
      "git.asc: holds more than one private key, exactly one is needed"
  );
  for (const std::string text : {"", "garbage", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"})
    EXPECT_EQ(pgp_signer(text).error().text(), "git.asc: expected an armored OpenPGP private key");
  EXPECT_EQ(
      pgp_signer("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----\n").error().text(),
      "git.asc: the OpenPGP private key cannot be read"
  );
  const std::string whole = one.secret();
  EXPECT_TRUE(pgp_signer(whole.substr(0, whole.size() / 2)).has_error());
}

/// Two private keys in one armored block, as `gpg --export-secret-keys` writes them.
std::string both_in_one_block(const PgpKey& left, const PgpKey& right) {
  std::string bytes;
  for (const auto* key : {&left, &right}) {
    const std::string armored = key->secret();
    rnp_input_t input = nullptr;
    rnp_output_t output = nullptr;
    rnp_input_from_memory(&input, reinterpret_cast<const std::uint8_t*>(armored.data()), armored.size(), false);
    rnp_output_to_memory(&output, 0);
    rnp_dearmor(input, output);
    rnp_input_destroy(input);
    bytes += taken(output);
  }
  rnp_input_t input = nullptr;
  rnp_output_t output = nullptr;
  rnp_input_from_memory(&input, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), false);
  rnp_output_to_memory(&output, 0);
  rnp_enarmor(input, output, "secret key");
  rnp_input_destroy(input);
  return taken(output);
}

TEST(OpenPgpSigner, RefusesTwoKeysInOneBlock) {
  const PgpKey one;
  const PgpKey other;
  EXPECT_EQ(pgp_signer(both_in_one_block(one, other)).error().text(), "git.asc: holds 2 keys, exactly one is needed");
}

TEST(OpenPgpSigner, RefusesKeysThatMustNotSign) {
  const PgpKey weak{{.algorithm = "RSA", .bits = 1024}};
  EXPECT_EQ(
      pgp_signer(weak.secret()).error().text(),
      "git.asc: an RSA key of 1024 bits is too weak to sign with, at least 2048 are needed"
  );
  const PgpKey expired{{.lifetime_seconds = 3600, .created = 1'600'000'000}};
  EXPECT_EQ(pgp_signer(expired.secret()).error().text(), "git.asc: the key has expired");
}

// --- SSH -----------------------------------------------------------------------------------------

class SshKey {
 public:
  SshKey(ssh_keytypes_e type, int parameter) {
    if (ssh_pki_generate(type, parameter, &key_) != SSH_OK) throw std::runtime_error{"no key"};
  }
  ~SshKey() { ssh_key_free(key_); }
  SshKey(const SshKey&) = delete;
  SshKey& operator=(const SshKey&) = delete;

  std::string secret(const char* password = nullptr) const {
    char* text = nullptr;
    if (ssh_pki_export_privkey_base64(key_, password, nullptr, nullptr, &text) != SSH_OK)
      throw std::runtime_error{"no export"};
    std::string out = text;
    ssh_string_free_char(text);
    return out;
  }
  std::string open() const {
    char* text = nullptr;
    ssh_pki_export_pubkey_base64(key_, &text);
    std::string out = text;
    ssh_string_free_char(text);
    return out;
  }

 private:
  ssh_key key_ = nullptr;
};

Result<CommitSigner> ssh_signer(const std::string& key, const std::string& password = "") {
  return make_ssh_signer(SecretString{key}, SecretString{password});
}

/// The fields of an armored SSHSIG.
struct ParsedSignature {
  std::string magic, public_key, space, reserved, hash, type;
  std::size_t version = 0;
  std::size_t signature_size = 0;
};

ParsedSignature parse(const std::string& armored) {
  const auto from = armored.find('\n') + 1;
  const std::string blob = base64::decode(armored.substr(from, armored.find("-----END") - from)).value();
  std::size_t at = 6;
  const auto number = [&](const std::string& text, std::size_t place) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = (out << 8U) | static_cast<unsigned char>(text[place + i]);
    return out;
  };
  const auto string = [&] {
    const std::size_t size = number(blob, at);
    std::string out = blob.substr(at + 4, size);
    at += 4 + size;
    return out;
  };
  ParsedSignature out;
  out.magic = blob.substr(0, 6);
  out.version = number(blob, at);
  at += 4;
  out.public_key = string();
  out.space = string();
  out.reserved = string();
  out.hash = string();
  const std::string signature = string();
  const std::size_t type_size = number(signature, 0);
  out.type = signature.substr(4, type_size);
  out.signature_size = number(signature, 4 + type_size);
  EXPECT_EQ(signature.size(), 8 + type_size + out.signature_size);
  EXPECT_EQ(at, blob.size());
  return out;
}

struct SshCase {
  ssh_keytypes_e type;
  int parameter;
  const char* signature_type;
};

const SshCase kSshCases[] = {
    {SSH_KEYTYPE_ED25519, 0, "ssh-ed25519"},
    {SSH_KEYTYPE_RSA, 2048, "rsa-sha2-512"},
    {SSH_KEYTYPE_ECDSA_P256, 256, "ecdsa-sha2-nistp256"},
    {SSH_KEYTYPE_ECDSA_P384, 384, "ecdsa-sha2-nistp384"},
    {SSH_KEYTYPE_ECDSA_P521, 521, "ecdsa-sha2-nistp521"},
};

// Whether others accept the signatures is asked in test/contract/git.
TEST(SshSigner, WritesTheFieldsOfSshsig) {
  for (const auto& [type, parameter, signature_type] : kSshCases) {
    const SshKey key{type, parameter};
    const auto signer = ssh_signer(key.secret());
    ASSERT_TRUE(signer) << signature_type << ": " << signer.error().text();
    const std::string armored = (*signer)(kCommit);
    EXPECT_THAT(armored, testing::StartsWith("-----BEGIN SSH SIGNATURE-----\n"));
    EXPECT_THAT(armored, testing::EndsWith("\n-----END SSH SIGNATURE-----\n"));
    const auto parsed = parse(armored);
    EXPECT_EQ(parsed.magic, "SSHSIG");
    EXPECT_EQ(parsed.version, 1U);
    EXPECT_EQ(base64::encode(parsed.public_key), key.open());
    EXPECT_EQ(parsed.space, "git");
    EXPECT_EQ(parsed.reserved, "");
    EXPECT_EQ(parsed.hash, "sha512");
    EXPECT_EQ(parsed.type, signature_type);
  }
}

TEST(SshSigner, OpensEncryptedKeysWithTheirPassword) {
  const SshKey key{SSH_KEYTYPE_RSA, 2048};
  const std::string encrypted = key.secret("open sesame");
  EXPECT_TRUE(ssh_signer(encrypted, "open sesame"));
  EXPECT_EQ(ssh_signer(encrypted, "wrong").error().text(), "password: does not open the key in identity");
  EXPECT_EQ(ssh_signer(encrypted).error().text(), "password: required: the key in identity is encrypted");
  EXPECT_TRUE(ssh_signer(key.secret(), "not needed"));
}

TEST(SshSigner, OpensWhatOpenSshEncryptsWithBcrypt) {
  const SshKey key{SSH_KEYTYPE_ED25519, 0};
  const std::string encrypted = key.secret("open sesame");
  EXPECT_THAT(encrypted, HasSubstr("BEGIN OPENSSH PRIVATE KEY"));
  const auto signer = ssh_signer(encrypted, "open sesame");
  ASSERT_TRUE(signer) << signer.error().text();
  EXPECT_EQ(base64::encode(parse((*signer)(kCommit)).public_key), key.open());
  EXPECT_EQ(ssh_signer(encrypted, "wrong").error().text(), "password: does not open the key in identity");
  EXPECT_EQ(ssh_signer(encrypted).error().text(), "password: required: the key in identity is encrypted");
}

TEST(SshSigner, DamagedKeysAreRefusedWhereverTheyEnd) {
  const SshKey key{SSH_KEYTYPE_ED25519, 0};
  const std::string text = key.secret();
  const auto from = text.find('\n') + 1;
  const std::string blob = base64::decode(text.substr(from, text.find("-----END") - from)).value();
  for (std::size_t size = 0; size < blob.size(); ++size) {
    for (const bool is_changed : {false, true}) {
      // Not every bit matters: nobody reads the comment and the padding. Nothing may crash.
      std::string damaged = is_changed ? blob : blob.substr(0, size);
      if (is_changed) damaged[size] = static_cast<char>(damaged[size] ^ 0x80);
      const auto signer = ssh_signer(
          "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64::encode(damaged) + "\n-----END OPENSSH PRIVATE KEY-----\n"
      );
      EXPECT_TRUE(is_changed || signer.has_error()) << size;
    }
  }
}

TEST(SshSigner, APublicHalfOfAnotherKeyIsRefused) {
  const auto blob_of = [](const std::string& text) {
    const auto from = text.find('\n') + 1;
    return base64::decode(text.substr(from, text.find("-----END") - from)).value();
  };
  std::string blob = blob_of(SshKey{SSH_KEYTYPE_ED25519, 0}.secret());
  const std::string other = blob_of(SshKey{SSH_KEYTYPE_ED25519, 0}.secret());
  const auto at = blob.find("ssh-ed25519");  // the first is outside the private part
  blob.replace(at, 47, other.substr(at, 47));
  EXPECT_EQ(
      ssh_signer(
          "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64::encode(blob) + "\n-----END OPENSSH PRIVATE KEY-----\n"
      )
          .error()
          .text(),
      "identity: the public half does not belong to the private SSH key"
  );
}

TEST(BcryptPbkdf, GivesWhatOpenBsdGives) {
  const auto hex = [](const std::string& bytes) { return text::hex(bytes); };
  EXPECT_EQ(
      hex(bcrypt_pbkdf("password", "salt", 4, 32)), "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9"
  );
  EXPECT_EQ(
      hex(bcrypt_pbkdf("password", "salt", 8, 64)),
      "e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec76227ea66088b849b20ab7aa47801"
      "0246e74bba51723fefa9"
      "f9474d6508845e8d"
  );
}

TEST(SshSigner, RefusesWhatIsNoKeyThatMaySign) {
  const SshKey weak{SSH_KEYTYPE_RSA, 1024};
  EXPECT_EQ(
      ssh_signer(weak.secret()).error().text(),
      "identity: an RSA key of 1024 bits is too weak to sign with, at least 2048 are needed"
  );
  const SshKey key{SSH_KEYTYPE_ED25519, 0};
  EXPECT_EQ(
      ssh_signer("ssh-ed25519 " + key.open() + " robot").error().text(),
      "identity: holds a public key only, a private key is needed"
  );
  for (const std::string text : {"", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n"})
    EXPECT_EQ(ssh_signer(text).error().text(), "identity: expected a private SSH key");
  for (const std::string kind : {"OPENSSH", "RSA", "EC", "", "DSA"}) {
    const std::string name = kind.empty() ? "PRIVATE KEY" : kind + " PRIVATE KEY";
    const std::string text = "-----BEGIN " + name + "-----\nAAAAgarbage=\n-----END " + name + "-----\n";
    EXPECT_EQ(ssh_signer(text).error().text(), "identity: the private SSH key cannot be read") << text;
  }
  const std::string whole = key.secret();
  EXPECT_TRUE(ssh_signer(whole.substr(0, whole.size() / 2)).has_error());
}

TEST(SigningKeys, NeverStandInMessages) {
  const SshKey ssh{SSH_KEYTYPE_RSA, 1024};
  const PgpKey pgp{{.algorithm = "RSA", .bits = 1024}};
  const PgpKey locked{{.password = "open sesame"}};
  for (const auto& [error, secret] :
       {std::pair{ssh_signer(ssh.secret()).error().text(), ssh.secret()},
        std::pair{pgp_signer(pgp.secret()).error().text(), pgp.secret()},
        std::pair{pgp_signer(locked.secret(), "not the one").error().text(), locked.secret()}}) {
    EXPECT_THAT(error, Not(HasSubstr("sesame")));
    EXPECT_THAT(error, Not(HasSubstr("not the one")));
    for (std::size_t at = 0; at + 16 < secret.size(); at += 16)
      EXPECT_THAT(error, Not(HasSubstr(secret.substr(at, 16))));
  }
}

TEST(SigningSecret, NamesItsFields) {
  const SshKey ssh{SSH_KEYTYPE_ED25519, 0};
  const PgpKey pgp;
  EXPECT_TRUE(parse_signing_secret({{"identity", ssh.secret()}}, SigningKeyType::kSsh));
  EXPECT_TRUE(parse_signing_secret({{"git.asc", pgp.secret()}}, SigningKeyType::kOpenPgp));
  EXPECT_EQ(
      parse_signing_secret({{"identity", ssh.secret()}}, SigningKeyType::kOpenPgp).error().text(),
      "git.asc: required for signing commits"
  );
  EXPECT_EQ(parse_signing_secret({}, SigningKeyType::kSsh).error().text(), "identity: required for signing commits");
}

/// A key as OpenSSH writes it, which says that its password is to be hashed so often.
std::string key_of_rounds(std::size_t rounds) {
  std::string options;
  put_ssh_string(options, "salt");
  put_ssh_number(options, rounds);
  std::string bytes{"openssh-key-v1\0", 15};
  for (const std::string_view part :
       {std::string_view{"aes256-ctr"}, std::string_view{"bcrypt"}, std::string_view{options}})
    put_ssh_string(bytes, part);
  put_ssh_number(bytes, 1);
  put_ssh_string(bytes, "public");
  put_ssh_string(bytes, std::string(64, 's'));
  return text::cat(
      "-----BEGIN OPENSSH PRIVATE KEY-----\n", base64::encode(bytes), "\n-----END OPENSSH PRIVATE KEY-----\n"
  );
}

/// PKCS#8 with the same number patched in.
std::string pkcs8_of_iterations(std::string_view number) {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  BIO* out = BIO_new(BIO_s_mem());
  PKCS8_PRIV_KEY_INFO* plain = EVP_PKEY2PKCS8(key);
  constexpr int kIterations = 0x10000;
  X509_SIG* encrypted = PKCS8_encrypt(-1, EVP_aes_256_cbc(), "open", 4, nullptr, 0, kIterations, plain);
  i2d_PKCS8_bio(out, encrypted);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string der{data, static_cast<std::size_t>(size)};
  der.replace(der.find(std::string{"\x02\x03\x01\x00\x00", 5}) + 2, 3, number);
  X509_SIG_free(encrypted);
  PKCS8_PRIV_KEY_INFO_free(plain);
  BIO_free(out);
  EVP_PKEY_free(key);
  return text::cat(
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", base64::encode(der), "\n-----END ENCRYPTED PRIVATE KEY-----\n"
  );
}

TEST(SshKeyCost, AKeyThatWantsEndlessHashingIsRefusedUnopened) {
  const auto refusal = [](const std::string& key) {
    const auto checked = check_ssh_key_cost(SecretString{key});
    return checked.has_error() ? checked.error().text() : "";
  };
  EXPECT_EQ(refusal(key_of_rounds(1'000)), "");
  EXPECT_EQ(
      refusal(key_of_rounds(0x80000000)), "identity: the key takes 2147483648 rounds to open, at most 1000 are done"
  );
  EXPECT_EQ(refusal(pkcs8_of_iterations({"\x01\x00\x00", 3})), "");
  const auto endless = pkcs8_of_iterations("\x7f\xff\xff");
  EXPECT_EQ(refusal(endless), "identity: the key takes 8388607 rounds to open, at most 1000000 are done");
  const auto signer = make_ssh_signer(SecretString{endless}, SecretString{"open"});
  ASSERT_FALSE(signer);
  EXPECT_THAT(signer.error().text(), HasSubstr("8388607 rounds"));
  EXPECT_EQ(refusal("nonsense"), "") << "told by whoever opens it";
}

}  // namespace
}  // namespace weir::git
