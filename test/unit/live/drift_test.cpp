#include "pkg/live/drift.hpp"

#include <gtest/gtest.h>

namespace weir::live {
namespace {

using namespace std::chrono_literals;

const TimePoint t0{};

Record record() {
  Record out;
  out.id = {"apps", "v1", "Deployment", "apps", "web"};
  out.owned.entry = 11;
  out.owned.fields = 12;
  out.owned.with_scale = 12;
  out.owned.all = 13;
  out.resource_version = "100";
  return out;
}

/// The live object after somebody wrote to it.
LiveState later() {
  LiveState out;
  out.owned = record().owned;
  out.owned.all = 14;
  out.resource_version = "101";
  return out;
}

TEST(Drift, WhatOthersAddIsNone) {
  const auto live = later();
  EXPECT_EQ(drift_of(record(), &live), Drift::kNone);
}

TEST(Drift, AWatchThatLagsBehindOurOwnWriteTellsNothing) {
  auto live = later();
  live.owned.entry = 99;
  live.resource_version = "99";
  EXPECT_EQ(drift_of(record(), &live), Drift::kNone);
  live.resource_version = "100";
  EXPECT_EQ(drift_of(record(), &live), Drift::kNone);
}

TEST(Drift, AnEntryThatIsNotTheOneWeKnowIsDrift) {
  auto live = later();
  live.owned.entry = 99;  // equal fields, another time: applied by somebody who calls himself as we do
  EXPECT_EQ(drift_of(record(), &live), Drift::kNow);
}

TEST(Drift, AWriteUnderOurNameWithinTheSameSecondIsDrift) {
  auto live = later();
  live.owned.all = record().owned.all;
  EXPECT_EQ(drift_of(record(), &live), Drift::kNow);
}

// A controller that writes a status twice within a second leaves entries that are equal in their times as well.
TEST(Drift, AStatusThatIsWrittenTwiceWithinASecondIsNone) {
  auto live = later();
  live.owned.all = record().owned.all;
  live.owned.has_status = true;
  EXPECT_EQ(drift_of(record(), &live), Drift::kNone);
  live.owned.generation = 2;  // and the spec with it
  EXPECT_EQ(drift_of(record(), &live), Drift::kNow);
}

TEST(Drift, WhatCameThroughScaleWaitsForTheInterval) {
  auto live = later();
  live.owned.entry = 99;
  live.owned.fields = 98;
  live.owned.with_scale = record().owned.fields;
  EXPECT_EQ(drift_of(record(), &live), Drift::kAtInterval);
  live.owned.with_scale = 97;  // and another field besides
  EXPECT_EQ(drift_of(record(), &live), Drift::kNow);
}

TEST(Drift, WhatKubectlAddsIsDriftAndARestartWaitsForTheInterval) {
  auto live = later();
  live.owned.unclean = true;
  EXPECT_EQ(drift_of(record(), &live), Drift::kNow);
  live.owned.only_restarted = true;
  EXPECT_EQ(drift_of(record(), &live), Drift::kAtInterval);
  live.owned.only_restarted = false;
  auto merging = record();
  merging.merges = true;
  EXPECT_EQ(drift_of(merging, &live), Drift::kNone);
  auto unclean = record();
  unclean.owned.unclean = true;  // Git itself holds what would be cleaned up
  EXPECT_EQ(drift_of(unclean, &live), Drift::kNone);
}

TEST(Drift, AJobThatTheClusterRemovesWhenDoneRunsAgainAtTheIntervalOnly) {
  EXPECT_EQ(drift_of(record(), nullptr), Drift::kNow);
  auto job = record();
  job.expires = true;
  EXPECT_EQ(drift_of(job, nullptr), Drift::kAtInterval);
}

/// Finds the object in another state each time.
Milliseconds next(HealPauses& pauses, const std::string& object, const std::string& writer, TimePoint now) {
  static int found = 0;
  return pauses.next(object, writer, std::to_string(++found), now);
}

TEST(HealPauses, OneManagerThatComesBackWaitsLongerEachTime) {
  HealPauses pauses;
  auto now = t0 + 1h;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next(pauses, "web", "operator", now += 1s), 0ms);
  EXPECT_FALSE(pauses.is_quarrel("web", now));
  EXPECT_EQ(next(pauses, "web", "operator", now), 500ms);
  EXPECT_TRUE(pauses.is_quarrel("web", now));
  EXPECT_TRUE(pauses.is_held("web", now + 499ms));
  EXPECT_FALSE(pauses.is_held("web", now + 500ms));
  EXPECT_EQ(pauses.left(now + 100ms), 400ms);
  EXPECT_EQ(next(pauses, "web", "operator", now + 100ms), 400ms) << "he only changed it again before it was put right";
  EXPECT_EQ(next(pauses, "web", "operator", now + 1s), 1s);
  now += 1s;
  Milliseconds pause{1'000};
  for (int i = 0; i < 20; ++i) pause = next(pauses, "web", "operator", now += pause);
  EXPECT_EQ(pause, HealPauses::kLongest);
  EXPECT_EQ(pauses.left(now + pause), std::nullopt);
}

TEST(HealPauses, RepairsOfDifferentObjectsDoNotHoldEachOtherUp) {
  HealPauses pauses;
  const auto now = t0 + 1h;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(next(pauses, "object " + std::to_string(i), "somebody", now), 0ms);
}

TEST(HealPauses, AnotherManagerAndAQuietTimeBeginAnew) {
  HealPauses pauses;
  const auto now = t0 + 1h;
  for (int i = 0; i < 6; ++i) next(pauses, "web", "operator", now);
  EXPECT_EQ(next(pauses, "web", "kubectl-edit", now), 0ms);
  for (int i = 0; i < 6; ++i) next(pauses, "web", "operator", now);
  EXPECT_EQ(next(pauses, "web", "operator", now + 1h), 0ms);
  EXPECT_FALSE(pauses.is_quarrel("web", now + 3h));
}

}  // namespace
}  // namespace weir::live
