#include "pkg/kube/resource.hpp"

#include <gtest/gtest.h>

#include "pkg/kube/api_error.hpp"

namespace weir::kube {
namespace {

TEST(Resource, BuildsPaths) {
  const Resource deployments{"apps", "v1", "Deployment", "deployments", true};
  EXPECT_EQ(deployments.path("prod", "web"), "/apis/apps/v1/namespaces/prod/deployments/web");
  EXPECT_EQ(deployments.path(""), "/apis/apps/v1/deployments");
  EXPECT_EQ(core::namespaces().path("", "prod"), "/api/v1/namespaces/prod");
  EXPECT_EQ(core::secrets().path("prod", "a:b/c"), "/api/v1/namespaces/prod/secrets/a%3Ab%2Fc");
}

TEST(Resource, SplitsApiVersions) {
  EXPECT_EQ(split_api_version("apps/v1").group, "apps");
  EXPECT_EQ(split_api_version("v1").group, "");
  EXPECT_EQ(split_api_version("v1").version, "v1");
}

TEST(ApiError, ReadsTheStatusOfTheAnswer) {
  const auto error =
      ApiError::from_body(409, R"({"kind":"Status","reason":"AlreadyExists","message":"it is there","code":409})");
  EXPECT_TRUE(error.is_already_exists());
  EXPECT_STREQ(error.what(), "it is there");
  EXPECT_STREQ(ApiError::from_body(502, "bad gateway\n").what(), "the server answered 502: bad gateway");
  EXPECT_STREQ(ApiError::from_body(500, "").what(), "the server answered 500");
}

}  // namespace
}  // namespace weir::kube
