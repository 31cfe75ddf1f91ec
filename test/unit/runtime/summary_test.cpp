#include "pkg/runtime/summary.hpp"

#include <gtest/gtest.h>

namespace weir::runtime {
namespace {

TEST(Summary, OneEventForOneProblem) {
  struct Count final : Events {
    void send(Severity, std::string_view, std::string, std::map<std::string, std::string>) override { ++count; }
    int count = 0;
  } events;
  const SystemClock clock;
  Context context{log::Logger{}, clock, events, {}};
  api::ObjectMeta metadata;
  metadata.generation = 3;
  Conditions conditions;
  std::int64_t observed = -1;
  const StatusParts status{metadata, conditions, observed};
  Conclusion conclusion;
  conclusion.failure = std::make_exception_ptr(ReasonedError{"ReadOperationFailed", "scan failed: down"});

  EXPECT_TRUE(conclude_problem(context, status, conclusion, "Failure"));
  EXPECT_TRUE(conclude_problem(context, status, conclusion, "Failure"));
  EXPECT_EQ(events.count, 1);
  EXPECT_EQ(api::find_condition(conditions, "Ready")->reason, "ReadOperationFailed");
  EXPECT_EQ(api::find_condition(conditions, "Reconciling")->reason, "ProgressingWithRetry");
  EXPECT_EQ(observed, -1);

  conclusion.failure = nullptr;
  conclusion.outcome = Stall{"InvalidPolicy", "no range"};
  EXPECT_TRUE(conclude_problem(context, status, conclusion, "Failure"));
  EXPECT_EQ(events.count, 2);
  EXPECT_EQ(api::find_condition(conditions, "Reconciling"), nullptr);
  EXPECT_TRUE(api::is_condition_true(conditions, "Stalled"));
  EXPECT_EQ(observed, 3);

  conclusion.outcome = Done{Milliseconds{0}};
  EXPECT_FALSE(conclude_problem(context, status, conclusion, "Failure"));
  mark_ready(status, "well", clock.wall_now());
  EXPECT_EQ(conditions.size(), 1u);
}

}  // namespace
}  // namespace weir::runtime
