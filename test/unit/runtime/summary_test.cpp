#include "controllers/image_reflector/image_policy_reconciler.hpp"

#include <gtest/gtest.h>

#include "controllers/image_reflector/image_status.hpp"

namespace weir::image_reflector {
namespace {

TEST(ReadyMessage, NamesTheImageItsDigestAndTheOneBefore) {
  api::image::ImagePolicyStatus status;
  status.latest_ref = api::image::ImageRef{"ghcr.io/a", "1.1.0", ""};
  EXPECT_EQ(ready_message(status), "Latest image tag for ghcr.io/a resolved to 1.1.0");
  status.latest_ref->digest = "sha256:1";
  status.observed_previous_ref = api::image::ImageRef{"ghcr.io/a", "1.0.0", "sha256:0"};
  EXPECT_EQ(
      ready_message(status),
      "Latest image tag for ghcr.io/a resolved to 1.1.0 with digest sha256:1 (previously ghcr.io/a:1.0.0@sha256:0)"
  );
}

TEST(ImageStatus, OneEventForOneProblem) {
  struct Count final : runtime::Events {
    void send(runtime::Severity, std::string_view, std::string, std::map<std::string, std::string>) override { ++count; }
    int count = 0;
  } events;
  const SystemClock clock;
  runtime::Context context{log::Logger{}, clock, events, {}};
  api::ObjectMeta metadata;
  metadata.generation = 3;
  runtime::Conditions conditions;
  std::int64_t observed = -1;
  const StatusParts status{metadata, conditions, observed};
  runtime::Conclusion conclusion;
  conclusion.failure = std::make_exception_ptr(runtime::ReasonedError{"ReadOperationFailed", "scan failed: down"});

  EXPECT_TRUE(conclude_problem(context, status, conclusion, "Failure"));
  EXPECT_TRUE(conclude_problem(context, status, conclusion, "Failure"));
  EXPECT_EQ(events.count, 1);
  EXPECT_EQ(api::find_condition(conditions, "Ready")->reason, "ReadOperationFailed");
  EXPECT_EQ(api::find_condition(conditions, "Reconciling")->reason, "ProgressingWithRetry");
  EXPECT_EQ(observed, -1);

  conclusion.failure = nullptr;
  conclusion.outcome = runtime::Stall{"InvalidPolicy", "no range"};
  EXPECT_TRUE(conclude_problem(context, status, conclusion, "Failure"));
  EXPECT_EQ(events.count, 2);
  EXPECT_EQ(api::find_condition(conditions, "Reconciling"), nullptr);
  EXPECT_TRUE(api::is_condition_true(conditions, "Stalled"));
  EXPECT_EQ(observed, 3);

  conclusion.outcome = runtime::Done{Milliseconds{0}};
  EXPECT_FALSE(conclude_problem(context, status, conclusion, "Failure"));
  mark_ready(status, "well", clock.wall_now());
  EXPECT_EQ(conditions.size(), 1u);
}

}  // namespace
}  // namespace weir::image_reflector
