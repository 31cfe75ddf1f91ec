// The steps of an ImagePolicy over a cluster in memory, and every operation of its passes failed once.

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

/// A policy, and a pass of which one operation fails.
class Trial : public PolicyBench {
 public:
  Trial(test::FaultCase how, std::size_t number) : how_{how}, number_{number} {
    world_.api.after_each_change([this] { look(); });
  }
  ~Trial() { world_.api.after_each_change({}); }

  void break_one() {
    world_.faults.arm(number_, how_.loss);
    if (how_.next != test::Next::kLaggingWatch) return;
    world_.faults.before_each([this] { world_.api.hold_watches(true); });
  }
  bool broke() const { return !world_.faults.broken().empty(); }
  void go_on() {
    world_.faults.disarm();
    if (how_.next == test::Next::kOtherProcess) {
      end();
      if (object()) begin(false);
      return;
    }
    if (process_->policies.get(kKey)) pass();
    world_.faults.before_each({});
    world_.api.hold_watches(false);
    world_.settle();
    process_->rest<ImagePolicy>();
  }
  /// Which tag a spec of that generation has to choose from what was scanned.
  void expect(std::int64_t generation, std::string tag) { right_[generation].insert(std::move(tag)); }
  void expect_chosen(const std::string& tag) const {
    EXPECT_THAT(
        ready_text(),
        HasSubstr(text::cat("True Succeeded: Latest image tag for registry.example.com/app resolved to ", tag))
    ) << story();
    EXPECT_EQ(latest(), text::cat("registry.example.com/app:", tag)) << story();
    EXPECT_EQ(object()->status.observed_generation, object()->metadata.generation) << story();
  }
  std::string story() const { return text::cat("operation ", number_, " failed: ", world_.faults.broken()); }

 private:
  /// Ready is True only of a tag that the spec of the observed generation chooses.
  void look() {
    const auto there = object();
    if (!there || !api::is_condition_true(there->status.conditions, api::condition::kReady)) return;
    const auto observed = there->status.observed_generation;
    const bool is_right = right_[observed].contains(there->status.latest_ref ? there->status.latest_ref->tag : "");
    EXPECT_TRUE(is_right) << "generation " << observed << " does not choose " << latest() << "; " << story();
    EXPECT_LE(observed, there->metadata.generation) << story();
  }

  const test::FaultCase how_;
  const std::size_t number_;
  std::map<std::int64_t, std::set<std::string>> right_;
};

class ImagePolicyFaults : public test::FaultsTest {};

TEST_P(ImagePolicyFaults, FirstChoice) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_policy();
        trial.scan("1.0.0\n1.2.0\n");
        trial.expect(1, "1.2.0");
        trial.break_one();
        trial.begin(false);
      },
      [](Trial& trial) { trial.expect_chosen("1.2.0"); },
      3
  );
}

TEST_P(ImagePolicyFaults, NewTagsAndANewRange) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_policy();
        trial.scan("1.0.0\n");
        trial.expect(1, "1.0.0");
        trial.begin(false);
        trial.scan("1.0.0\n1.1.0\n2.0.0\n");
        trial.expect(1, "1.1.0");
        trial.expect(2, "2.0.0");
        trial.break_one();
        trial.pass_after([&] {
          trial.world_.api.edit(trial.kPath, [](json::Value& policy) {
            policy["spec"]["policy"]["semver"].set("range", "2.x");
          });
        });
      },
      [](Trial& trial) { trial.expect_chosen("2.0.0"); },
      2
  );
}

TEST_P(ImagePolicyFaults, Deletion) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_policy();
        trial.scan("1.0.0\n");
        trial.expect(1, "1.0.0");
        trial.begin(false);
        trial.break_one();
        trial.pass_after([&] { trial.world_.api.remove(trial.kPath); });
      },
      [](Trial& trial) { EXPECT_FALSE(trial.object()) << trial.story(); },
      1
  );
}

INSTANTIATE_TEST_SUITE_P(, ImagePolicyFaults, test::every_fault_case(), test::fault_case_name);

}  // namespace
}  // namespace weir::image_reflector
