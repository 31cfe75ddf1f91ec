#include "controllers/helm/decision.hpp"

#include <gtest/gtest.h>

#include "pkg/helm/storage/digests.hpp"
#include "test/unit/helm_controller/release_support.hpp"

namespace weir::helm_controller {
namespace {

Target target() {
  Target out;
  out.chart_name = "demo";
  out.chart_version = "1.0.0";
  out.config_digest = helm::config_digest(json::Value{});
  return out;
}

State state_of(const HelmRelease& object, const helm::StoredRelease& newest, const Target& wanted = target()) {
  const auto verdict = judge(object, &newest, wanted);
  EXPECT_TRUE(verdict) << verdict.error().text();
  return verdict->state;
}

TEST(JudgeTest, WithoutARecordNothingIsThere) {
  EXPECT_EQ(judge(HelmRelease{}, nullptr, target())->state, State::kAbsent);
  EXPECT_EQ(judge(made(revision(1, "deployed")), nullptr, target())->state, State::kAbsent);
}

TEST(JudgeTest, ABegunActionLocks) {
  for (const char* status : {"pending-install", "pending-upgrade", "pending-rollback", "uninstalling"}) {
    const auto release = revision(2, status);
    EXPECT_EQ(state_of(made(release), release), State::kLocked);
    EXPECT_EQ(state_of(HelmRelease{}, release), State::kLocked);
  }
}

TEST(JudgeTest, WhatWeDoNotRememberIsSomebodyElses) {
  EXPECT_EQ(state_of(HelmRelease{}, revision(1, "deployed")), State::kUnmanaged);
  EXPECT_EQ(state_of(HelmRelease{}, revision(1, "failed")), State::kUnmanaged);
  EXPECT_EQ(state_of(HelmRelease{}, revision(1, "uninstalled")), State::kAbsent);
  auto changed = revision(1, "deployed");
  const auto object = made(changed);
  changed.manifest = "---\n";
  EXPECT_EQ(state_of(object, changed), State::kUnmanaged);
  EXPECT_EQ(state_of(object, revision(2, "deployed")), State::kUnmanaged);
}

TEST(JudgeTest, TheStatusOfOurOwnRevisionDecides) {
  auto release = revision(1, "failed");
  EXPECT_EQ(state_of(made(release), release), State::kFailed);
  release = revision(1, "uninstalled");
  EXPECT_EQ(state_of(made(release), release), State::kAbsent);
  release = revision(1, "deployed");
  EXPECT_EQ(state_of(made(release), release), State::kInSync);
  for (const char* status : {"superseded", "unknown"}) {
    release = revision(1, status);
    const auto verdict = judge(made(release), &release, target());
    ASSERT_FALSE(verdict) << status;
    EXPECT_NE(verdict.error().text().find(status), std::string::npos);
  }
}

TEST(JudgeTest, OtherChartOrValuesAreOutOfSync) {
  const auto release = revision(1, "deployed");
  const auto object = made(release);
  const auto why = [&](auto change) {
    auto wanted = target();
    change(wanted);
    const auto verdict = judge(object, &release, wanted);
    EXPECT_EQ(verdict->state, State::kOutOfSync);
    return verdict->why;
  };
  EXPECT_EQ(why([](Target& wanted) { wanted.chart_name = "other"; }), "release chart changed");
  EXPECT_EQ(why([](Target& wanted) { wanted.chart_version = "1.0.1"; }), "release chart changed");
  EXPECT_EQ(why([](Target& wanted) { wanted.config_digest = "sha256:0"; }), "release config values changed");
}

TEST(JudgeTest, WhatIsDoneWithTheResultCountsForANewGeneration) {
  const auto release = revision(1, "deployed");
  auto object = made(release);
  auto wanted = target();
  wanted.post_renderers_digest = "sha256:1";
  EXPECT_EQ(state_of(object, release, wanted), State::kInSync);
  object.metadata.generation = 3;
  EXPECT_EQ(judge(object, &release, wanted)->why, "postrenderers digest has changed");
  wanted = target();
  wanted.common_metadata_digest = "sha256:1";
  EXPECT_EQ(judge(object, &release, wanted)->why, "common metadata digest has changed");
}

TEST(JudgeTest, TestsThatNeverRanAndTestsThatFailed) {
  const auto release = revision(1, "deployed");
  auto object = made(release);
  object.spec.test.emplace().enable = true;
  EXPECT_EQ(state_of(object, release), State::kUntested);
  object.status.history[0].test_hooks.emplace();
  EXPECT_EQ(state_of(object, release), State::kInSync);
  (*object.status.history[0].test_hooks)["web-test"].phase = "Failed";
  EXPECT_EQ(state_of(object, release), State::kFailed);
  object.spec.test->ignore_failures = true;
  EXPECT_EQ(state_of(object, release), State::kInSync);
  object.spec.install.emplace().remediation.emplace().ignore_test_failures = false;
  EXPECT_EQ(state_of(object, release), State::kFailed);
}

TEST(JudgeTest, DriftIsLookedAtLast) {
  const auto release = revision(1, "deployed");
  auto wanted = target();
  wanted.has_drifted = true;
  EXPECT_EQ(state_of(made(release), release, wanted), State::kDrifted);
  wanted.chart_version = "2.0.0";
  EXPECT_EQ(state_of(made(release), release, wanted), State::kOutOfSync);
}

TEST(NextStepTest, EachStateHasItsStep) {
  const HelmRelease object;
  EXPECT_EQ(next_step(object, State::kInSync, false), Step::kNothing);
  EXPECT_EQ(next_step(object, State::kLocked, false), Step::kUnlock);
  EXPECT_EQ(next_step(object, State::kAbsent, false), Step::kInstall);
  EXPECT_EQ(next_step(object, State::kUnmanaged, false), Step::kUpgradeAnew);
  EXPECT_EQ(next_step(object, State::kOutOfSync, false), Step::kUpgrade);
  EXPECT_EQ(next_step(object, State::kUntested, false), Step::kTest);
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kUpgrade);
}

TEST(NextStepTest, ForceIsOneUpgradeWhateverTheState) {
  const HelmRelease object;
  EXPECT_EQ(next_step(object, State::kInSync, true), Step::kUpgrade);
  EXPECT_EQ(next_step(object, State::kDrifted, true), Step::kUpgrade);
  EXPECT_EQ(next_step(object, State::kAbsent, true), Step::kInstall);
}

TEST(NextStepTest, RetriesThatAreUsedUpStallUnlessForced) {
  HelmRelease object;
  object.status.install_failures = 1;
  object.status.upgrade_failures = 1;
  EXPECT_EQ(next_step(object, State::kAbsent, false), Step::kStall);
  EXPECT_EQ(next_step(object, State::kAbsent, true), Step::kInstall);
  EXPECT_EQ(next_step(object, State::kOutOfSync, false), Step::kStall);
  EXPECT_EQ(next_step(object, State::kOutOfSync, true), Step::kUpgrade);
  object.spec.install.emplace().remediation.emplace().retries = 1;
  EXPECT_EQ(next_step(object, State::kAbsent, false), Step::kInstall);
  object.status.install_failures = 2;
  EXPECT_EQ(next_step(object, State::kAbsent, false), Step::kStall);
  object.spec.install->remediation->retries = -1;
  EXPECT_EQ(next_step(object, State::kAbsent, false), Step::kInstall);
}

TEST(NextStepTest, AFailedInstallIsUninstalledWhileThereAreRetries) {
  HelmRelease object;
  object.status.last_attempted_release_action = "install";
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kUpgrade) << "the counters were reset";
  object.status.install_failures = 1;
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kStall);
  EXPECT_EQ(next_step(object, State::kFailed, true), Step::kUpgrade);
  object.spec.install.emplace().remediation.emplace().retries = 1;
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kUninstall);
  object.status.install_failures = 2;
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kStall) << "the last failure stays to be looked at";
  object.spec.install->remediation->remediate_last_failure = true;
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kUninstall);
}

TEST(NextStepTest, AFailedUpgradeIsRolledBackOrUninstalled) {
  HelmRelease object;
  object.status.last_attempted_release_action = "upgrade";
  object.status.upgrade_failures = 1;
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kStall);
  object.spec.upgrade.emplace().remediation.emplace().retries = 1;
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kRollback);
  object.status.upgrade_failures = 2;
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kRollback) << "of an upgrade the last failure too";
  object.spec.upgrade->remediation->remediate_last_failure = false;
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kStall);
  object.spec.upgrade->remediation->remediate_last_failure = true;
  object.spec.upgrade->remediation->strategy = "uninstall";
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kUninstall);
}

TEST(NextStepTest, RetryOnFailureOnlyTriesAgain) {
  HelmRelease object;
  object.status.last_attempted_release_action = "install";
  object.status.install_failures = 9;
  object.spec.install.emplace().strategy.emplace().name = "RetryOnFailure";
  EXPECT_EQ(next_step(object, State::kFailed, false), Step::kUpgrade);
  EXPECT_EQ(install_remediation(object).retry_interval, Milliseconds{300'000});
  object.spec.install->strategy->retry_interval = Duration{std::chrono::seconds{7}};
  EXPECT_EQ(install_remediation(object).retry_interval, Milliseconds{7'000});
}

TEST(NextStepTest, DriftIsCorrectedOrToldAsTheModeSays) {
  HelmRelease object;
  object.spec.drift_detection.emplace().mode = "warn";
  EXPECT_EQ(next_step(object, State::kDrifted, false), Step::kReportDrift);
  object.spec.drift_detection->mode = "enabled";
  EXPECT_EQ(next_step(object, State::kDrifted, false), Step::kCorrectDrift);
}

}  // namespace
}  // namespace weir::helm_controller
