// Every operation of a pass of an ImagePolicy fails once, in turn.

#include <map>
#include <set>

#include "test/support/fault_loop.hpp"
#include "test/unit/image_reflector/image_policy_bench.hpp"

namespace weir::image_reflector {
namespace {

using testing::HasSubstr;

/// A policy, and a pass of which one operation fails.
class Trial : public test::Trial<PolicyBench> {
 public:
  using test::Trial<PolicyBench>::Trial;

  /// Tags, of which a spec of that generation has to choose one.
  void scan_expecting(const std::string& lines, std::int64_t generation, std::string tag) {
    right_[generation].insert(std::move(tag));
    scan(lines);
  }
  /// A process has chosen 1.0.0.
  void begin_at_first() {
    add_policy();
    scan_expecting("1.0.0\n", 1, "1.0.0");
    begin(Wakes::kOwnChange);
  }
  void expect(std::int64_t generation, std::string tag) { right_[generation].insert(std::move(tag)); }
  void expect_chosen(const std::string& tag) const {
    EXPECT_THAT(
        ready_text(),
        HasSubstr(text::cat("True Succeeded: Latest image tag for registry.example.com/app resolved to ", tag))
    ) << story();
    EXPECT_EQ(latest(), text::cat("registry.example.com/app:", tag)) << story();
    EXPECT_EQ(object()->status.observed_generation, object()->metadata.generation) << story();
  }

 private:
  /// Ready is True only of a tag that the spec of the observed generation chooses.
  void look() override {
    const auto there = object();
    if (!there || !is_ready()) return;
    const auto observed = there->status.observed_generation;
    const bool is_right = right_[observed].contains(there->status.latest_ref ? there->status.latest_ref->tag : "");
    if (!is_right) wrong(text::cat("generation ", observed, " does not choose ", latest()));
    if (observed > there->metadata.generation) wrong("a generation was observed that is yet to come");
  }
  bool is_right() const override {
    const auto there = object();
    const auto right = right_.find(there->metadata.generation);
    return right != right_.end() && there->status.latest_ref && right->second.contains(there->status.latest_ref->tag);
  }

  std::map<std::int64_t, std::set<std::string>> right_;
};

class ImagePolicyFaults : public test::FaultsTest {};

TEST_P(ImagePolicyFaults, FirstChoice) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.add_policy();
        trial.scan_expecting("1.0.0\n1.2.0\n", 1, "1.2.0");
        trial.break_one();
        trial.begin(Wakes::kOwnChange);
      },
      [](Trial& trial) { trial.expect_chosen("1.2.0"); },
      3
  );
}

TEST_P(ImagePolicyFaults, NewTagsAndANewRange) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_at_first();
        trial.scan_expecting("1.0.0\n1.1.0\n2.0.0\n", 1, "1.1.0");
        trial.expect(2, "2.0.0");
        trial.break_one();
        trial.pass_after([&] {
          trial.edit_spec([](json::Value& spec) { spec["policy"]["semver"].set("range", "2.x"); });
        });
      },
      [](Trial& trial) { trial.expect_chosen("2.0.0"); },
      2
  );
}

TEST_P(ImagePolicyFaults, Deletion) {
  fail_each<Trial>(
      [](Trial& trial) {
        trial.begin_at_first();
        trial.break_one();
        trial.remove();
      },
      [](Trial& trial) { EXPECT_FALSE(trial.object()) << trial.story(); },
      1
  );
}

INSTANTIATE_TEST_SUITE_P(, ImagePolicyFaults, test::every_fault_case(), test::fault_case_name);

}  // namespace
}  // namespace weir::image_reflector
