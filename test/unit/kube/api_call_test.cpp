#include "pkg/kube/api_call.hpp"

#include <gmock/gmock.h>

namespace weir::kube {
namespace {

TEST(ApiCall, TheResourceIsReadFromThePathWithoutNames) {
  EXPECT_EQ(resource_in_path("/api/v1/namespaces/shop/secrets/login"), "secrets");
  EXPECT_EQ(resource_in_path("/api/v1/secrets"), "secrets");
  EXPECT_EQ(resource_in_path("/apis/apps/v1/namespaces/shop/deployments/web/status"), "deployments/status");
  EXPECT_EQ(resource_in_path("/apis/rbac.authorization.k8s.io/v1/clusterroles/view"), "clusterroles");
  EXPECT_EQ(resource_in_path("/api/v1/namespaces"), "namespaces");
  EXPECT_EQ(resource_in_path("/api/v1/namespaces/shop"), "namespaces");
  for (const auto* path : {"/version", "/api/v1", "/apis/apps/v1", "/apis", "/", ""})
    EXPECT_EQ(resource_in_path(path), "") << path;
}

TEST(ApiCall, TheApiVersionIsReadFromThePath) {
  EXPECT_EQ(api_version_in_path("/apis/apps/v1/namespaces/shop/deployments/web"), "apps/v1");
  EXPECT_EQ(api_version_in_path("/api/v1/pods"), "v1");
  for (const auto* path : {"/version", "/apis", "/apis/apps", "/", ""})
    EXPECT_EQ(api_version_in_path(path), "") << path;
}

TEST(ApiCall, TheVerbIsTheOneOfRbac) {
  const std::string one = "/apis/apps/v1/namespaces/shop/deployments/web";
  const std::string all = "/apis/apps/v1/deployments";
  EXPECT_EQ(verb_of("GET", one, ""), "get");
  EXPECT_EQ(verb_of("GET", all, ""), "list");
  EXPECT_EQ(verb_of("POST", all, "application/json"), "create");
  EXPECT_EQ(verb_of("PUT", one, "application/json"), "update");
  EXPECT_EQ(verb_of("PATCH", one, "application/merge-patch+json"), "patch");
  EXPECT_EQ(verb_of("PATCH", one, "application/apply-patch+yaml"), "apply");
  EXPECT_EQ(verb_of("DELETE", one, ""), "delete");
  EXPECT_EQ(verb_of("DELETE", all, ""), "deletecollection");
  EXPECT_EQ(verb_of("GET", "/apis/apps/v1", ""), "discovery");
}

}  // namespace
}  // namespace weir::kube
