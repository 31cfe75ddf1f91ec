#include "pkg/cloud/signed_token.hpp"

#include <memory>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/support/rsa_key.hpp"

namespace weir::cloud {
namespace {

TEST(SignedToken, VerifiesWithTheKey) {
  const auto key = test::new_rsa_key();
  const auto token = sign_rs256(
      json::Value::object({{"alg", "RS256"}}),
      json::Value::object({{"iss", "me"}, {"exp", 1}}),
      SecretString{test::pem_of(key.get())}
  );
  ASSERT_TRUE(token) << token.error().text();
  const auto parts = text::split(*token, '.');
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(test::decode_token_part(parts[0]), R"({"alg":"RS256"})");
  EXPECT_EQ(test::decode_token_part(parts[1]), R"({"iss":"me","exp":1})");
  EXPECT_EQ(token->find_first_of("+/="), std::string::npos);
  const std::string signed_text = text::cat(parts[0], ".", parts[1]);
  const std::string signature = test::decode_token_part(parts[2]);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  ASSERT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), 1);
  EXPECT_EQ(
      EVP_DigestVerify(
          context.get(),
          reinterpret_cast<const unsigned char*>(signature.data()),
          signature.size(),
          reinterpret_cast<const unsigned char*>(signed_text.data()),
          signed_text.size()
      ),
      1
  );
}

TEST(SignedToken, RefusesOtherKeys) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> other{EVP_EC_gen("P-256"), EVP_PKEY_free};
  for (const auto& pem : {std::string{"-----BEGIN SECRET-----"}, std::string{}, test::pem_of(other.get())}) {
    const auto token = sign_rs256(json::Value::object(), json::Value::object(), SecretString{pem});
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().text(), "private_key: expected an RSA private key in PEM");
  }
}

TEST(SignedToken, TellsWhenItEnds) {
  const auto token = [](std::string_view claims) {
    std::string part = base64::encode(claims);
    while (part.ends_with('=')) part.pop_back();
    return text::cat("e30.", part, ".c2ln");
  };
  EXPECT_EQ(to_rfc3339(expiry_of_token(token(R"({"exp":1795435200})")).value()), "2026-11-23T12:00:00Z");
  for (const auto& odd :
       {token(R"({"exp":"1"})"),
        token("{}"),
        token("x"),
        token(R"({"exp":-1})"),
        std::string{"a.b"},
        std::string{"a.\x01.c"},
        std::string{}})
    EXPECT_FALSE(expiry_of_token(odd)) << odd;
}

TEST(SignedToken, AnEncryptedKeyIsNotOpenedWithTheEmptyPassword) {
  // Its hashing would run on the reactor, as often as the key says.
  const auto key = test::new_rsa_key();
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(out, key.get(), EVP_aes_256_cbc(), const_cast<char*>(""), 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  const SecretString pem{std::string{data, static_cast<std::size_t>(size)}};
  BIO_free(out);
  const auto token = sign_rs256(json::Value::object({}), json::Value::object({}), pem);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().text(), "private_key: expected an RSA private key in PEM");
}

}  // namespace
}  // namespace weir::cloud
