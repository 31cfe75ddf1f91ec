#include "pkg/cloud/git_logins.hpp"

#include "test/contract/cloud/fake_cloud.hpp"

namespace weir::cloud {
namespace {

using testing::HasSubstr;

class CloudGitLogin : public CloudTest {
 protected:
  GitLogins logins_{transport_, environment_, clock_, GitLogins::Options{}};
};

TEST_F(CloudGitLogin, ToAzureDevOpsIsATokenOfThePod) {
  environment_.variables["AZURE_CLIENT_ID"] = "client";
  environment_.variables["AZURE_TENANT_ID"] = "tenant";
  environment_.variables["AZURE_FEDERATED_TOKEN_FILE"] = "/var/run/token";
  environment_.variables["AZURE_AUTHORITY_HOST"] = cloud_.url();
  environment_.files["/var/run/token"] = "s3cr3t-assertion";
  cloud_.on("POST /tenant/oauth2/v2.0/token", Answer{200, R"({"access_token":"s3cr3t-token","expires_in":3600})", ""});
  for (int time = 0; time < 2; ++time) {
    const auto got = run(logins_.azure(transport_));
    EXPECT_EQ(got.username, "");
    EXPECT_EQ(got.password.reveal(), "s3cr3t-token");
  }
  const auto log = cloud_.log();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_THAT(log[0].body, HasSubstr("&scope=https%3A%2F%2Fapp.vssps.visualstudio.com%2F.default&"));
  clock_.wall += std::chrono::seconds{2'880};
  cloud_.on(
      "POST /tenant/oauth2/v2.0/token", Answer{400, R"({"error":"invalid_client","error_description":"s3cr3t"})", ""}
  );
  EXPECT_THAT(failure_of(logins_.azure(transport_)), HasSubstr("unexpected status code 400: invalid_client"));
}

TEST_F(CloudGitLogin, ToCodeCommitIsASignatureForEachRepository) {
  environment_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = cloud_.url("/v1/credentials");
  cloud_.on(
      "GET /v1/credentials",
      Answer{200, R"({"AccessKeyId":"ASIA","SecretAccessKey":"s3cr3t-key","Token":"s3cr3t-t"})", ""}
  );
  const auto host = parse_code_commit_host("git-codecommit.eu-west-1.amazonaws.com").value();
  const auto app = run(logins_.aws(host, "/v1/repos/app", transport_));
  EXPECT_EQ(app.username, "ASIA%s3cr3t-t");
  EXPECT_EQ(app.password.reveal().substr(0, 16), "20261123T120000Z");
  EXPECT_NE(run(logins_.aws(host, "/v1/repos/other", transport_)).password, app.password);
  EXPECT_EQ(cloud_.log().size(), 2U);
  clock_.wall += std::chrono::seconds{239};
  EXPECT_EQ(run(logins_.aws(host, "/v1/repos/app", transport_)).password, app.password);
  EXPECT_EQ(cloud_.log().size(), 2U);
  clock_.wall += std::chrono::seconds{1};
  EXPECT_EQ(run(logins_.aws(host, "/v1/repos/app", transport_)).password.reveal().substr(0, 16), "20261123T120400Z");
  cloud_.on("GET /v1/credentials", Answer{403, "", ""});
  EXPECT_THAT(failure_of(logins_.aws(host, "/v1/repos/new", transport_)), HasSubstr("AWS container credentials at "));
}

}  // namespace
}  // namespace weir::cloud
