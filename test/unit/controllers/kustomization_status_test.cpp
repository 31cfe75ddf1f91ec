#include "controllers/kustomize/kustomization_status.hpp"

#include <gtest/gtest.h>

namespace weir::kustomize_controller {
namespace {

using namespace std::chrono_literals;

const WallTime t0 = parse_rfc3339("2026-01-01T00:00:00Z").value();

std::string ready(const Kustomization& object) {
  const auto* found = api::find_condition(object.status.conditions, "Ready");
  return found == nullptr ? "" : found->status + " " + found->reason + " " + found->message;
}

TEST(KustomizationStatus, OnePassInConditions) {
  Kustomization object;
  object.metadata.generation = 2;
  mark_progressing(object, "Building", t0);
  EXPECT_EQ(ready(object), "Unknown Progressing Reconciliation in progress");
  mark_failed(object, "BuildFailed", "broken", t0);
  EXPECT_EQ(ready(object), "False BuildFailed broken");
  EXPECT_EQ(object.status.observed_generation, -1);
  mark_ready(object, "main@sha1:abc", t0);
  EXPECT_EQ(ready(object), "True ReconciliationSucceeded Applied revision: main@sha1:abc");
  EXPECT_EQ(object.status.conditions.size(), 1u);
  EXPECT_EQ(object.status.observed_generation, 2);
}

TEST(KustomizationStatus, WaitingForAnotherIsNotReconciling) {
  Kustomization object;
  mark_progressing(object, "Building", t0);
  mark_waiting(object, "DependencyNotReady", "dependency 'a/b' is not ready", t0);
  EXPECT_EQ(api::find_condition(object.status.conditions, "Reconciling"), nullptr);
}

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
  api::kustomize::KustomizationSpec spec;
  spec.source_ref.kind = "GitRepository";
  EXPECT_FALSE(unsupported_field(spec));
  spec.decryption.emplace();
  EXPECT_EQ(unsupported_field(spec)->message, "spec.decryption is not supported by this version of Weir");
  spec.decryption.reset();
  spec.source_ref.kind = "Bucket";
  EXPECT_EQ(
      unsupported_field(spec)->message,
      "spec.sourceRef.kind: \"Bucket\" is not supported by this version of Weir"
  );
}

}  // namespace
}  // namespace weir::kustomize_controller
