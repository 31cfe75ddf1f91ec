#include <gmock/gmock.h>

#include "pkg/cloud/azure_login.hpp"
#include "pkg/cloud/ecr_login.hpp"
#include "pkg/cloud/google_login.hpp"
#include "pkg/cloud/registry_logins.hpp"

namespace weir::cloud {
namespace {

std::string endpoint_of(std::string_view host) {
  const auto endpoint = parse_ecr_host(host);
  return endpoint ? endpoint->region + " " + endpoint->url : "none";
}

TEST(RegistryHosts, OfAws) {
  EXPECT_EQ(
      endpoint_of("012345678901.dkr.ecr.eu-west-1.amazonaws.com"), "eu-west-1 https://api.ecr.eu-west-1.amazonaws.com"
  );
  EXPECT_EQ(
      endpoint_of("012345678901.dkr.ecr.cn-north-1.amazonaws.com.cn"),
      "cn-north-1 https://api.ecr.cn-north-1.amazonaws.com.cn"
  );
  EXPECT_EQ(
      endpoint_of("012345678901.dkr.ecr-fips.us-gov-west-1.amazonaws.com"),
      "us-gov-west-1 https://ecr-fips.us-gov-west-1.amazonaws.com"
  );
  EXPECT_EQ(endpoint_of("012345678901.dkr-ecr.us-east-2.on.aws"), "us-east-2 https://ecr.us-east-2.api.aws");
  EXPECT_EQ(endpoint_of("public.ecr.aws"), "us-east-1 https://api.ecr-public.us-east-1.amazonaws.com");
  for (const char* host :
       {"dkr.ecr.eu-west-1.amazonaws.com",
        "x.dkr.ecr.eu-west-1.amazonaws.com",
        "1.dkr.ecr.eu.west.amazonaws.com",
        "1.dkr.ecr..amazonaws.com",
        "1.dkr.ecr.eu-west-1.amazonaws.com.evil.com",
        "1.dkr.ecr.eu-west-1.evilamazonaws.com",
        "1.dkr.ecr.eu-west-1.amazonaws.com:443",
        "gallery.ecr.aws",
        "1.dkr-ecr.eu-west-1.amazonaws.com",
        ""})
    EXPECT_EQ(endpoint_of(host), "none") << host;
}

TEST(RegistryHosts, OfAzure) {
  for (const char* host : {"team.azurecr.io", "team.azurecr.cn", "team.azurecr.us", "team.azurecr.de"})
    EXPECT_TRUE(is_azure_registry(host)) << host;
  for (const char* host :
       {".azurecr.io", "azurecr.io", "team.azurecr.io.evil.com", "teamazurecr.io", "team.azurecr.com"})
    EXPECT_FALSE(is_azure_registry(host)) << host;
}

TEST(RegistryHosts, OfGoogle) {
  for (const char* host : {"gcr.io", "eu.gcr.io", "europe-west1-docker.pkg.dev", "docker.s3nsregistry.fr"})
    EXPECT_TRUE(is_google_registry(host)) << host;
  for (const char* host : {"evilgcr.io", "gcr.io.evil.com", "docker.pkg.dev", "europe-python.pkg.dev"})
    EXPECT_FALSE(is_google_registry(host)) << host;
}

/// A login must never go to a host that is none of the cloud's.
TEST(RegistryHosts, AreCheckedBeforeASignIn) {
  EXPECT_THAT(
      login_key(Provider::kAws, "ghcr.io").error().text(), testing::HasSubstr("\"ghcr.io\" is no registry of AWS")
  );
  EXPECT_THAT(
      login_key(Provider::kAzure, "ghcr.io").error().text(), testing::HasSubstr("\"ghcr.io\" is no registry of Azure")
  );
  EXPECT_THAT(
      login_key(Provider::kGoogle, "ghcr.io").error().text(), testing::HasSubstr("\"ghcr.io\" is no registry of Google")
  );
  EXPECT_EQ(
      login_key(Provider::kAws, "1.dkr.ecr.eu-west-1.amazonaws.com").value(),
      login_key(Provider::kAws, "2.dkr.ecr.eu-west-1.amazonaws.com").value()
  );
  EXPECT_NE(login_key(Provider::kAzure, "a.azurecr.io").value(), login_key(Provider::kAzure, "b.azurecr.io").value());
}

TEST(RegistryHosts, ProvidersHaveTheNamesOfTheApi) {
  EXPECT_EQ(parse_provider("aws"), Provider::kAws);
  EXPECT_EQ(parse_provider("azure"), Provider::kAzure);
  EXPECT_EQ(parse_provider("gcp"), Provider::kGoogle);
  EXPECT_EQ(parse_provider("generic"), std::nullopt);
}

}  // namespace
}  // namespace weir::cloud
