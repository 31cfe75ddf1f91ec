#include "pkg/runtime/conclusion.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/runtime/steps.hpp"
#include "test/support/run.hpp"

namespace weir::runtime {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFetchFailed = "FetchFailed";
constexpr std::string_view kStorageFailed = "StorageFailed";
constexpr std::string_view kVerified = "Verified";
constexpr ConditionRule kRules[] = {
    {api::condition::kStalled, Polarity::kNegative},
    {kVerified, Polarity::kPositive},
    {kFetchFailed, Polarity::kNegative},
    {kStorageFailed, Polarity::kNegative},
};

struct Told final : Events {
  void send(Severity severity, std::string_view reason, std::string message, std::map<std::string, std::string> facts)
      override {
    lines.push_back(text::cat(
        severity == Severity::kError ? "Warning " : "Normal ", reason, " ", message, facts.empty() ? "" : " with facts"
    ));
  }
  std::vector<std::string> lines;
};

class ConclusionTest : public ::testing::Test {
 protected:
  ConclusionTest() {
    metadata_.generation = 3;
    with_own_.ready_rules = kRules;
    with_own_.failure_condition = kFetchFailed;
  }
  bool conclude_with(const ConclusionRules& rules, const Outcome& outcome) {
    return conclude(context_, status_, rules, outcome, {});
  }
  static Failed failed_in(std::string_view condition) {
    Failed out{"Broken", "no route"};
    out.condition = condition;
    return out;
  }
  /// "status reason message", empty when there is none of that type.
  std::string get(std::string_view type) const {
    const auto* found = api::find_condition(conditions_, type);
    return found == nullptr ? "" : text::cat(found->status, " ", found->reason, " ", found->message);
  }

  Told told_;
  const SystemClock clock_;
  Context context_{log::Logger{}, clock_, told_, {}};
  api::ObjectMeta metadata_;
  Conditions conditions_;
  std::int64_t observed_ = -1;
  const StatusParts status_{metadata_, conditions_, observed_};
  const ConclusionRules plain_{"Failure"};
  ConclusionRules with_own_{"Failure"};
};

TEST_F(ConclusionTest, AFailureIsToldInEveryPassAndTheSpecIsNotDone) {
  const Outcome failed{Failed{"ReadOperationFailed", "scan failed: down"}};
  EXPECT_TRUE(conclude_with(plain_, failed));
  EXPECT_TRUE(conclude_with(plain_, failed));
  const std::string line = "Warning ReadOperationFailed scan failed: down";
  EXPECT_EQ(told_.lines, (std::vector{line, line})) << "equal ones are counted by the recorder, not dropped here";
  EXPECT_EQ(get("Ready"), "False ReadOperationFailed scan failed: down");
  EXPECT_EQ(get("Reconciling"), "True ProgressingWithRetry scan failed: down");
  EXPECT_EQ(observed_, -1);
}

TEST_F(ConclusionTest, AStallIsDoneWithItsSpec) {
  conclude_with(plain_, Failed{"ReadOperationFailed", "down"});
  EXPECT_TRUE(conclude_with(plain_, Stall{"InvalidPolicy", "no range"}));
  EXPECT_EQ(get("Reconciling"), "");
  EXPECT_EQ(get("Stalled"), "True InvalidPolicy no range");
  EXPECT_EQ(get("Ready"), "False InvalidPolicy no range");
  EXPECT_EQ(observed_, 3);
}

TEST_F(ConclusionTest, ASuccessIsTheKindsToTellAndNewsOnce) {
  conclude_with(with_own_, failed_in(kFetchFailed));
  EXPECT_FALSE(conclude_with(with_own_, Done{1min}));
  EXPECT_TRUE(mark_ready(status_, with_own_, "Succeeded", "well", clock_.wall_now()));
  EXPECT_FALSE(mark_ready(status_, with_own_, "Succeeded", "well", clock_.wall_now()));
  EXPECT_EQ(conditions_.size(), 1u);
  EXPECT_EQ(observed_, 3);
}

TEST_F(ConclusionTest, AStepSpeaksThroughItsOwnConditionAndReadyHasItsReason) {
  conclude_with(with_own_, failed_in(kFetchFailed));
  EXPECT_EQ(get(kFetchFailed), "True Broken no route");
  EXPECT_EQ(get("Ready"), "False Broken no route");
  conclude_with(with_own_, failed_in(kStorageFailed));
  EXPECT_EQ(get(kFetchFailed), "") << "one failure at a time";
  conclude_with(with_own_, failed_in(kVerified));
  EXPECT_EQ(get(kStorageFailed), "");
  EXPECT_EQ(get(kVerified), "False Broken no route");
  EXPECT_EQ(get("Ready"), "False Broken no route");
}

TEST_F(ConclusionTest, AFailureOfNoStepIsToldByReady) {
  conclude_with(with_own_, failed_in(""));
  EXPECT_EQ(get("Ready"), "False Broken no route");
  EXPECT_EQ(get(kFetchFailed), "");
}

TEST_F(ConclusionTest, AWaitIsToldWhenItIsNews) {
  ConclusionRules rules{"Failure"};
  rules.waiting_is_reconciling = false;
  rules.wait_prefix = "retrying: ";
  conclude_with(rules, Failed{"Broken", "no route"});
  told_.lines.clear();
  conclude_with(rules, Wait{"NotThere", "a is missing", 1s});
  conclude_with(rules, Wait{"NotThere", "a is missing", 1s});
  conclude_with(rules, Wait{"NotThere", "b is missing", 1s});
  EXPECT_EQ(
      told_.lines,
      (std::vector<std::string>{"Normal NotThere retrying: a is missing", "Normal NotThere retrying: b is missing"})
  );
  EXPECT_EQ(get("Reconciling"), "");
  conclude_with(rules, Wait{"NotYet", "just started", 1s, Telling::kNothing});
  EXPECT_EQ(told_.lines.size(), 2u);
  EXPECT_EQ(get("Ready"), "False NotYet just started");
  conclude_with(plain_, Wait{"NotThere", "a is missing", 1s});
  EXPECT_EQ(get("Reconciling"), "True ProgressingWithRetry a is missing");
}

TEST_F(ConclusionTest, WorkThatGoesOnIsUnknown) {
  conclude_with(plain_, Stall{"InvalidPolicy", "no range"});
  told_.lines.clear();
  conclude_with(plain_, Wait{api::reason::kProgressing, "waiting for pods", 1s});
  EXPECT_EQ(get("Ready"), "Unknown Progressing Reconciliation in progress");
  EXPECT_EQ(get("Reconciling"), "True Progressing waiting for pods");
  EXPECT_EQ(get("Stalled"), "");
  EXPECT_TRUE(told_.lines.empty());
}

TEST_F(ConclusionTest, ARefusedStatusIsNewsOnce) {
  EXPECT_TRUE(mark_refused(status_, "too long", clock_.wall_now()));
  EXPECT_FALSE(mark_refused(status_, "too long", clock_.wall_now()));
  EXPECT_EQ(get("Ready"), "False StatusRefused too long");
}

/// Three steps, of which each does what the test says.
class Steps {
 public:
  struct Run {
    bool skips = false;
    std::vector<std::string> ran;
    std::function<Outcome()> second;
    static bool may_run(const Run& run) { return !run.skips; }
  };
  asio::awaitable<Outcome> first(Context&, Run& run) {
    run.ran.emplace_back("first");
    co_return Next{};
  }
  asio::awaitable<Outcome> second(Context&, Run& run) {
    run.ran.emplace_back("second");
    co_return run.second();
  }
  asio::awaitable<Outcome> third(Context&, Run& run) {
    run.ran.emplace_back("third");
    co_return Done{1min};
  }
  Outcome operator()(Context& context, Run& run) {
    asio::io_context reactor;
    return test::run(reactor, run_steps(*this, kTable, context, run));
  }

 private:
  static constexpr Step<Steps, Run> kTable[] = {
      {"first", &Steps::first, "Ready", "FirstFailed"},
      {"second", &Steps::second, "Fetched", "SecondFailed", Run::may_run},
      {"third", &Steps::third, "Ready", "ThirdFailed"},
  };
};

TEST_F(ConclusionTest, StepsRunInOrderAndOnlyWhenTheyHaveSomethingToDo) {
  Steps steps;
  Steps::Run run;
  run.second = [] { return Next{}; };
  EXPECT_TRUE(std::holds_alternative<Done>(steps(context_, run)));
  EXPECT_EQ(run.ran, (std::vector<std::string>{"first", "second", "third"}));
  Steps::Run other;
  other.skips = true;
  steps(context_, other);
  EXPECT_EQ(other.ran, (std::vector<std::string>{"first", "third"}));
}

TEST_F(ConclusionTest, WhatAStepThrowsIsAFailureOfThatStep) {
  Steps steps;
  Steps::Run run;
  run.second = []() -> Outcome { throw std::runtime_error{"disk full"}; };
  auto outcome = steps(context_, run);
  ASSERT_TRUE(std::holds_alternative<Failed>(outcome));
  auto failed = std::get<Failed>(outcome);
  EXPECT_EQ(failed.condition, "Fetched");
  EXPECT_EQ(failed.reason, "SecondFailed");
  EXPECT_EQ(failed.message, "disk full");
  EXPECT_FALSE(failed.retry);
  EXPECT_EQ(run.ran.back(), "second");

  run.second = []() -> Outcome { throw ReasonedError{"Busy", "come back", Milliseconds{7s}}; };
  outcome = steps(context_, run);
  failed = std::get<Failed>(outcome);
  EXPECT_EQ(failed.reason, "Busy");
  EXPECT_EQ(failed.retry, Milliseconds{7s});
}

TEST_F(ConclusionTest, ACancellationIsNoFailure) {
  Steps steps;
  Steps::Run run;
  run.second = []() -> Outcome { throw boost::system::system_error{asio::error::operation_aborted}; };
  EXPECT_THROW(steps(context_, run), boost::system::system_error);
}

}  // namespace
}  // namespace weir::runtime
