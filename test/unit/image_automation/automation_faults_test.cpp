// Every operation of a pass of an ImageUpdateAutomation fails once, in turn: requests to the API server and to the Git
// server, pushes among them, and the disk between them.

#include "pkg/base/time.hpp"
#include "test/support/fault_loop.hpp"
#include "test/unit/image_automation/automation_bench.hpp"

namespace weir::image_automation {
namespace {

using testing::Contains;

/// An automation, and a pass of which one operation fails.
class Trial : public test::Trial<AutomationBench> {
 public:
  Trial(test::FaultCase how, std::size_t number) : test::Trial<AutomationBench>{how, number}, how_{how} {
    server_.commit("main", {{"app.yaml", manifest("1.0.0")}});
    server_.demand("robot", "hunter2");
    add_secret("login", {{"username", "robot"}, {"password", "hunter2"}});
    world_.api.edit(kSourcePath, [](json::Value& source) {
      source["spec"].set("secretRef", *json::parse(R"({"name": "login"})"));
    });
  }

  /// What is to be pushed, and where.
  void want(const std::string& tag, const std::string& branch = "main") {
    wanted_ = tag;
    branch_ = branch;
    select(tag);
  }
  /// 1.1.0 has been pushed.
  void begin_pushed() {
    add_automation();
    want("1.1.0");
    begin(Wakes::kOwnChange);
    ASSERT_TRUE(is_ready()) << ready_text();
  }

  void expect_pushed(std::size_t times) const {
    const auto there = object();
    EXPECT_EQ(ready_text(), "True Succeeded: repository up-to-date") << story();
    EXPECT_TRUE(is_right()) << story();
    EXPECT_EQ(server_.pushed().size(), times) << "pushed too often, or not; " << story();
    EXPECT_EQ(server_.history(branch_).size(), 1 + times) << story();
    EXPECT_EQ(there->status.observed_generation, there->metadata.generation) << story();
    // What a process could not tell before its end, no other one knows.
    const bool is_forgotten = how_.next == test::Next::kOtherProcess && broke();
    if (is_forgotten && there->status.last_push_commit != server_.head(branch_)) return;
    EXPECT_EQ(there->status.last_push_commit, server_.head(branch_)) << story();
    EXPECT_EQ(there->status.last_push_time, to_rfc3339(world_.clock.wall_now())) << story();
  }
  void expect_gone() const {
    EXPECT_FALSE(object()) << story();
    EXPECT_TRUE(std::filesystem::is_empty(world_.data("repositories") / "apps")) << story();
  }

 private:
  void look() override {
    const auto there = object();
    if (!there || there->metadata.is_deleting()) return;
    const auto& status = there->status;
    if (!status.last_push_commit.empty()) {
      EXPECT_THAT(server_.pushed(), Contains(status.last_push_commit)) << story();
    }
    if (status.last_push_commit.empty() != status.last_push_time.empty()) wrong("a push without time, or the reverse");
    if (status.observed_generation > there->metadata.generation) wrong("a generation was observed that is yet to come");
    const auto told = status.observed_policies.find("app");
    if (!is_ready() || told == status.observed_policies.end()) return;
    const auto& revision = status.weir ? status.weir->observed_push_revision : status.observed_source_revision;
    const auto commit = std::string{text::cut(revision, "@sha1:").second};
    if (server_.files_of(commit).at("app.yaml") != manifest(told->second.tag))
      wrong(text::cat("Ready is True of ", told->second.tag, ", which is not what ", revision, " has"));
  }
  bool is_right() const override {
    const auto status = object()->status;
    const auto told = status.observed_policies.find("app");
    return !server_.head(branch_).empty() && deployed(branch_) == manifest(wanted_) &&
           told != status.observed_policies.end() && told->second.tag == wanted_;
  }

  const test::FaultCase how_;
  std::string wanted_;
  std::string branch_{"main"};
};

class AutomationFaults : public test::FaultsTest {};

TEST_P(AutomationFaults, FirstPush) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_automation();
        trial.want("1.1.0");
        trial.break_one();
        trial.begin(Wakes::kOwnChange);
      },
      [](Trial& trial) { trial.expect_pushed(1); },
      8
  );
}

TEST_P(AutomationFaults, FirstPushToABranchOfItsOwn) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_automation(R"(, "push": {"branch": "images"})");
        trial.want("1.1.0", "images");
        trial.break_one();
        trial.begin(Wakes::kOwnChange);
      },
      [](Trial& trial) { trial.expect_pushed(1); },
      8
  );
}

TEST_P(AutomationFaults, AnotherImage) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_pushed();
        trial.world_.clock.advance(std::chrono::minutes{1});
        trial.want("1.2.0");
        trial.break_one();
        trial.pass();
      },
      [](Trial& trial) { trial.expect_pushed(2); },
      5
  );
}

TEST_P(AutomationFaults, Deletion) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_pushed();
        trial.break_one();
        trial.remove();
      },
      [](Trial& trial) { trial.expect_gone(); },
      1
  );
}

INSTANTIATE_TEST_SUITE_P(, AutomationFaults, test::every_fault_case(), test::fault_case_name);

}  // namespace
}  // namespace weir::image_automation
