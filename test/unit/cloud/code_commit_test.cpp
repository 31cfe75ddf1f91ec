#include "pkg/cloud/code_commit.hpp"

#include <gtest/gtest.h>

#include "pkg/cloud/azure_login.hpp"

namespace weir::cloud {
namespace {

TEST(CodeCommit, HostsNameTheirRegion) {
  const auto region = [](std::string_view host) {
    const auto parsed = parse_code_commit_host(host);
    return parsed ? parsed->region : "";
  };
  EXPECT_EQ(region("git-codecommit.eu-west-1.amazonaws.com"), "eu-west-1");
  EXPECT_EQ(region("git-codecommit-fips.us-east-1.amazonaws.com"), "us-east-1");
  EXPECT_EQ(region("git-codecommit.cn-north-1.amazonaws.com.cn"), "cn-north-1");
  for (const char* host :
       {"",
        "git-codecommit",
        "git-codecommit..amazonaws.com",
        "git-codecommit.eu-west-1.amazonaws.com.example.com",
        "git-codecommit.eu-west-1.example.com",
        "x.git-codecommit.eu-west-1.amazonaws.com",
        "amazonaws.com"})
    EXPECT_EQ(region(host), "") << host;
}

TEST(CodeCommit, SignsTheRepositoryForAWhile) {
  AwsKeys keys;
  keys.id = "AKID";
  keys.secret = SecretString{"s3cr3t-key"};
  const auto host = parse_code_commit_host("git-codecommit.eu-west-1.amazonaws.com").value();
  const auto now = parse_rfc3339("2026-11-23T12:00:00Z").value();
  const auto login = code_commit_login(keys, host, "/v1/repos/app", now);
  EXPECT_EQ(login.username, "AKID");
  // Worked out with another implementation of HMAC, by the steps of git-remote-codecommit.
  EXPECT_EQ(
      login.password.reveal(), "20261123T120000Z7f92d3104aea750cf4450ef49898dcb43a0f08a788b4d708ad4f5f1220ec2f10"
  );
  EXPECT_EQ(login.expires_at - now, std::chrono::minutes{5});
  EXPECT_NE(code_commit_login(keys, host, "/v1/repos/other", now).password, login.password);
  keys.session_token = SecretString{"s3cr3t/token=="};
  EXPECT_EQ(code_commit_login(keys, host, "/v1/repos/app", now).username, "AKID%s3cr3t/token==");
}

TEST(AzureDevOps, HostsAreKnown) {
  EXPECT_TRUE(is_azure_devops("dev.azure.com"));
  EXPECT_TRUE(is_azure_devops("team.visualstudio.com"));
  for (const char* host :
       {"", ".visualstudio.com", "azure.com", "x.dev.azure.com", "dev.azure.com.example.com", "evilvisualstudio.com"})
    EXPECT_FALSE(is_azure_devops(host)) << host;
}

}  // namespace
}  // namespace weir::cloud
