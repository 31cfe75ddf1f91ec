#include "controllers/kustomize/kustomization_status.hpp"

#include <gtest/gtest.h>

namespace weir::kustomize_controller {
namespace {

using namespace std::chrono_literals;

const WallTime t0 = parse_rfc3339("2026-01-01T00:00:00Z").value();

TEST(KustomizationStatus, HealthIsToldOnceSoThatCheckingWritesNothing) {
  Kustomization object;
  mark_healthy(object, "Health check passed in 20ms", t0);
  mark_healthy(object, "Health check passed in 31ms", t0 + 1h);
  EXPECT_EQ(object.status.conditions[0].message, "Health check passed in 20ms");
}

TEST(KustomizationStatus, HistoryJoinsEqualOutcomesAndKeepsFive) {
  Kustomization object;
  remember(object, "sha256:1", "ReconciliationSucceeded", "r1", 1500ms, t0);
  remember(object, "sha256:1", "ReconciliationSucceeded", "r2", 10ms, t0 + 1h);
  ASSERT_EQ(object.status.history.size(), 1u);
  EXPECT_EQ(object.status.history[0].total_reconciliations, 2);
  EXPECT_EQ(object.status.history[0].first_reconciled, "2026-01-01T00:00:00Z");
  EXPECT_EQ(object.status.history[0].metadata.at("revision"), "r2");
  for (int i = 2; i < 9; ++i) {
    remember(object, "sha256:" + std::to_string(i), "ReconciliationSucceeded", "r", 1ms, t0);
  }
  EXPECT_EQ(object.status.history.size(), 5u);
  EXPECT_EQ(object.status.history[0].digest, "sha256:8");
}

TEST(KustomizationStatus, TimeoutsHaveAFloor) {
  api::kustomize::KustomizationSpec spec;
  spec.interval = Duration{5min};
  EXPECT_EQ(to_string(spec.effective_timeout()), "4m30s");
  spec.interval = Duration{10s};
  EXPECT_EQ(to_string(spec.effective_timeout()), "30s");
  spec.timeout = Duration{2min};
  EXPECT_EQ(to_string(spec.effective_timeout()), "2m0s");
}

TEST(KustomizationStatus, UnsupportedFieldsAreRefusedByName) {
  const sources::Sources none;
  api::kustomize::KustomizationSpec spec;
  spec.decryption.emplace();
  EXPECT_EQ(unsupported_field(spec, none)->message, "spec.decryption is not supported by this version of Weir");
  spec.decryption.reset();
  spec.source_ref.kind = "Bucket";
  EXPECT_EQ(
      unsupported_field(spec, none)->message, "spec.sourceRef.kind: \"Bucket\" is not supported by this version of Weir"
  );
}

}  // namespace
}  // namespace weir::kustomize_controller
