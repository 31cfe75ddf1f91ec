#include "pkg/cloud/github_app.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <openssl/evp.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/support/rsa_key.hpp"

namespace weir::cloud {
namespace {

using Data = SecretMap;
using testing::HasSubstr;
using testing::Not;

Data with(Data changes) {
  Data out{{"githubAppID", "12"}, {"githubAppInstallationID", "345"}, {"githubAppPrivateKey", "s3cr3t-pem"}};
  for (const auto& [key, value] : changes) {
    if (value.empty())
      out.erase(key);
    else
      out.set(key, value);
  }
  return out;
}

TEST(GitHubAppSecret, IsRead) {
  const auto app = parse_github_app(with({{"githubAppID", "12\n"}, {"username", "ignored"}}));
  ASSERT_TRUE(app) << app.error().text();
  EXPECT_EQ(app->id, "12");
  EXPECT_EQ(app->installation_id, "345");
  EXPECT_EQ(app->installation_owner, "");
  EXPECT_EQ(app->private_key.reveal(), "s3cr3t-pem");
  EXPECT_EQ(app->api.text(), "https://api.github.com/");
}

TEST(GitHubAppSecret, KnowsWhereTheApiIs) {
  const std::pair<const char*, const char*> rows[] = {
      {"https://api.github.com", "https://api.github.com/"},
      {"https://api.team.ghe.com/", "https://api.team.ghe.com/"},
      {"https://git.example.com", "https://git.example.com/api/v3"},
      {"https://git.example.com/", "https://git.example.com/api/v3"},
      {"https://git.example.com/api/v3", "https://git.example.com/api/v3"},
      {"http://127.0.0.1:8080/base", "http://127.0.0.1:8080/base"},
  };
  for (const auto& [base, api] : rows) {
    const auto app = parse_github_app(with({{"githubAppBaseURL", base}}));
    ASSERT_TRUE(app) << base;
    EXPECT_EQ(app->api.text(), api);
  }
}

TEST(GitHubAppSecret, RefusalsNameTheKeyAndRepeatNoValue) {
  const std::pair<Data, const char*> rows[] = {
      {{{"githubAppID", ""}}, "githubAppID: the Secret has no GitHub App"},
      {{{"githubAppID", "s3cr3t"}}, "githubAppID: expected a number"},
      {{{"githubAppInstallationID", ""}}, "githubAppInstallationID: expected it or githubAppInstallationOwner"},
      {{{"githubAppInstallationID", "../s3cr3t"}}, "githubAppInstallationID: expected a number"},
      {{{"githubAppInstallationID", "12345678901234567890"}}, "githubAppInstallationID: expected a number"},
      {{{"githubAppInstallationOwner", "s3cr3t"}},
       "githubAppInstallationOwner: cannot be given together with githubAppInstallationID"},
      {{{"githubAppPrivateKey", ""}}, "githubAppPrivateKey: the Secret has no private key"},
      {{{"githubAppPrivateKey", "  \n"}}, "githubAppPrivateKey: the Secret has no private key"},
      {{{"githubAppBaseURL", "ftp://s3cr3t"}}, "githubAppBaseURL: expected an http or https URL"},
      {{{"githubAppBaseURL", "https://s3cr3t:s3cr3t@example.com"}}, "githubAppBaseURL: expected no user and password"},
      {{{"githubAppBaseURL", "https://example.com/?s3cr3t"}}, "githubAppBaseURL: expected no query"},
  };
  for (const auto& [changes, message] : rows) {
    const auto app = parse_github_app(with(changes));
    ASSERT_FALSE(app) << message;
    EXPECT_EQ(app.error().text(), message);
  }
}

TEST(GitHubAppLoginKey, TellsKeysAndInstallationsApart) {
  const auto key = [](Data changes) { return github_login_key(parse_github_app(with(std::move(changes))).value()); };
  const auto base = key({});
  EXPECT_EQ(base, key({{"githubAppBaseURL", "https://api.github.com"}}));
  EXPECT_THAT(base, Not(HasSubstr("s3cr3t")));
  EXPECT_NE(base, key({{"githubAppID", "13"}}));
  EXPECT_NE(base, key({{"githubAppInstallationID", "346"}}));
  EXPECT_NE(base, key({{"githubAppInstallationID", ""}, {"githubAppInstallationOwner", "345"}}));
  EXPECT_NE(base, key({{"githubAppPrivateKey", "another"}}));
  EXPECT_NE(base, key({{"githubAppBaseURL", "https://git.example.com"}}));
}

TEST(GitHubAppJwt, IsSignedByTheAppsKey) {
  const auto key = test::new_rsa_key();
  // In the form that GitHub hands out.
  const auto pem = test::pem_of(key.get(), test::PemForm::kPkcs1);
  ASSERT_TRUE(pem.starts_with("-----BEGIN RSA PRIVATE KEY-----")) << pem.substr(0, 40);
  const auto app = parse_github_app(with({{"githubAppPrivateKey", pem}})).value();
  const auto jwt = github_app_jwt(app, parse_rfc3339("2026-11-23T12:00:00Z").value());
  ASSERT_TRUE(jwt) << jwt.error().text();
  const auto parts = text::split(*jwt, '.');
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(test::decode_token_part(parts[0]), R"({"alg":"RS256","typ":"JWT"})");
  EXPECT_EQ(test::decode_token_part(parts[1]), R"({"iat":1795435140,"exp":1795435740,"iss":"12"})");
  const std::string signed_text = text::cat(parts[0], ".", parts[1]);
  const std::string signature = test::decode_token_part(parts[2]);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  ASSERT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), 1);
  const auto bytes = [](const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  EXPECT_EQ(
      EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(signed_text), signed_text.size()), 1
  );
}

TEST(GitHubAppJwt, NamesAKeyThatIsNone) {
  const auto jwt = github_app_jwt(parse_github_app(with({})).value(), WallTime{});
  ASSERT_FALSE(jwt);
  EXPECT_EQ(jwt.error().text(), "githubAppPrivateKey: expected an RSA private key in PEM");
}

}  // namespace
}  // namespace weir::cloud
