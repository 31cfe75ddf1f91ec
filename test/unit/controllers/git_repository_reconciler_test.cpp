// The steps of a GitRepository, over a cluster in memory and a Git server without a network.

#include "test/unit/controllers/git_repository_bench.hpp"

namespace weir::source {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class GitRepositoryReconcilerTest : public ::testing::Test, protected GitRepositoryBench {
 protected:
  /// A first artifact, of a.yaml and b.yaml.
  void store_first() {
    first_ = server_.commit("main", {{"a.yaml", "1"}, {"b.yaml", "1"}});
    add_repository();
    begin();
    ASSERT_EQ(ready_text(), text::cat("True Succeeded: stored artifact for revision '", revision_of(first_), "'"));
  }
  std::size_t asked() const { return server_.asked().size(); }
  /// The pass failed so, and the artifact of before is still told of and served.
  void expect_failed_with(const std::string& text, const api::Artifact& before) const {
    EXPECT_THAT(ready_text(), StartsWith(text::cat("False ", text)));
    ASSERT_TRUE(artifact());
    EXPECT_EQ(artifact()->digest, before.digest);
    EXPECT_TRUE(is_served(before));
  }

  std::string first_;
};

TEST_F(GitRepositoryReconcilerTest, StoresTheFilesOfTheCommit) {
  store_first();
  EXPECT_THAT(contents(), UnorderedElementsAre(Pair("a.yaml", "1"), Pair("b.yaml", "1")));
  EXPECT_TRUE(is_served(*artifact()));
  EXPECT_EQ(artifact()->url, text::cat("http://source/gitrepository/apps/web/", first_, ".tar.gz"));
  EXPECT_EQ(object()->status.observed_generation, 1);
}

TEST_F(GitRepositoryReconcilerTest, WhatHasNotChangedIsOneRequestAndNoWrite) {
  store_first();
  pass();  // learns nothing new, but from now on knows the server
  const auto before = asked();
  const auto writes = world_.api.writes().size();
  pass();
  EXPECT_EQ(asked(), before + 1);
  EXPECT_EQ(world_.api.writes().size(), writes);
}

TEST_F(GitRepositoryReconcilerTest, ANewCommitIsANewArtifactAndTheOldOneIsServedForAWhile) {
  store_first();
  const auto before = *artifact();
  const auto second = server_.commit("main", {{"a.yaml", "2"}});
  pass();
  EXPECT_EQ(revision(), revision_of(second));
  EXPECT_THAT(contents(), UnorderedElementsAre(Pair("a.yaml", "2")));
  EXPECT_TRUE(is_served(before));
}

TEST_F(GitRepositoryReconcilerTest, SupersededArtifactsGoWhenThereAreTooMany) {
  store_first();
  for (const auto* content : {"2", "3", "4"}) {
    server_.commit("main", {{"a.yaml", content}});
    pass();
  }
  pass();
  EXPECT_EQ(archives(), 2u);
  EXPECT_TRUE(is_served(*artifact()));
}

// The new bytes took the place of those that the status told of: whoever asked before it told of the new ones got a
// digest that did not fit, for as long as the status could not be written.
TEST_F(GitRepositoryReconcilerTest, OtherFilesOfTheSameCommitDoNotTakeThePlaceOfWhatIsServed) {
  store_first();
  const auto before = *artifact();
  pass_after([this] { edit_spec([](json::Value& spec) { spec.set("ignore", "a.yaml"); }); });
  EXPECT_EQ(revision(), revision_of(first_));
  EXPECT_NE(artifact()->digest, before.digest);
  EXPECT_THAT(contents(), UnorderedElementsAre(Pair("b.yaml", "1")));
  EXPECT_TRUE(is_served(*artifact()));
  EXPECT_TRUE(is_served(before));
  EXPECT_EQ(object()->status.observed_generation, 2);
}

TEST_F(GitRepositoryReconcilerTest, FollowsTagsAndRanges) {
  const auto old = server_.commit("main", {{"a.yaml", "1"}});
  server_.tag("v1.0.0", old);
  const auto young = server_.commit("main", {{"a.yaml", "2"}});
  server_.tag("v1.1.0", young);
  add_repository(R"(, "ref": {"tag": "v1.0.0"})");
  begin();
  EXPECT_EQ(revision(), text::cat("v1.0.0@sha1:", old));
  pass_after([this] { edit_spec([](json::Value& spec) { spec.set("ref", *json::parse(R"({"semver": "1.x"})")); }); });
  EXPECT_EQ(revision(), text::cat("v1.1.0@sha1:", young));
}

TEST_F(GitRepositoryReconcilerTest, ARequestIsServedAtOnce) {
  store_first();
  pass_after([this] { request("now"); });
  EXPECT_EQ(object()->status.last_handled_reconcile_at, "now");
}

TEST_F(GitRepositoryReconcilerTest, APushThatAnAutomationTellsOfIsFetchedAtOnce) {
  store_first();
  const auto path = kube::resource_of<ImageUpdateAutomation>().path("apps", "auto");
  world_.api.put(path, *json::parse(R"({"metadata": {"name": "auto", "namespace": "apps"}, "status": {},
      "spec": {"sourceRef": {"kind": "GitRepository", "name": "web"}}})"));
  world_.settle();
  const auto second = server_.commit("main", {{"a.yaml", "2"}});
  pass_after([&] { world_.api.edit(path, [&](json::Value& it) { it["status"].set("lastPushCommit", second); }); });
  EXPECT_EQ(revision(), revision_of(second));
}

TEST_F(GitRepositoryReconcilerTest, ABranchThatIsMissingIsNamedAndTheArtifactStays) {
  store_first();
  const auto before = *artifact();
  server_.commit("other", {{"a.yaml", "1"}});
  server_.remove_branch("main");
  pass();
  expect_failed_with(
      "GitOperationFailed: failed to checkout and determine revision: unable to clone "
      "'https://git.example.com/web.git': couldn't find remote ref \"refs/heads/main\"",
      before
  );
  EXPECT_THAT(condition(api::source::condition::kFetchFailed), StartsWith("True GitOperationFailed"));
}

TEST_F(GitRepositoryReconcilerTest, AnEmptyRepositoryIsTold) {
  add_repository();
  begin();
  EXPECT_THAT(ready_text(), StartsWith("False EmptyGitRepository: "));
  EXPECT_FALSE(artifact());
}

TEST_F(GitRepositoryReconcilerTest, AServerThatIsDownIsToldAndTheArtifactStays) {
  store_first();
  const auto before = *artifact();
  server_.set_down(true);
  pass();
  expect_failed_with("GitOperationFailed: failed to checkout and determine revision: ", before);
  EXPECT_THAT(ready_text(), HasSubstr("connection refused"));
  server_.set_down(false);
  pass();
  EXPECT_TRUE(is_ready()) << ready_text();
  EXPECT_EQ(condition(api::source::condition::kFetchFailed), "");
}

TEST_F(GitRepositoryReconcilerTest, CredentialsOfTheSecretSignIn) {
  server_.commit("main", {{"a.yaml", "1"}});
  server_.demand("robot", "hunter2");
  add_repository(R"(, "ref": {"branch": "main"}, "secretRef": {"name": "login"})");
  begin();
  EXPECT_THAT(ready_text(), StartsWith("False AuthenticationFailed: failed to get secret 'apps/login'"));
  EXPECT_EQ(asked(), 0u);
  add_secret("login", {{"username", "robot"}, {"password", "guessed"}});
  pass();
  EXPECT_THAT(ready_text(), HasSubstr("authentication required: the server answered 401"));
  EXPECT_THAT(ready_text(), testing::Not(HasSubstr("guessed")));
  add_secret("login", {{"username", "robot"}, {"password", "hunter2"}});
  pass();
  EXPECT_TRUE(is_ready()) << ready_text();
}

TEST_F(GitRepositoryReconcilerTest, ASpecThatCannotBeMeantStallsAndAsksNobody) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("url": "ftp://git.example.com/web.git", "interval": "5m")", "False URLInvalid: "},
      {R"("url": "https://git.example.com/web.git", "interval": "5m", "verify": {"mode": "Twice", "secretRef": {"name": "x"}})",
       "False InvalidVerificationMode: spec.verify.mode: "},
      {R"("url": "https://git.example.com/web.git", "interval": "5m", "provider": "svn")", "False "},
  };
  for (const auto& [spec, text] : cases) {
    add(spec);
    begin();
    EXPECT_THAT(ready_text(), StartsWith(text));
    EXPECT_TRUE(api::is_condition_true(object()->status.conditions, api::condition::kStalled)) << ready_text();
    EXPECT_EQ(object()->status.observed_generation, 1);
    end();
  }
  EXPECT_THAT(server_.asked(), IsEmpty());
}

TEST_F(GitRepositoryReconcilerTest, AFolderThatIsToBeCheckedOutAloneMustBeThere) {
  server_.commit("main", {{"a.yaml", "1"}, {"deploy/b.yaml", "1"}});
  add_repository(R"(, "ref": {"branch": "main"}, "sparseCheckout": ["missing"])");
  begin();
  EXPECT_THAT(ready_text(), HasSubstr("missing"));
  EXPECT_FALSE(is_ready());
  pass_after([this] { edit_spec([](json::Value& spec) { spec.set("sparseCheckout", *json::parse(R"(["deploy"])")); }); }
  );
  EXPECT_TRUE(is_ready()) << ready_text();
  EXPECT_THAT(contents(), testing::Contains(Pair("deploy/b.yaml", "1")));
}

TEST_F(GitRepositoryReconcilerTest, ACommitThatMustBeSignedAndIsNotIsNoArtifact) {
  store_first();
  const auto before = *artifact();
  server_.commit("main", {{"a.yaml", "2"}});
  pass_after([this] {
    edit_spec([](json::Value& spec) {
      spec.set("verify", *json::parse(R"({"mode": "HEAD", "secretRef": {"name": "keys"}})"));
    });
  });
  expect_failed_with("AuthenticationFailed: failed to get secret 'apps/keys'", before);
  add_secret("keys", {});
  pass();
  expect_failed_with("InvalidCommitSignature: signature verification of commit '", before);
  EXPECT_THAT(condition(api::source::condition::kSourceVerified), StartsWith("False InvalidCommitSignature"));
}

TEST_F(GitRepositoryReconcilerTest, WhatIsIncludedComesFirstAndItsNewsAreTaken) {
  server_.commit("main", {{"a.yaml", "1"}});
  add_repository(R"(, "ref": {"branch": "main"}, "include": [{"repository": {"name": "base"}, "toPath": "base"}])");
  begin();
  EXPECT_THAT(ready_text(), StartsWith("False NotFound: could not get resource for include 'base'"));
  EXPECT_THAT(condition(api::source::condition::kIncludeUnavailable), StartsWith("True NotFound"));
  pass_after([this] {
    world_.api.put(
        kube::resource_of<GitRepository>().path("apps", "base"),
        *json::parse(R"({"metadata": {"name": "base", "namespace": "apps"}, "status": {},
        "spec": {"url": "https://git.example.com/base.git", "interval": "5m", "ref": {"branch": "main"}}})")
    );
  });
  world_.run_until([this] { return is_ready(); });
  rest();
  EXPECT_THAT(contents(), UnorderedElementsAre(Pair("a.yaml", "1"), Pair("base/a.yaml", "1")));
}

TEST_F(GitRepositoryReconcilerTest, AnArtifactThatIsLostOrDamagedIsMadeAgain) {
  store_first();
  const auto told = *artifact();
  const auto file = world_.data("artifacts") / told.path;
  std::filesystem::remove(file);
  pass();
  EXPECT_TRUE(is_served(told));
  std::ofstream{file} << "damaged";
  pass();
  EXPECT_TRUE(is_served(*artifact()));
  EXPECT_TRUE(is_ready()) << ready_text();
}

TEST_F(GitRepositoryReconcilerTest, ACommitThatCannotBeStoredIsTold) {
  store_first();
  const auto before = *artifact();
  server_.commit("main", {{"a.yaml", "2"}});
  world_.break_disk();
  pass();
  EXPECT_FALSE(is_ready());
  world_.mend_disk();
  EXPECT_TRUE(is_served(before));
  pass();
  EXPECT_TRUE(is_ready()) << ready_text();
  EXPECT_EQ(revision(), revision_of(server_.head("main")));
}

TEST_F(GitRepositoryReconcilerTest, ASuspendedOneIsLeftAlone) {
  store_first();
  pass_after([this] { edit_spec([](json::Value& spec) { spec.set("suspend", true); }); });
  const auto before = asked();
  pass();
  EXPECT_EQ(asked(), before);
  EXPECT_TRUE(is_ready());
}

TEST_F(GitRepositoryReconcilerTest, DeletionTakesArtifactsAndCommitsAlong) {
  store_first();
  remove();
  EXPECT_FALSE(object());
  EXPECT_EQ(archives(), 0u);
  EXPECT_TRUE(std::filesystem::is_empty(world_.data("repositories") / "apps"));
}

// The finalizer went, and artifacts and commits stayed for good.
TEST_F(GitRepositoryReconcilerTest, DeletionWaitsForADiskThatCannotBeReached) {
  store_first();
  expect_that_deletion_waits_for_the_disk();
  EXPECT_EQ(archives(), 0u);
}

TEST_F(GitRepositoryReconcilerTest, AnotherProcessGoesOnWithTheArtifactOfTheLast) {
  store_first();
  const auto before = *artifact();
  end();
  begin();
  EXPECT_EQ(artifact()->digest, before.digest);
  EXPECT_EQ(artifact()->last_update_time, before.last_update_time);
}

}  // namespace
}  // namespace weir::source
