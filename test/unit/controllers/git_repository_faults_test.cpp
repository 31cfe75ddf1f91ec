// Every operation of a pass of a GitRepository fails once, in turn: requests to the API server and to the Git server,
// and the disk, which holds commits and artifacts, between them.

#include <set>

#include "test/support/fault_loop.hpp"
#include "test/unit/controllers/git_repository_bench.hpp"

namespace weir::source {
namespace {

using testing::StartsWith;

/// A repository that wants to know who asks, and a pass of which one operation fails.
class Trial : public test::Trial<GitRepositoryBench> {
 public:
  Trial(test::FaultCase how, std::size_t number) : test::Trial<GitRepositoryBench>{how, number} {
    server_.demand("robot", "hunter2");
    add_secret("login", {{"username", "robot"}, {"password", "hunter2"}});
  }

  void add() {
    offer({{"a.yaml", "1"}, {"b.yaml", "1"}});
    add_repository(R"(, "ref": {"branch": "main"}, "secretRef": {"name": "login"})");
  }
  void begin_stored() {
    add();
    begin(Wakes::kOwnChange);
    ASSERT_TRUE(is_ready()) << ready_text();
  }
  void offer(const Files& files) {
    wanted_ = files;
    revisions_.insert(revision_of(server_.commit("main", files)));
  }
  /// What the artifact of the next spec has to hold.
  void want(const Files& files) { wanted_ = files; }

  void expect_stored() const {
    const auto there = object();
    EXPECT_EQ(ready_text(), text::cat("True Succeeded: stored artifact for revision '", revision(), "'")) << story();
    EXPECT_TRUE(is_right()) << story();
    EXPECT_EQ(there->status.observed_generation, there->metadata.generation) << story();
    EXPECT_EQ(there->status.last_handled_reconcile_at, there->metadata.annotation(api::kRequestedAtAnnotation))
        << story();
    EXPECT_THAT(condition(api::source::condition::kArtifactInStorage), StartsWith("True")) << story();
    EXPECT_EQ(condition(api::source::condition::kFetchFailed), "") << story();
    EXPECT_EQ(condition(api::source::condition::kStorageOperationFailed), "") << story();
  }
  void expect_gone() const {
    EXPECT_FALSE(object()) << story();
    EXPECT_EQ(archives(), 0u) << story();
    EXPECT_TRUE(stores().empty()) << story();
  }

 private:
  std::set<std::string> stores() const {
    std::set<std::string> out;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator{world_.data("repositories") / "apps", ignored})
      out.insert(entry.path().filename().string());
    return out;
  }
  void look() override {
    const auto there = object();
    if (!there || there->metadata.is_deleting()) return;
    const auto& told = there->status.artifact;
    if (told && !is_served(*told))
      wrong(text::cat("the artifact that the status tells of is not served: ", told->path));
    if (told && !revisions_.contains(told->revision)) wrong("the status tells of a commit that never was");
    if (is_ready() && !told) wrong("Ready is True without an artifact");
    if (there->status.observed_generation > there->metadata.generation)
      wrong("a generation was observed that is yet to come");
  }
  bool is_right() const override {
    const auto told = artifact();
    return told && told->revision == revision_of(server_.head("main")) && is_served(*told) && contents() == wanted_;
  }

  Files wanted_;
  std::set<std::string> revisions_;
};

class GitRepositoryFaults : public test::FaultsTest {};

TEST_P(GitRepositoryFaults, FirstArtifact) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add();
        trial.break_one();
        trial.begin(Wakes::kOwnChange);
      },
      [](Trial& trial) { trial.expect_stored(); },
      6
  );
}

TEST_P(GitRepositoryFaults, NewCommit) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_stored();
        trial.offer({{"a.yaml", "2"}, {"c.yaml", "1"}});
        trial.break_one();
        trial.pass();
      },
      [](Trial& trial) { trial.expect_stored(); },
      4
  );
}

TEST_P(GitRepositoryFaults, OtherFilesOfTheSameCommitOnRequest) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_stored();
        trial.want({{"b.yaml", "1"}});
        trial.break_one();
        trial.pass_after([&] {
          trial.edit_spec([](json::Value& spec) { spec.set("ignore", "a.yaml"); });
          trial.request("now");
        });
      },
      [](Trial& trial) { trial.expect_stored(); },
      3
  );
}

TEST_P(GitRepositoryFaults, Deletion) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_stored();
        trial.break_one();
        trial.remove();
      },
      [](Trial& trial) { trial.expect_gone(); },
      1
  );
}

INSTANTIATE_TEST_SUITE_P(, GitRepositoryFaults, test::every_fault_case(), test::fault_case_name);

}  // namespace
}  // namespace weir::source
