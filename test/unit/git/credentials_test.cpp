#include "pkg/git/credentials.hpp"

#include <gtest/gtest.h>

namespace weir::git {
namespace {

using Data = SecretMap;
using Scheme = Url::Scheme;

std::string refusal(const Data& data, Scheme scheme = Scheme::kHttps) {
  const auto result = parse_credentials(data, scheme);
  return result ? "accepted" : result.error().text();
}

TEST(Credentials, Http) {
  const auto basic = parse_credentials({{"username", "bob"}, {"password", "p"}}, Scheme::kHttp);
  ASSERT_TRUE(basic);
  EXPECT_EQ(basic->username, "bob");
  EXPECT_EQ(basic->password.reveal(), "p");
  EXPECT_EQ(parse_credentials({{"bearerToken", "t\n"}}, Scheme::kHttps)->bearer_token.reveal(), "t");
  EXPECT_EQ(*parse_credentials({}, Scheme::kHttps), Credentials{});
}

TEST(Credentials, TlsWithNewAndOldNames) {
  for (const Data& data :
       {Data{{"ca.crt", "A"}, {"tls.crt", "C"}, {"tls.key", "K"}},
        Data{{"caFile", "A"}, {"certFile", "C"}, {"keyFile", "K"}},
        Data{{"ca.crt", "A"}, {"caFile", "other"}, {"tls.crt", "C"}, {"keyFile", "K"}}}) {
    const auto result = parse_credentials(data, Scheme::kHttps);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->ca_pem, "A");
    EXPECT_EQ(result->client_cert_pem, "C");
    EXPECT_EQ(result->client_key_pem.reveal(), "K");
  }
}

TEST(Credentials, AnAuthorityIsForTheProxyOfAPlainServerToo) {
  const auto result = parse_credentials({{"ca.crt", "A"}, {"tls.key", "K"}}, Scheme::kHttp);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ca_pem, "A");
  EXPECT_TRUE(result->client_key_pem.empty());
}

TEST(Credentials, Ssh) {
  const auto result = parse_credentials({{"identity", "I"}, {"known_hosts", "H"}, {"password", "p"}}, Scheme::kSsh);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->identity.reveal(), "I");
  EXPECT_EQ(result->known_hosts, "H");
  EXPECT_EQ(result->passphrase.reveal(), "p");
  EXPECT_TRUE(result->password.empty());
}

TEST(Credentials, WhatIsRefusedIsNamed) {
  EXPECT_EQ(
      refusal({{"username", "u"}, {"password", "p"}, {"bearerToken", "t"}}),
      "bearerToken: basic and bearer credentials cannot be given together"
  );
  EXPECT_EQ(refusal({{"password", "hunter2"}}), "username: the Secret has a password but no username");
  EXPECT_EQ(refusal({{"username", "u"}}), "password: the Secret has a username but no password");
  EXPECT_EQ(refusal({{"tls.key", "k"}}), "tls.crt: the Secret has a client key but no certificate");
  EXPECT_EQ(refusal({{"tls.crt", "c"}}), "tls.key: the Secret has a client certificate but no key");
  EXPECT_EQ(refusal({{"known_hosts", "h"}}, Scheme::kSsh), "identity: the Secret has no private key for ssh");
  EXPECT_EQ(
      refusal({{"identity", "i"}, {"known_hosts", " \n"}}, Scheme::kSsh),
      "known_hosts: the Secret has no host keys for ssh"
  );
  EXPECT_EQ(
      refusal({{"githubAppID", "1"}}), "githubAppID: GitHub App credentials are used with spec.provider github only"
  );
}

}  // namespace
}  // namespace weir::git
