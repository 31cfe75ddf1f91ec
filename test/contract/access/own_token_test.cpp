// The controller's own token goes only where the system's authorities vouch for the server, whatever an object says of
// proxies, authorities and plain HTTP.

#include <gmock/gmock.h>

#include "controllers/image_reflector/registry.hpp"
#include "pkg/access/git.hpp"
#include "pkg/access/secret.hpp"
#include "pkg/base/base64.hpp"
#include "test/contract/cloud/fake_cloud.hpp"

namespace weir::image_reflector {
namespace {

using cloud::Answer;
using testing::HasSubstr;

constexpr const char* kGoogle = "europe-west1-docker.pkg.dev";
constexpr const char* kAuthority = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";

class OwnToken : public cloud::CloudTest {
 protected:
  OwnToken() {
    environment_.variables["GCE_METADATA_HOST"] = cloud_.address();
    cloud_.on(
        "GET /computeMetadata/v1/instance/service-accounts/default/token",
        Answer{200, R"({"access_token":"s3cr3t","expires_in":1000})", "Metadata-Flavor: Google\r\n"}
    );
    for (const auto* method : {"GET http://", "GET "})
      thief_.on(text::cat(method, kGoogle, "/v2/"), Answer{401, "", "WWW-Authenticate: Basic realm=\"x\"\r\n"});
    secret("proxy", "address", thief_.url());
    secret("authority", "ca.crt", kAuthority);
    object_.metadata.namespace_ = "tenant";
    object_.spec.image = text::cat(kGoogle, "/team/app");
    object_.spec.provider = "gcp";
  }

  /// As the API server has it.
  void secret(const std::string& name, const std::string& key, const std::string& value) {
    const std::string document = text::cat(
        R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":")",
        name,
        R"(","namespace":"tenant"},"data":{")",
        key,
        "\":\"",
        base64::encode(value),
        "\"}}"
    );
    cloud_.on(
        text::cat("GET /api/v1/namespaces/tenant/secrets/", name),
        Answer{200, document, "Content-Type: application/json\r\n"}
    );
  }
  static kube::ClusterConfig cluster(const std::string& url) {
    kube::ClusterConfig out;
    out.server = *http::Url::parse(url);
    out.credentials = std::make_shared<kube::StaticCredentials>(SecretString{});
    return out;
  }
  std::string list() {
    try {
      access::RegistryAccess registries{{client_, connections_, logins_, cpu_, clock_, "weir-test/1", 100}};
      const auto name = oci::parse_repository(object_.spec.image).value();
      const auto registry = run(open_registry(registries, object_, name, log_));
      run(registry->client().list_tags());
    } catch (const std::exception& error) {
      return error.what();
    }
    return "listed";
  }

  cloud::FakeCloud thief_;  // the tenant's proxy
  http::ClientCache connections_{reactor_.get_executor()};
  kube::Client client_{transport_, cluster(cloud_.url()), kube::Identity{}};
  cloud::RegistryLogins logins_{transport_, environment_, clock_, cloud::RegistryLogins::Options{}};
  async::BlockingPool cpu_{"cpu", 1, 8};
  log::Logger log_;
  api::image::ImageRepository object_;
};

TEST_F(OwnToken, IsNotSentInPlainToAProxyWhateverInsecureSays) {
  object_.spec.insecure = true;
  object_.spec.proxy_secret_ref.emplace();
  object_.spec.proxy_secret_ref->name = "proxy";
  EXPECT_NE(list(), "listed");
  ASSERT_FALSE(thief_.log().empty());
  for (const auto& asked : thief_.log()) {
    EXPECT_THAT(asked.line, testing::StartsWith("CONNECT ")) << "all that a proxy sees is where to";
    EXPECT_EQ(asked.header("authorization"), "");
  }
}

TEST_F(OwnToken, IsNotSentToServersThatOnlyTheObjectVouchesFor) {
  object_.spec.cert_secret_ref.emplace();
  object_.spec.cert_secret_ref->name = "authority";
  EXPECT_THAT(list(), HasSubstr("secret 'tenant/authority': ca.crt: not allowed with spec.provider gcp"));

  const access::GitAccess::Parts parts{client_, connections_, environment_, clock_};
  access::GitAccess remotes{parts, cloud::GitLogins::Options{}};
  api::source::GitRepository repository;
  repository.metadata.namespace_ = "tenant";
  repository.spec.url = "https://dev.azure.com/org/project/_git/app";
  repository.spec.provider = "azure";
  repository.spec.secret_ref.emplace();
  repository.spec.secret_ref->name = "authority";
  try {
    run(remotes.open(repository, *git::Url::parse(repository.spec.url)));
    FAIL();
  } catch (const access::AccessError& error) {
    EXPECT_THAT(
        error.what(), HasSubstr("secret 'tenant/authority': ca.crt: not allowed with a provider that signs in")
    );
  }
}

TEST_F(OwnToken, IsNotAskedForInPlainThroughAProxy) {
  // Whoever runs the controller may name plain endpoints; the proxy is a tenant's.
  environment_.variables["AZURE_CLIENT_ID"] = "client";
  environment_.variables["AZURE_TENANT_ID"] = "tenant";
  environment_.variables["AZURE_CLIENT_SECRET"] = "s3cr3t-of-the-application";
  environment_.variables["AZURE_AUTHORITY_HOST"] = cloud_.url();
  cloud_.on("POST /tenant/oauth2/v2.0/token", Answer{200, R"({"access_token":"s3cr3t","expires_in":1000})", ""});
  http::ConnectionOptions connection;
  connection.proxy.address = thief_.url();
  const auto outbound = connections_.get(connection);
  cloud::GitLogins logins{transport_, environment_, clock_, cloud::GitLogins::Options{}};
  EXPECT_EQ(run(logins.azure(*outbound)).password.reveal(), "s3cr3t");
  EXPECT_TRUE(thief_.log().empty());
}

}  // namespace
}  // namespace weir::image_reflector
