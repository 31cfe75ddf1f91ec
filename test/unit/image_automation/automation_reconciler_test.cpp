// The steps of an ImageUpdateAutomation, over a cluster in memory and a Git server without a network.

#include "pkg/base/time.hpp"
#include "test/unit/image_automation/automation_bench.hpp"

namespace weir::image_automation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kReady = "True Succeeded: repository up-to-date";

class AutomationReconcilerTest : public ::testing::Test, protected AutomationBench {
 protected:
  AutomationReconcilerTest() { server_.commit("main", {{"app.yaml", manifest("1.0.0")}, {"other.yaml", "a: b\n"}}); }
  /// 1.1.0 has been pushed.
  void push_first() {
    add_automation();
    select("1.1.0");
    begin();
    ASSERT_EQ(ready_text(), kReady);
    ASSERT_THAT(server_.pushed(), SizeIs(1));
  }
  std::size_t asked() const { return server_.asked().size(); }
  std::string revision() const { return text::cat("main@sha1:", server_.head("main")); }
  void expect_stalled(const std::string& text) const {
    EXPECT_THAT(ready_text(), StartsWith(text::cat("False ", text)));
    EXPECT_TRUE(api::is_condition_true(object()->status.conditions, api::condition::kStalled));
    EXPECT_EQ(object()->status.observed_generation, object()->metadata.generation);
    EXPECT_THAT(server_.asked(), IsEmpty());
  }
};

TEST_F(AutomationReconcilerTest, WritesTheImageAndPushesACommit) {
  push_first();
  EXPECT_EQ(deployed(), manifest("1.1.0"));
  EXPECT_EQ(server_.files("main").at("other.yaml"), "a: b\n");
  EXPECT_THAT(server_.history("main"), SizeIs(2));
  const auto status = object()->status;
  EXPECT_EQ(status.last_push_commit, server_.head("main"));
  EXPECT_EQ(status.last_push_time, to_rfc3339(world_.clock.wall_now()));
  EXPECT_EQ(status.observed_source_revision, revision());
  EXPECT_EQ(status.observed_policies.at("app").tag, "1.1.0");
  EXPECT_EQ(status.observed_generation, 1);
}

TEST_F(AutomationReconcilerTest, WhatIsWrittenAlreadyIsNoCommit) {
  add_automation();
  select("1.0.0");
  begin();
  EXPECT_EQ(ready_text(), kReady);
  EXPECT_THAT(server_.pushed(), IsEmpty());
  EXPECT_EQ(object()->status.last_push_commit, "");
}

TEST_F(AutomationReconcilerTest, WhatHasNotChangedIsOneRequest) {
  push_first();
  const auto before = asked();
  pass();
  EXPECT_EQ(asked(), before + 1);
  EXPECT_THAT(server_.pushed(), SizeIs(1));
}

TEST_F(AutomationReconcilerTest, AnotherImageWakesIt) {
  push_first();
  pass_after([this] { select("1.2.0"); });
  EXPECT_EQ(deployed(), manifest("1.2.0"));
  EXPECT_EQ(object()->status.last_push_commit, server_.head("main"));
}

TEST_F(AutomationReconcilerTest, ACommitOfSomebodyElseIsLookedAt) {
  push_first();
  server_.commit("main", {{"app.yaml", manifest("0.9.0")}});
  pass();
  EXPECT_EQ(deployed(), manifest("1.1.0"));
  EXPECT_THAT(server_.pushed(), SizeIs(2));
  EXPECT_EQ(object()->status.observed_source_revision, revision());
}

TEST_F(AutomationReconcilerTest, AnotherBranchIsMadeAndCarriedOn) {
  add_automation(R"(, "push": {"branch": "images"})");
  select("1.1.0");
  begin();
  EXPECT_EQ(deployed(), manifest("1.0.0"));
  EXPECT_EQ(deployed("images"), manifest("1.1.0"));
  pass_after([this] { select("1.2.0"); });
  EXPECT_EQ(deployed("images"), manifest("1.2.0"));
  EXPECT_THAT(server_.history("images"), SizeIs(3));
  EXPECT_EQ(object()->status.last_push_commit, server_.head("images"));
}

TEST_F(AutomationReconcilerTest, WhoeverPushesFirstIsBuiltUpon) {
  add_automation();
  select("1.1.0");
  server_.before_push([this] {
    server_.commit("main", {{"app.yaml", manifest("1.0.0")}, {"other.yaml", "a: changed\n"}});
  });
  begin();
  EXPECT_EQ(ready_text(), kReady);
  EXPECT_EQ(deployed(), manifest("1.1.0"));
  EXPECT_EQ(server_.files("main").at("other.yaml"), "a: changed\n");
  EXPECT_THAT(server_.pushed(), ElementsAre(server_.head("main")));
}

TEST_F(AutomationReconcilerTest, APushThatIsRefusedIsToldInTheServersWordsAndTriedAgain) {
  add_automation();
  select("1.1.0");
  server_.refuse_pushes("pre-receive hook declined");
  begin();
  EXPECT_THAT(ready_text(), StartsWith("False GitOperationFailed: failed to update source: "));
  EXPECT_THAT(ready_text(), HasSubstr("pre-receive hook declined"));
  EXPECT_EQ(object()->status.last_push_commit, "");
  server_.refuse_pushes("");
  pass();
  EXPECT_EQ(ready_text(), kReady);
  EXPECT_THAT(server_.pushed(), SizeIs(1));
}

TEST_F(AutomationReconcilerTest, AServerThatIsDownIsTold) {
  push_first();
  server_.set_down(true);
  pass_after([this] { select("1.2.0"); });
  EXPECT_THAT(ready_text(), StartsWith("False GitOperationFailed: failed to checkout source: "));
  server_.set_down(false);
  pass();
  EXPECT_EQ(ready_text(), kReady);
  EXPECT_EQ(deployed(), manifest("1.2.0"));
}

TEST_F(AutomationReconcilerTest, ABranchThatIsMissingIsTold) {
  add_automation();
  select("1.1.0");
  server_.remove_branch("main");
  server_.commit("other", {{"app.yaml", manifest("1.0.0")}});
  begin();
  EXPECT_THAT(ready_text(), StartsWith("False GitOperationFailed: failed to checkout source: "));
  EXPECT_THAT(ready_text(), HasSubstr("refs/heads/main"));
}

TEST_F(AutomationReconcilerTest, ASourceThatIsMissingIsNamed) {
  add_automation();
  world_.api.remove(kSourcePath);
  begin();
  EXPECT_THAT(
      ready_text(),
      StartsWith(
          "False SourceManagerFailed: failed configuring source manager: referenced git repository does not exist: "
          "GitRepository \"apps/source\" not found"
      )
  );
  EXPECT_THAT(server_.asked(), IsEmpty());
}

TEST_F(AutomationReconcilerTest, ASourceOfAnotherNamespaceIsRefusedWhereThatIsNotAllowed) {
  add(R"("sourceRef": {"kind": "GitRepository", "name": "source", "namespace": "other"}, "interval": "10m", "git":
      {"commit": {"author": {"email": "robot@example.com"}}})");
  begin(Wakes::kAll, true);
  expect_stalled(
      "AccessDenied: cannot access 'GitRepository/other/source', cross-namespace references have been blocked"
  );
}

TEST_F(AutomationReconcilerTest, ASpecThatCannotBeMeantStallsAndAsksNobody) {
  const std::string source = R"("sourceRef": {"kind": "GitRepository", "name": "source"}, "interval": "10m")";
  const std::string author = R"("author": {"email": "robot@example.com"})";
  const std::pair<std::string, const char*> cases[] = {
      {source, "InvalidSourceConfiguration: spec.git: required"},
      {text::cat(R"("sourceRef": {"kind": "Bucket", "name": "source"}, "git": {"commit": {)", author, "}}"),
       "InvalidSourceConfiguration: spec.sourceRef.kind: "},
      {text::cat(source, R"(, "update": {"strategy": "Guess"}, "git": {"commit": {)", author, "}}"),
       "InvalidUpdateStrategy: "},
      {text::cat(
           source,
           R"(, "policySelector": {"matchExpressions": [{"key": "a", "operator": "Near"}]}, "git": {"commit": {)",
           author,
           "}}"
       ),
       "InvalidPolicySelector: "},
      {text::cat(source, R"(, "git": {"commit": {"messageTemplate": "{{", )", author, "}}"), "InvalidSpec: "},
      {text::cat(source, R"(, "git": {"push": {"refspec": "other:x"}, "commit": {)", author, "}}"),
       "InvalidSourceConfiguration: spec.git.push.refspec: "},
      {text::cat(
           source, R"(, "git": {"commit": {"signingKey": {"type": "wax", "secretRef": {"name": "x"}}, )", author, "}}"
       ),
       "InvalidSourceConfiguration: spec.git.commit.signingKey.type: "},
  };
  for (const auto& [spec, text] : cases) {
    add(spec);
    begin();
    expect_stalled(text);
    end();
  }
}

TEST_F(AutomationReconcilerTest, CredentialsOfTheSourceSignIn) {
  server_.demand("robot", "hunter2");
  world_.api.edit(kSourcePath, [](json::Value& source) {
    source["spec"].set("secretRef", *json::parse(R"({"name": "login"})"));
  });
  add_automation();
  select("1.1.0");
  begin();
  EXPECT_THAT(
      ready_text(),
      StartsWith("False SourceManagerFailed: failed configuring source manager: failed to get secret 'apps/login'")
  );
  add_secret("login", {{"username", "robot"}, {"password", "hunter2"}});
  pass();
  EXPECT_EQ(ready_text(), kReady);
  EXPECT_EQ(deployed(), manifest("1.1.0"));
}

TEST_F(AutomationReconcilerTest, WithoutItsSigningKeyNothingIsPushed) {
  add(R"("sourceRef": {"kind": "GitRepository", "name": "source"}, "interval": "10m", "git": {"commit": {
      "signingKey": {"secretRef": {"name": "key"}}, "author": {"email": "robot@example.com"}}})");
  select("1.1.0");
  begin();
  EXPECT_THAT(
      ready_text(),
      StartsWith("False SourceManagerFailed: failed to configure the signing key: failed to get secret 'apps/key'")
  );
  EXPECT_THAT(server_.pushed(), IsEmpty());
}

// libgit2 refused what the schema, Git and Flux allow: such an automation never pushed.
TEST_F(AutomationReconcilerTest, AnAuthorNeedsNoName) {
  add(R"("sourceRef": {"kind": "GitRepository", "name": "source"}, "interval": "10m", "git": {"commit": {"author":
      {"email": "robot@example.com"}}})");
  select("1.1.0");
  begin();
  EXPECT_EQ(ready_text(), kReady);
  EXPECT_EQ(deployed(), manifest("1.1.0"));
  pass_after([this] { select("1.2.0"); });
  EXPECT_EQ(deployed(), manifest("1.2.0"));
}

TEST_F(AutomationReconcilerTest, OnlyPoliciesThatItSelectsCount) {
  add(R"("sourceRef": {"kind": "GitRepository", "name": "source"}, "interval": "10m", "git": {"commit": {"author":
      {"email": "robot@example.com"}}}, "policySelector": {"matchLabels": {"team": "web"}})");
  select("1.1.0");
  begin();
  EXPECT_EQ(deployed(), manifest("1.0.0"));
  pass_after([this] {
    world_.api.edit(kPolicyPath, [](json::Value& policy) {
      policy["metadata"].set("labels", json::Value::object({{"team", "web"}}));
    });
  });
  EXPECT_EQ(deployed(), manifest("1.1.0"));
}

TEST_F(AutomationReconcilerTest, AMarkerThatMeansNobodyIsToldAndTheRestIsWritten) {
  server_.commit(
      "main", {{"app.yaml", manifest("1.0.0")}, {"odd.yaml", "image: x:1 # {\"$imagepolicy\": \"apps:nobody\"}\n"}}
  );
  add_automation();
  select("1.1.0");
  begin();
  EXPECT_THAT(ready_text(), StartsWith(text::cat(kReady, ", but odd.yaml:1: ")));
  EXPECT_EQ(deployed(), manifest("1.1.0"));
}

TEST_F(AutomationReconcilerTest, ARequestIsServedAtOnce) {
  push_first();
  pass_after([this] { request("now"); });
  EXPECT_EQ(object()->status.last_handled_reconcile_at, "now");
}

TEST_F(AutomationReconcilerTest, ASuspendedOneIsLeftAlone) {
  push_first();
  pass_after([this] { edit_spec([](json::Value& spec) { spec.set("suspend", true); }); });
  const auto before = asked();
  pass_after([this] { select("1.2.0"); });
  EXPECT_EQ(asked(), before);
  EXPECT_EQ(deployed(), manifest("1.1.0"));
}

TEST_F(AutomationReconcilerTest, DeletionTakesTheCommitsAlong) {
  push_first();
  remove();
  EXPECT_FALSE(object());
  EXPECT_TRUE(std::filesystem::is_empty(world_.data("repositories") / "apps"));
}

// The finalizer went, and the commits stayed for good.
TEST_F(AutomationReconcilerTest, DeletionWaitsForADiskThatCannotBeReached) {
  push_first();
  expect_that_deletion_waits_for_the_disk();
  EXPECT_TRUE(std::filesystem::is_empty(world_.data("repositories") / "apps"));
}

TEST_F(AutomationReconcilerTest, AnotherProcessPushesNothingAnew) {
  push_first();
  const auto before = object()->status.last_push_commit;
  end();
  begin();
  EXPECT_EQ(ready_text(), kReady);
  EXPECT_THAT(server_.pushed(), SizeIs(1));
  EXPECT_EQ(object()->status.last_push_commit, before);
}

}  // namespace
}  // namespace weir::image_automation
