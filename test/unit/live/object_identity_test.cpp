#include <gtest/gtest.h>

#include "api/meta/v1/inventory.hpp"

namespace weir::api {
namespace {

TEST(ObjectIdentity, IdsAreThoseThatFluxTreeReads) {
  EXPECT_EQ((ObjectIdentity{"apps", "web", "apps", "Deployment"}.id()), "apps_web_apps_Deployment");
  EXPECT_EQ(
      (ObjectIdentity{"", "system:admin", "rbac.authorization.k8s.io", "ClusterRole"}.id()),
      "_system__admin_rbac.authorization.k8s.io_ClusterRole"
  );
}

TEST(ObjectIdentity, ReadsWhatItWrites) {
  for (const auto& identity :
       {ObjectIdentity{"apps", "web", "apps", "Deployment"},
        ObjectIdentity{"", "a:b:c", "x.io", "Thing"},
        ObjectIdentity{"apps", "settings", "", "ConfigMap"}}) {
    EXPECT_EQ(ObjectIdentity::parse(identity.id()).value(), identity) << identity.id();
  }
}

TEST(ObjectIdentity, RefusesOtherTexts) {
  for (const auto* text : {"", "_", "a_b", "a_b_c", "apps__apps_Deployment", "a_b_c_"}) {
    EXPECT_TRUE(ObjectIdentity::parse(text).has_error()) << text;
  }
}

}  // namespace
}  // namespace weir::api
