// Passwords: bcrypt, scrypt, AES; and the look-up of a host.
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <crypt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/functions/groups.hpp"
#include "pkg/template/sprig/groups.hpp"

namespace weir::helm {
namespace {

using templates::Call;
using templates::CallError;
using templates::make_function;

// What each costs, in steps of about 25 ns.
constexpr std::uint64_t kStepsOfBcrypt = 2'000'000;
constexpr std::uint64_t kStepsOfScrypt = 3'000'000;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string bcrypt(Call& call, Outside& outside, const std::string& password) {
  constexpr std::size_t kLongest = 72;
  constexpr std::size_t kSaltBytes = 16;
  constexpr unsigned long kCost = 10;
  if (password.size() > kLongest)
    return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
  // Go takes it, crypt(3) would stop there: a hash that admits more than it says.
  if (password.find('\0') != std::string::npos) throw CallError{"bcrypt of a text with a NUL character is not served"};
  call.budget().spend(kStepsOfBcrypt);
  const std::string random = outside.random_bytes(kSaltBytes);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt{};
  const char* made = crypt_gensalt_rn(
      "$2a$", kCost, random.data(), static_cast<int>(random.size()), salt.data(), static_cast<int>(salt.size())
  );
  if (made == nullptr) throw CallError{"bcrypt is not served by this machine's crypt library"};
  const auto data = std::make_unique<crypt_data>();
  std::memset(data.get(), 0, sizeof *data);
  const char* hash = crypt_r(password.c_str(), made, data.get());
  if (hash == nullptr || hash[0] == '*') throw CallError{"bcrypt is not served by this machine's crypt library"};
  return hash;
}

std::string htpasswd(Call& call, Outside& outside, const std::string& user, const std::string& password) {
  if (user.find(':') != std::string::npos) return "invalid username: " + user;
  return text::cat(user, ":", bcrypt(call, outside, password));
}

// --- AES -----------------------------------------------------------------------------------------------------------

constexpr std::size_t kBlock = 16;

struct CipherDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

enum class Direction { kEncrypt, kDecrypt };

/// AES-256-CBC of whole blocks, the password filled up with zeros as key.
std::string run_cipher(Direction direction, std::string key, std::string_view iv, std::string_view content) {
  key.resize(32, '\0');
  const std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter> context{EVP_CIPHER_CTX_new()};
  std::string out(content.size() + kBlock, '\0');
  int size = 0;
  const bool is_good = context &&
                       EVP_CipherInit_ex(
                           context.get(),
                           EVP_aes_256_cbc(),
                           nullptr,
                           bytes_of(key),
                           bytes_of(iv),
                           direction == Direction::kEncrypt ? 1 : 0
                       ) == 1 &&
                       EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                       EVP_CipherUpdate(
                           context.get(),
                           reinterpret_cast<unsigned char*>(out.data()),
                           &size,
                           bytes_of(content),
                           static_cast<int>(content.size())
                       ) == 1;
  if (!is_good) throw CallError{"AES is not served by this machine's OpenSSL"};
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string encrypt_aes(Call& call, Outside& outside, const std::string& password, const std::string& plain) {
  if (plain.empty()) return "";
  call.budget().spend_on_text(plain.size() * 2);
  const std::size_t padding = kBlock - plain.size() % kBlock;
  const std::string padded = plain + std::string(padding, static_cast<char>(padding));
  const std::string iv = outside.random_bytes(kBlock);
  return base64::encode(iv + run_cipher(Direction::kEncrypt, password, iv, padded));
}

std::string decrypt_aes(Call& call, const std::string& password, const std::string& text) {
  if (text.empty()) return "";
  call.budget().spend_on_text(text.size());
  const auto bytes = base64::decode(text);
  if (!bytes) throw CallError{"illegal base64 data at input byte 0"};
  // The words that Go's run time has for what the original does not check.
  if (bytes->size() < kBlock) {
    throw CallError{text::cat("runtime error: slice bounds out of range [:16] with capacity ", bytes->size())};
  }
  const std::string_view content = std::string_view{*bytes}.substr(kBlock);
  if (content.size() % kBlock != 0) throw CallError{"crypto/cipher: input not full blocks"};
  if (content.empty()) throw CallError{"runtime error: index out of range [-1]"};
  std::string plain = run_cipher(Direction::kDecrypt, password, bytes->substr(0, kBlock), content);
  const std::size_t padding = static_cast<unsigned char>(plain.back());
  if (padding > plain.size()) {
    throw CallError{text::cat("runtime error: slice bounds out of range [:-", padding - plain.size(), "]")};
  }
  plain.resize(plain.size() - padding);
  return plain;
}

// --- Master Password -----------------------------------------------------------------------------------------------

struct PasswordKind {
  std::string_view name;
  std::string_view templates;  ///< parted by blanks
};

// Source: the Master Password algorithm, version 3, https://masterpassword.app
constexpr PasswordKind kPasswordKinds[] = {
    {"maximum", "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno"},
    {"long",
     "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv "
     "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv "
     "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno"},
    {"medium", "CvcnoCvc CvcCvcno"},
    {"short", "Cvcn"},
    {"basic", "aaanaaan aannaaan aaannaaa"},
    {"pin", "nnnn"},
};

std::string_view characters_of(char element) {
  switch (element) {
    case 'V': return "AEIOU";
    case 'C': return "BCDFGHJKLMNPQRSTVWXYZ";
    case 'v': return "aeiou";
    case 'c': return "bcdfghjklmnpqrstvwxyz";
    case 'a': return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    case 'n': return "0123456789";
    case 'o': return "@&%?,=[]_:-+*$#!'^~;()/.";
    default: return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()";
  }
}

std::string big_endian(std::uint64_t number) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
  return out;
}

std::string derive_password(
    Call& call,
    std::uint32_t counter,
    const std::string& kind,
    const std::string& password,
    const std::string& user,
    const std::string& site
) {
  constexpr std::string_view kSeed = "com.lyndir.masterpassword";
  std::string_view choices;
  for (const auto& known : kPasswordKinds) {
    if (known.name == kind) choices = known.templates;
  }
  if (choices.empty()) return "cannot find password template " + kind;
  call.budget().spend(kStepsOfScrypt);
  const std::string salt = text::cat(kSeed, big_endian(user.size()), user);
  std::array<unsigned char, 64> key{};
  constexpr std::uint64_t kMemory = 64U << 20U;
  if (EVP_PBE_scrypt(
          password.data(), password.size(), bytes_of(salt), salt.size(), 32768, 8, 2, kMemory, key.data(), key.size()
      ) != 1)
    throw CallError{"scrypt is not served by this machine's OpenSSL"};
  const std::string message = text::cat(kSeed, big_endian(site.size()), site, big_endian(counter));
  std::array<unsigned char, EVP_MAX_MD_SIZE> seed{};
  unsigned int seed_size = 0;
  HMAC(
      EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(message), message.size(), seed.data(), &seed_size
  );
  const auto templates = text::split(choices, ' ');
  const std::string_view chosen = templates[seed[0] % templates.size()];
  std::string out;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto characters = characters_of(chosen[i]);
    out += characters[seed[i + 1] % characters.size()];
  }
  return out;
}

}  // namespace

void add_passwords(templates::Functions& out, const SharedOutside& outside) {
  out["bcrypt"] =
      make_function([outside](Call& call, const std::string& password) { return bcrypt(call, *outside, password); });
  out["htpasswd"] = make_function([outside](Call& call, const std::string& user, const std::string& password) {
    return htpasswd(call, *outside, user, password);
  });
  out["encryptAES"] = make_function([outside](Call& call, const std::string& password, const std::string& plain) {
    return encrypt_aes(call, *outside, password, plain);
  });
  out["decryptAES"] = make_function(decrypt_aes);
  out["derivePassword"] = make_function(derive_password);
  out["getHostByName"] = make_function([outside](Call&, const std::string& name) {
    auto address = outside->host_address(name);
    // Go's words for choosing one of no addresses.
    if (!address) throw CallError{"invalid argument to Intn"};
    return *std::move(address);
  });
}

}  // namespace weir::helm
