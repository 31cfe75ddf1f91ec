#include "pkg/access/reference.hpp"

#include <gtest/gtest.h>

#include "api/meta/v1/references.hpp"

namespace weir::access {
namespace {

TEST(Reference, WithoutANamespaceMeansTheObjectsOwn) {
  EXPECT_EQ(referred("shop", "", "web"), (kube::ObjectKey{"shop", "web"}));
  EXPECT_EQ(referred("shop", "infra", "web"), (kube::ObjectKey{"infra", "web"}));
}

TEST(Reference, IntoAnotherNamespaceIsRefusedInTheKindsWords) {
  EXPECT_FALSE(cross_namespace_refusal("cannot access", "shop", "GitRepository", {"shop", "web"}));
  EXPECT_EQ(
      cross_namespace_refusal("can't access", "shop", "GitRepository", {"infra", "web"}),
      "can't access 'GitRepository/infra/web', cross-namespace references have been blocked"
  );
}

}  // namespace
}  // namespace weir::access
