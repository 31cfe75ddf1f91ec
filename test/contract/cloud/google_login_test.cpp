#include "pkg/cloud/google_login.hpp"

#include "pkg/json/codec.hpp"
#include "test/contract/cloud/fake_cloud.hpp"
#include "test/support/rsa_key.hpp"

namespace weir::cloud {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kServerLine = "GET /computeMetadata/v1/instance/service-accounts/default/token";

class GoogleLogin : public CloudTest {
 protected:
  GoogleLogin() { environment_.variables["GCE_METADATA_HOST"] = cloud_.address(); }
  void set_file(const json::Value& content) {
    environment_.variables["GOOGLE_APPLICATION_CREDENTIALS"] = "/etc/key.json";
    environment_.files["/etc/key.json"] = json::write(content);
  }
  json::Value external_account() {
    return json::Value::object(
        {{"type", "external_account"},
         {"audience", "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k"},
         {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"},
         {"token_url", cloud_.url("/v1/token")},
         {"credential_source", json::Value::object({{"file", "/var/run/token"}})}}
    );
  }
};

TEST_F(GoogleLogin, WithTheMetadataServer) {
  cloud_.on(
      kServerLine,
      Answer{200, R"({"access_token":"s3cr3t","expires_in":1800,"token_type":"Bearer"})", "Metadata-Flavor: Google\r\n"}
  );
  const auto at = session();
  const auto got = run(google_login(at));
  EXPECT_EQ(got.username, "oauth2accesstoken");
  EXPECT_EQ(got.password.reveal(), "s3cr3t");
  EXPECT_EQ(after(got.expires_at), "1800 s");
  EXPECT_EQ(cloud_.log()[0].header("metadata-flavor"), "Google");
  EXPECT_EQ(
      cloud_.log()[0].line, text::cat(kServerLine, "?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform")
  );
}

TEST_F(GoogleLogin, AnotherServerIsNotBelieved) {
  cloud_.on(kServerLine, Answer{200, R"({"access_token":"s3cr3t"})", ""});
  const auto at = session();
  EXPECT_THAT(failure_of(google_login(at)), HasSubstr("something else answers"));
}

TEST_F(GoogleLogin, SaysWhatTheServerSaid) {
  const auto at = session();
  EXPECT_EQ(
      failure_of(google_login(at)),
      text::cat("Google metadata server at ", cloud_.address(), ": unexpected status code 404")
  );
  cloud_.on(kServerLine, Answer{200, "s3cr3t", "Metadata-Flavor: Google\r\n"});
  EXPECT_EQ(failure_of(google_login(at)), "Google metadata server: expected a JSON object as answer");
  cloud_.on(kServerLine, Answer{200, "{}", "Metadata-Flavor: Google\r\n"});
  EXPECT_EQ(failure_of(google_login(at)), "Google metadata server: expected \"access_token\" in the answer");
}

TEST_F(GoogleLogin, WithAServiceAccountKey) {
  set_file(json::Value::object(
      {{"type", "service_account"},
       {"client_email", "weir@p.iam.gserviceaccount.com"},
       {"private_key_id", "k1"},
       {"private_key", test::pem_of(test::new_rsa_key().get())},
       {"token_uri", cloud_.url("/token")}}
  ));
  cloud_.on("POST /token", Answer{200, R"({"access_token":"s3cr3t","expires_in":3599})", ""});
  const auto at = session();
  EXPECT_EQ(run(google_login(at)).password.reveal(), "s3cr3t");
  EXPECT_THAT(
      cloud_.log()[0].body,
      StartsWith("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
                 "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0.")
  );
}

TEST_F(GoogleLogin, WithUserCredentials) {
  set_file(json::Value::object(
      {{"type", "authorized_user"},
       {"client_id", "c"},
       {"client_secret", "s3cr3t-c"},
       {"refresh_token", "s3cr3t-r"},
       {"token_uri", cloud_.url("/token")}}
  ));
  cloud_.on("POST /token", Answer{200, R"({"access_token":"s3cr3t","expires_in":"60"})", ""});
  const auto at = session();
  EXPECT_EQ(after(run(google_login(at)).expires_at), "60 s");
  EXPECT_EQ(cloud_.log()[0].body, "grant_type=refresh_token&client_id=c&client_secret=s3cr3t-c&refresh_token=s3cr3t-r");
}

TEST_F(GoogleLogin, WithWorkloadIdentityFederation) {
  set_file(external_account());
  environment_.files["/var/run/token"] = "s3cr3t-subject\n";
  cloud_.on("POST /v1/token", Answer{200, R"({"access_token":"s3cr3t","expires_in":3600})", ""});
  const auto at = session();
  EXPECT_EQ(run(google_login(at)).password.reveal(), "s3cr3t");
  const auto body = cloud_.log()[0].body;
  EXPECT_THAT(
      body,
      StartsWith(
          "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&audience=%2F%2Fiam.googleapis.com%2F"
      )
  );
  EXPECT_THAT(
      body, HasSubstr("&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt&subject_token=s3cr3t-subject")
  );
}

TEST_F(GoogleLogin, WithATokenFromAUrlAndImpersonation) {
  auto file = external_account();
  file.set("service_account_impersonation_url", cloud_.url("/v1/projects/-/serviceAccounts/a:generateAccessToken"));
  file.set(
      "credential_source",
      json::Value::object(
          {{"url", cloud_.url("/subject")},
           {"headers", json::Value::object({{"Metadata", "True"}})},
           {"format", json::Value::object({{"type", "json"}, {"subject_token_field_name", "access_token"}})}}
      )
  );
  set_file(file);
  cloud_.on("GET /subject", Answer{200, R"({"access_token":"s3cr3t-subject"})", ""});
  cloud_.on("POST /v1/token", Answer{200, R"({"access_token":"s3cr3t-own","expires_in":3600})", ""});
  cloud_.on(
      "POST /v1/projects/-/serviceAccounts/a:generateAccessToken",
      Answer{200, R"({"accessToken":"s3cr3t-other","expireTime":"2026-11-23T12:30:00Z"})", ""}
  );
  const auto at = session();
  const auto got = run(google_login(at));
  EXPECT_EQ(got.password.reveal(), "s3cr3t-other");
  EXPECT_EQ(after(got.expires_at), "1800 s");
  const auto log = cloud_.log();
  EXPECT_EQ(log[0].header("metadata"), "True");
  EXPECT_THAT(log[1].body, HasSubstr("subject_token=s3cr3t-subject"));
  EXPECT_EQ(log[2].header("authorization"), "Bearer s3cr3t-own");
  EXPECT_EQ(log[2].body, R"({"scope":["https://www.googleapis.com/auth/cloud-platform"],"lifetime":"3600s"})");
}

TEST_F(GoogleLogin, SaysWhatTheFileLacks) {
  const auto at = session();
  environment_.variables["GOOGLE_APPLICATION_CREDENTIALS"] = "/etc/key.json";
  EXPECT_EQ(failure_of(google_login(at)), "GOOGLE_APPLICATION_CREDENTIALS: the file /etc/key.json cannot be read");
  environment_.files["/etc/key.json"] = "s3cr3t";
  EXPECT_EQ(failure_of(google_login(at)), "GOOGLE_APPLICATION_CREDENTIALS: expected JSON in the file /etc/key.json");
  set_file(json::Value::object({{"type", "gdch_service_account"}}));
  EXPECT_THAT(failure_of(google_login(at)), HasSubstr("\"gdch_service_account\" are not supported"));
  set_file(json::Value::object({{"type", "service_account"}, {"client_email", "a"}, {"private_key", "s3cr3t"}}));
  EXPECT_EQ(
      failure_of(google_login(at)), "Google service account key: private_key: expected an RSA private key in PEM"
  );
  auto file = external_account();
  file.set("credential_source", json::Value::object({{"environment_id", "aws1"}}));
  set_file(file);
  EXPECT_THAT(failure_of(google_login(at)), HasSubstr("neither a file nor a url"));
  EXPECT_THAT(cloud_.lines(), testing::IsEmpty());
}

}  // namespace
}  // namespace weir::cloud
