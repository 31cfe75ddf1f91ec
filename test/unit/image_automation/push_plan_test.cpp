#include "controllers/image_automation/push_plan.hpp"

#include <gtest/gtest.h>

namespace weir::image_automation {
namespace {

using api::GitRepositoryRef;
using api::image::GitSpec;

GitRepositoryRef branch(const std::string& name) {
  GitRepositoryRef out;
  out.branch = name;
  return out;
}

GitSpec push(const std::string& to, const std::string& refspec = "") {
  GitSpec out;
  out.push.emplace();
  out.push->branch = to;
  out.push->refspec = refspec;
  return out;
}

TEST(PushPlan, TheBranchComesFromTheNearestPlaceThatNamesOne) {
  const auto of_source = branch("main");
  EXPECT_EQ(make_push_plan({}, nullptr)->branch, "master");
  EXPECT_EQ(make_push_plan({}, &of_source)->branch, "main");
  GitSpec own;
  own.checkout.emplace();
  own.checkout->ref = branch("staging");
  const auto plan = make_push_plan(own, &of_source);
  EXPECT_EQ(plan->branch, "staging");
  EXPECT_EQ(plan->checkout.branch, "staging");
  EXPECT_FALSE(plan->switches);
  EXPECT_EQ(plan->references, std::vector{git::PushTarget{"refs/heads/staging"}});
}

TEST(PushPlan, AnotherBranchSwitches) {
  const auto of_source = branch("main");
  EXPECT_TRUE(make_push_plan(push("auto"), &of_source)->switches);
  EXPECT_FALSE(make_push_plan(push("main"), &of_source)->switches);
  GitRepositoryRef tag;
  tag.tag = "v1";
  EXPECT_TRUE(make_push_plan(push("auto"), &tag)->switches);
  EXPECT_EQ(make_push_plan({}, &tag).error().where, "spec.git.push.branch");
  GitRepositoryRef name;
  name.name = "refs/heads/release";
  EXPECT_EQ(make_push_plan({}, &name)->branch, "release");
}

TEST(PushPlan, ARefspecStartsAtThePushedBranch) {
  const auto main = branch("main");
  const auto plan = make_push_plan(push("", "+refs/heads/main:refs/for/main"), &main);
  EXPECT_EQ(plan->references, (std::vector{git::PushTarget{"refs/heads/main"}, git::PushTarget{"refs/for/main", true}}))
      << "the plus is for what it stands before: a colleague's push to the branch is not lost";
  EXPECT_EQ(make_push_plan(push("", "HEAD:review"), &main)->references.back(), git::PushTarget{"refs/heads/review"});
  EXPECT_EQ(
      make_push_plan(push("", "+HEAD:main"), &main)->references, (std::vector{git::PushTarget{"refs/heads/main", true}})
  );
  EXPECT_EQ(make_push_plan(push("", "main"), &main)->references.size(), 1u);
  for (const char* wrong : {"other:review", "refs/heads/main:refs/heads/*", ":refs/heads/main", "HEAD"}) {
    EXPECT_EQ(make_push_plan(push("", wrong), &main).error().where, "spec.git.push.refspec") << wrong;
  }
}

TEST(PushPlan, OptionsAreWrittenAsGitTakesThem) {
  auto git = push("");
  git.push->options = {{"merge_request.create", ""}, {"ci.skip", "yes"}};
  EXPECT_EQ(make_push_plan(git, nullptr)->options, (std::vector<std::string>{"ci.skip=yes", "merge_request.create="}));
}

}  // namespace
}  // namespace weir::image_automation
