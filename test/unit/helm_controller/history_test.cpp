#include "controllers/helm/history.hpp"

#include <gtest/gtest.h>

#include "test/unit/helm_controller/release_support.hpp"

namespace weir::helm_controller {
namespace {

Snapshot snapshot(std::int64_t version, std::string_view status) {
  return snapshot_of(revision(version, status), "", "");
}

Snapshot with_test(Snapshot out, const char* phase) {
  out.test_hooks.emplace()["web-test"].phase = phase;
  return out;
}

TEST(HistoryTest, ASnapshotHoldsWhatTheRecordSays) {
  const auto made = snapshot_of(revision(3, "deployed"), "upgrade", "sha256:ab");
  EXPECT_EQ(made.api_version, "v2");
  EXPECT_EQ(made.name, "web");
  EXPECT_EQ(made.namespace_, "apps");
  EXPECT_EQ(made.version, 3);
  EXPECT_EQ(made.status, "deployed");
  EXPECT_EQ(made.action, "upgrade");
  EXPECT_EQ(made.chart_name, "demo");
  EXPECT_EQ(made.chart_version, "1.0.0");
  EXPECT_EQ(made.app_version, "9");
  EXPECT_EQ(made.first_deployed, "2026-01-02T03:04:05Z");
  EXPECT_EQ(made.last_deployed, "2026-01-02T03:04:06Z");
  EXPECT_EQ(made.deleted, "");
  EXPECT_EQ(made.oci_digest, "sha256:ab");
  EXPECT_FALSE(made.test_hooks);
  EXPECT_EQ(full_release_name(made), "apps/web.v3");
  EXPECT_EQ(versioned_chart_name(made), "demo@1.0.0");
}

TEST(HistoryTest, ARecordThatSomebodyChangedIsNotOurs) {
  const auto release = revision(3, "deployed");
  auto made = snapshot_of(release, "upgrade", "");
  EXPECT_TRUE(is_record_of(made, release));
  auto other = release;
  other.manifest = "---\n";
  EXPECT_FALSE(is_record_of(made, other));
  other = release;
  other.version = 4;
  EXPECT_FALSE(is_record_of(made, other));
  // Snapshots of another form cannot be compared.
  made.api_version.clear();
  other = release;
  other.manifest = "---\n";
  EXPECT_TRUE(is_record_of(made, other));
  made.api_version = "v2";
  made.digest = "blake3:00";
  EXPECT_FALSE(is_record_of(made, release));
}

TEST(HistoryTest, TheNewestStandsInFront) {
  std::vector<Snapshot> history;
  remember(history, snapshot(1, "pending-install"));
  remember(history, with_test(snapshot(1, "deployed"), "Succeeded"));
  remember(history, snapshot(2, "pending-upgrade"));
  remember(history, snapshot(1, "superseded"));
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].version, 2);
  EXPECT_EQ(history[1].status, "superseded");
  EXPECT_TRUE(history[1].test_hooks) << "the tests of a revision have run, whatever becomes of it";
}

TEST(HistoryTest, OneGoesBackToTheNewestGoodRevision) {
  std::vector<Snapshot> history{
      snapshot(5, "failed"),
      snapshot(4, "failed"),
      with_test(snapshot(3, "superseded"), "Failed"),
      snapshot(2, "superseded"),
      snapshot(1, "superseded")};
  EXPECT_EQ(rollback_target(history, false)->version, 2);
  EXPECT_EQ(rollback_target(history, true)->version, 3);
  history.resize(2);
  EXPECT_EQ(rollback_target(history, false), nullptr);
}

TEST(HistoryTest, WhatLiesBehindThatIsForgotten) {
  std::vector<Snapshot> history;
  for (std::int64_t version = 1; version <= 8; ++version) remember(history, snapshot(version, "superseded"));
  auto cut = history;
  truncate(cut, false, false);
  ASSERT_EQ(cut.size(), 2u);
  EXPECT_EQ(cut[1].version, 7);
  cut = history;
  truncate(cut, false, true);
  EXPECT_EQ(cut.size(), 5u);
  for (auto& entry : history) entry.status = "failed";
  truncate(history, false, false);
  EXPECT_EQ(history.size(), 5u);
}

}  // namespace
}  // namespace weir::helm_controller
