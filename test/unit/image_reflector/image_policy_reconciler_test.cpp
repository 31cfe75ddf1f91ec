// The steps of an ImagePolicy over a cluster in memory.

#include "test/unit/image_reflector/image_policy_bench.hpp"

namespace weir::image_reflector {
namespace {

using testing::HasSubstr;

class ImagePolicyReconcilerTest : public ::testing::Test, protected PolicyBench {};

TEST_F(ImagePolicyReconcilerTest, ChoosesFromTheTagsOfItsRepository) {
  add_policy();
  scan("1.0.0\n1.2.0\n2.0.0\n");
  begin();
  EXPECT_EQ(latest(), "registry.example.com/app:1.2.0");
  EXPECT_EQ(ready_text(), "True Succeeded: Latest image tag for registry.example.com/app resolved to 1.2.0");
  EXPECT_EQ(object()->status.observed_generation, 1);
}

TEST_F(ImagePolicyReconcilerTest, AScanWakesItAndWhatWasBeforeIsSaid) {
  add_policy();
  scan("1.0.0\n");
  begin();
  pass_after([&] { scan("1.0.0\n1.1.0\n"); });
  EXPECT_THAT(ready_text(), HasSubstr("resolved to 1.1.0 (previously registry.example.com/app:1.0.0)"));
}

TEST_F(ImagePolicyReconcilerTest, APassThatChoosesTheSameWritesNothing) {
  add_policy();
  scan("1.0.0\n");
  begin();
  const auto writes = world_.api.writes().size();
  pass();
  EXPECT_EQ(world_.api.writes().size(), writes);
}

TEST_F(ImagePolicyReconcilerTest, WaitsForTagsAndKeepsWhatItHadWhenNoneMatches) {
  add_policy();
  begin();
  EXPECT_THAT(ready_text(), HasSubstr("no tags in database"));
  pass_after([&] { scan("1.0.0\n"); });
  EXPECT_EQ(latest(), "registry.example.com/app:1.0.0");
  pass_after([&] { scan("2.0.0\n"); });
  EXPECT_THAT(ready_text(), HasSubstr("False Failure"));
  EXPECT_EQ(latest(), "registry.example.com/app:1.0.0");
}

TEST_F(ImagePolicyReconcilerTest, IsKeptOutOfARepositoryThatDoesNotLetItIn) {
  world_.api.edit("/api/v1/namespaces/apps", [](json::Value& it) { it["metadata"].erase("labels"); });
  add_policy();
  scan("1.0.0\n");
  begin();
  EXPECT_THAT(ready_text(), HasSubstr("False AccessDenied"));
  EXPECT_EQ(latest(), "");
}

TEST_F(ImagePolicyReconcilerTest, ARepositoryOfAnotherNamespaceIsRefusedWhereThatIsNotAllowed) {
  add_policy();
  scan("1.0.0\n");
  begin(Wakes::kAll, true);
  EXPECT_THAT(
      ready_text(),
      HasSubstr("False AccessDenied: cannot access 'ImageRepository/images/app', cross-namespace references have been "
                "blocked")
  );
  EXPECT_EQ(latest(), "");
}

}  // namespace
}  // namespace weir::image_reflector
