#include "pkg/cloud/ecr_login.hpp"

#include "pkg/base/base64.hpp"
#include "test/contract/cloud/fake_cloud.hpp"

namespace weir::cloud {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class EcrLogin : public CloudTest {
 protected:
  EcrLogin() {
    environment_.variables["AWS_ENDPOINT_URL_ECR"] = cloud_.url();
    environment_.variables["AWS_ENDPOINT_URL_STS"] = cloud_.url();
    environment_.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = cloud_.url("/");
    cloud_.on("POST /", [this](const Asked& asked) {
      if (asked.body.starts_with("Action=AssumeRoleWithWebIdentity")) return sts_;
      return ecr_;
    });
  }
  void set_keys() {
    environment_.variables["AWS_ACCESS_KEY_ID"] = "AKID";
    environment_.variables["AWS_SECRET_ACCESS_KEY"] = "s3cr3t-key";
  }
  void set_web_identity() {
    environment_.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/var/run/token";
    environment_.variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/weir";
    environment_.files["/var/run/token"] = "s3cr3t-token\n";
  }
  void set_instance() {
    cloud_.on("PUT /latest/api/token", Answer{200, "s3cr3t-session", ""});
    cloud_.on("GET /latest/meta-data/iam/security-credentials/", Answer{200, "node-role\n", ""});
    cloud_.on("GET /latest/meta-data/iam/security-credentials/node-role", Answer{200, kContainerKeys, ""});
  }
  asio::awaitable<Login> login(const Session& session) {
    return ecr_login(session, parse_ecr_host("1.dkr.ecr.eu-west-1.amazonaws.com").value());
  }

  static constexpr const char* kContainerKeys =
      R"({"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"s3cr3t-key","Token":"s3cr3t-t","Expiration":"2026-11-23T18:00:00Z"})";
  Answer sts_{
      200,
      "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
      "<SecretAccessKey>s3cr3t-key</SecretAccessKey><SessionToken>s3cr3t-t</SessionToken>"
      "<Expiration>2026-11-23T13:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
      "</AssumeRoleWithWebIdentityResponse>",
      "Content-Type: text/xml\r\n"};
  Answer ecr_{
      200,
      text::cat(
          R"({"authorizationData":[{"authorizationToken":")",
          base64::encode("AWS:s3cr3t-password"),
          R"(","expiresAt":1795478400.123,"proxyEndpoint":"https://1.dkr.ecr.eu-west-1.amazonaws.com"}]})"
      ),
      ""};
};

TEST_F(EcrLogin, WithKeysOfTheEnvironment) {
  set_keys();
  const auto at = session();
  const auto got = run(login(at));
  EXPECT_EQ(got.username, "AWS");
  EXPECT_EQ(got.password.reveal(), "s3cr3t-password");
  EXPECT_EQ(after(got.expires_at), "43200 s");
  const auto log = cloud_.log();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].line, "POST /");
  EXPECT_EQ(log[0].body, "{}");
  EXPECT_EQ(log[0].header("x-amz-target"), "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
  EXPECT_EQ(log[0].header("content-type"), "application/x-amz-json-1.1");
  EXPECT_EQ(log[0].header("user-agent"), "weir-test/1");
  EXPECT_THAT(
      log[0].header("authorization"),
      HasSubstr("AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/ecr/aws4_request, "
                "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=")
  );
}

TEST_F(EcrLogin, ToThePublicRegistry) {
  set_keys();
  environment_.variables["AWS_ENDPOINT_URL_ECR_PUBLIC"] = cloud_.url();
  ecr_.body = text::cat(R"({"authorizationData":{"authorizationToken":")", base64::encode("AWS:s3cr3t"), R"("}})");
  const auto at = session();
  const auto got = run(ecr_login(at, parse_ecr_host("public.ecr.aws").value()));
  EXPECT_EQ(got.password.reveal(), "s3cr3t");
  EXPECT_EQ(after(got.expires_at), "43200 s");
  EXPECT_EQ(cloud_.log()[0].header("x-amz-target"), "SpencerFrontendService.GetAuthorizationToken");
  EXPECT_THAT(cloud_.log()[0].header("authorization"), HasSubstr("/us-east-1/ecr-public/aws4_request"));
}

TEST_F(EcrLogin, WithTheRoleOfAServiceAccount) {
  set_web_identity();
  const auto at = session();
  EXPECT_EQ(run(login(at)).username, "AWS");
  const auto log = cloud_.log();
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(
      log[0].body,
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fweir&"
      "RoleSessionName=weir&"
      "WebIdentityToken=s3cr3t-token"
  );
  EXPECT_EQ(log[0].header("authorization"), "");
  EXPECT_EQ(log[1].header("x-amz-security-token"), "s3cr3t-t");
  EXPECT_THAT(log[1].header("authorization"), HasSubstr("Credential=ASIA/"));
}

TEST_F(EcrLogin, WithPodIdentity) {
  environment_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = cloud_.url("/v1/credentials");
  environment_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/var/run/pods/token";
  environment_.files["/var/run/pods/token"] = "s3cr3t-pod";
  cloud_.on("GET /v1/credentials", Answer{200, kContainerKeys, ""});
  const auto at = session();
  EXPECT_EQ(run(login(at)).username, "AWS");
  EXPECT_EQ(cloud_.log()[0].header("authorization"), "s3cr3t-pod");
  EXPECT_EQ(cloud_.log()[1].header("x-amz-security-token"), "s3cr3t-t");
}

TEST_F(EcrLogin, PodIdentityGoesToNoOtherHostInPlain) {
  environment_.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://10.1.2.3/v1/credentials";
  environment_.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "s3cr3t-pod";
  const auto at = session();
  EXPECT_THAT(failure_of(login(at)), HasSubstr("http://10.1.2.3/v1/credentials speaks plain HTTP"));
}

TEST_F(EcrLogin, WithTheRoleOfTheInstance) {
  set_instance();
  const auto at = session();
  EXPECT_EQ(run(login(at)).username, "AWS");
  EXPECT_THAT(
      cloud_.lines(),
      ElementsAre(
          "PUT /latest/api/token",
          "GET /latest/meta-data/iam/security-credentials/",
          "GET /latest/meta-data/iam/security-credentials/node-role",
          "POST /"
      )
  );
  EXPECT_EQ(cloud_.log()[0].header("x-aws-ec2-metadata-token-ttl-seconds"), "300");
  EXPECT_EQ(cloud_.log()[2].header("x-aws-ec2-metadata-token"), "s3cr3t-session");
}

TEST_F(EcrLogin, SaysWhenThereIsNoIdentity) {
  environment_.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  const auto at = session();
  EXPECT_THAT(failure_of(login(at)), HasSubstr("no AWS credentials"));
  EXPECT_THAT(cloud_.lines(), IsEmpty());
}

TEST_F(EcrLogin, SaysWhichFileIsMissing) {
  set_web_identity();
  environment_.files.clear();
  const auto at = session();
  EXPECT_EQ(failure_of(login(at)), "STS AssumeRoleWithWebIdentity: the file /var/run/token cannot be read");
  environment_.variables.erase("AWS_ROLE_ARN");
  EXPECT_EQ(failure_of(login(at)), "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
}

TEST_F(EcrLogin, NamesTheCallAndTheCodeOfARefusal) {
  set_web_identity();
  const auto at = session();
  ecr_ = Answer{400, R"({"__type":"com.amazonaws.ecr#AccessDeniedException","message":"s3cr3t"})", ""};
  EXPECT_EQ(
      failure_of(login(at)),
      text::cat(
          "ecr:GetAuthorizationToken at ", cloud_.address(), ": unexpected status code 400: AccessDeniedException"
      )
  );
  sts_ = Answer{
      403,
      "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>s3cr3t-token</Message></Error></ErrorResponse>",
      ""};
  EXPECT_EQ(
      failure_of(login(at)),
      text::cat(
          "STS AssumeRoleWithWebIdentity at ", cloud_.address(), ": unexpected status code 403: InvalidIdentityToken"
      )
  );
}

TEST_F(EcrLogin, RefusesAnswersThatAreNone) {
  set_keys();
  const auto at = session();
  for (const std::string body :
       {"",
        "[]",
        "{}",
        R"({"authorizationData":[]})",
        R"({"authorizationData":[{}]})",
        R"({"authorizationData":"s3cr3t"})",
        R"({"authorizationData":[{"authorizationToken":"!"}]})",
        R"({"authorizationData":[{"authorizationToken":"QVdT"}]})"}) {
    ecr_ = Answer{200, body, ""};
    EXPECT_THAT(failure_of(login(at)), HasSubstr("ecr:GetAuthorizationToken: ")) << body;
  }
  environment_.variables.erase("AWS_ACCESS_KEY_ID");
  set_web_identity();
  for (const std::string body :
       {"", "<AccessKeyId>", "<AccessKeyId>a</AccessKeyId>", "<AccessKeyId><x>s3cr3t</x></AccessKeyId>"}) {
    sts_ = Answer{200, body, ""};
    EXPECT_THAT(failure_of(login(at)), HasSubstr("STS AssumeRoleWithWebIdentity: ")) << body;
  }
}

TEST_F(EcrLogin, TheEndpointOfTheServiceComesBeforeThatOfAll) {
  set_keys();
  environment_.variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
  const auto at = session();
  EXPECT_EQ(run(login(at)).username, "AWS");
  environment_.variables.erase("AWS_ENDPOINT_URL_ECR");
  environment_.variables["AWS_ENDPOINT_URL"] = cloud_.url("/base/");
  cloud_.on("POST /base/", [this](const Asked&) { return ecr_; });
  EXPECT_EQ(run(login(at)).username, "AWS");
  environment_.variables["AWS_ENDPOINT_URL"] = "no url";
  EXPECT_THAT(failure_of(login(at)), HasSubstr("AWS_ENDPOINT_URL: "));
}

}  // namespace
}  // namespace weir::cloud
