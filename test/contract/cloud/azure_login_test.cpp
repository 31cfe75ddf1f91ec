#include "pkg/cloud/azure_login.hpp"

#include "pkg/base/base64.hpp"
#include "test/contract/cloud/fake_cloud.hpp"

namespace weir::cloud {
namespace {

using testing::HasSubstr;

constexpr const char* kIdentityLine = "GET /metadata/identity/oauth2/token";
constexpr const char* kTokenLine = "POST /tenant/oauth2/v2.0/token";
constexpr const char* kExchangeLine = "POST /oauth2/exchange";

class AzureLogin : public CloudTest {
 protected:
  AzureLogin() {
    environment_.variables["AZURE_AUTHORITY_HOST"] = cloud_.url("/");
    environment_.variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = cloud_.url();
    cloud_.on(kTokenLine, Answer{200, R"({"access_token":"s3cr3t-aad","expires_in":3599})", ""});
    cloud_.on(kIdentityLine, Answer{200, R"({"access_token":"s3cr3t-imds","expires_in":"86399"})", ""});
    cloud_.on(kExchangeLine, Answer{200, text::cat(R"({"refresh_token":")", refresh_token(), R"("})"), ""});
  }
  static std::string refresh_token() {
    std::string claims = base64::encode(R"({"exp":1795444200})");
    while (claims.ends_with('=')) claims.pop_back();
    return text::cat("s3cr3t.", claims, ".x");
  }
  void set_workload_identity() {
    environment_.variables["AZURE_CLIENT_ID"] = "client";
    environment_.variables["AZURE_TENANT_ID"] = "tenant";
    environment_.variables["AZURE_FEDERATED_TOKEN_FILE"] = "/var/run/token";
    environment_.files["/var/run/token"] = "s3cr3t-federated";
  }
  http::Url registry() { return http::Url::parse(cloud_.url()).value(); }
};

TEST_F(AzureLogin, WithWorkloadIdentity) {
  set_workload_identity();
  const auto at = session();
  const auto got = run(azure_login(at, registry()));
  EXPECT_EQ(got.username, "00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(got.password.reveal(), refresh_token());
  EXPECT_EQ(after(got.expires_at), "9000 s");
  const auto log = cloud_.log();
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0].line, kTokenLine);
  EXPECT_EQ(
      log[0].body,
      "grant_type=client_credentials&client_id=client&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&"
      "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=s3cr3t-"
      "federated"
  );
  EXPECT_EQ(log[1].line, kExchangeLine);
  EXPECT_EQ(
      log[1].body,
      text::cat("grant_type=access_token&service=", http::percent_encode(cloud_.address()), "&access_token=s3cr3t-aad")
  );
}

TEST_F(AzureLogin, WithManagedIdentity) {
  environment_.variables["AZURE_CLIENT_ID"] = "user assigned";
  const auto at = session();
  EXPECT_EQ(run(azure_login(at, registry())).password.reveal(), refresh_token());
  EXPECT_EQ(
      cloud_.log()[0].line,
      text::cat(
          kIdentityLine, "?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com&client_id=user%20assigned"
      )
  );
  EXPECT_EQ(cloud_.log()[0].header("metadata"), "true");
  EXPECT_THAT(cloud_.log()[1].body, HasSubstr("&access_token=s3cr3t-imds"));
}

TEST_F(AzureLogin, WithAClientSecret) {
  set_workload_identity();
  environment_.variables["AZURE_CLIENT_SECRET"] = "s3cr3t&=";
  const auto at = session();
  run(azure_login(at, registry()));
  EXPECT_THAT(cloud_.log()[0].body, HasSubstr("&client_secret=s3cr3t%26%3D"));
}

TEST_F(AzureLogin, NamesTheCallAndTheCodeOfARefusal) {
  set_workload_identity();
  const auto at = session();
  cloud_.on(kExchangeLine, Answer{401, R"({"errors":[{"code":"UNAUTHORIZED","message":"s3cr3t"}]})", ""});
  EXPECT_EQ(
      failure_of(azure_login(at, registry())),
      text::cat("Azure registry token exchange at ", cloud_.address(), ": unexpected status code 401")
  );
  cloud_.on(kTokenLine, Answer{401, R"({"error":"invalid_client","error_description":"AADSTS700211: s3cr3t"})", ""});
  EXPECT_EQ(
      failure_of(azure_login(at, registry())),
      text::cat("Azure workload identity at ", cloud_.address(), ": unexpected status code 401: invalid_client")
  );
  environment_.variables.erase("AZURE_TENANT_ID");
  EXPECT_THAT(failure_of(azure_login(at, registry())), HasSubstr("AZURE_TENANT_ID is not"));
}

TEST_F(AzureLogin, RefusesAnswersThatAreNone) {
  const auto at = session();
  cloud_.on(kExchangeLine, Answer{200, "{}", ""});
  EXPECT_EQ(
      failure_of(azure_login(at, registry())), "Azure registry token exchange: expected \"refresh_token\" in the answer"
  );
  cloud_.on(kIdentityLine, Answer{200, "<html>s3cr3t", ""});
  EXPECT_EQ(failure_of(azure_login(at, registry())), "Azure managed identity: expected a JSON object as answer");
}

TEST_F(AzureLogin, ARedirectIsNoAnswer) {
  const auto at = session();
  cloud_.on(kExchangeLine, Answer{307, "", text::cat("Location: ", cloud_.url("/elsewhere"), "\r\n")});
  EXPECT_THAT(failure_of(azure_login(at, registry())), HasSubstr("unexpected status code 307"));
  EXPECT_EQ(cloud_.lines().back(), kExchangeLine);
}

}  // namespace
}  // namespace weir::cloud
