#include "pkg/live/health_wait.hpp"

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"

namespace weir::live {
namespace {

using namespace std::chrono_literals;
using ssa::HealthStatus;
using testing::HasSubstr;

const TimePoint t0{};

ssa::ObjectId object(const std::string& name) { return {"apps", "v1", "Deployment", "apps", name}; }
ssa::Health in_progress() { return {HealthStatus::kInProgress, "Replicas: 0/1", {}}; }
ssa::Health current() { return {HealthStatus::kCurrent, "", {}}; }
ssa::Health failed() { return {HealthStatus::kFailed, "Progress deadline exceeded", {}}; }

std::vector<ssa::ObjectId> many(int count) {
  std::vector<ssa::ObjectId> out;
  for (int i = 0; i < count; ++i) out.push_back(object(text::cat("web", i)));
  return out;
}

TEST(HealthWait, AsksEachObjectOnceThenOnlyThoseThatSomethingHappenedTo) {
  HealthWait wait{many(3), t0, 60s};
  EXPECT_EQ(wait.ask(t0).size(), 3u);
  for (const auto& id : many(3)) wait.answer(id, in_progress(), true, t0);
  EXPECT_TRUE(wait.ask(t0 + 1s).empty());
  EXPECT_TRUE(wait.touch(object("web1")));
  EXPECT_FALSE(wait.touch(object("other")));
  EXPECT_EQ(wait.ask(t0 + 1s), std::vector{object("web1")});
  wait.answer(object("web1"), current(), true, t0 + 1s);
  EXPECT_EQ(wait.pending(), 2u);
  EXPECT_FALSE(wait.touch(object("web1")));
}

TEST(HealthWait, WhatHappensWhileAnObjectIsAskedIsNotLost) {
  HealthWait wait{many(1), t0, 60s};
  ASSERT_EQ(wait.ask(t0).size(), 1u);
  EXPECT_TRUE(wait.touch(object("web0")));  // after the server has written its answer
  wait.answer(object("web0"), in_progress(), true, t0);
  EXPECT_EQ(wait.pause(t0), 0ms);
  EXPECT_EQ(wait.ask(t0), many(1));
  wait.answer(object("web0"), in_progress(), true, t0);
  EXPECT_TRUE(wait.ask(t0).empty());
}

TEST(HealthWait, LooksAgainWhereNoWatchTells) {
  HealthWait wait{many(1), t0, 60s};
  wait.answer(object("web0"), in_progress(), false, t0);
  EXPECT_EQ(wait.pause(t0), 1s);
  EXPECT_TRUE(wait.ask(t0 + 999ms).empty());
  EXPECT_EQ(wait.ask(t0 + 1s).size(), 1u);
  for (int i = 1; i < 10; ++i) wait.answer(object("web0"), in_progress(), false, t0 + 1s);
  EXPECT_EQ(wait.pause(t0 + 1s), 5s);
}

TEST(HealthWait, LooksAgainNowAndThenThoughAWatchTells) {
  HealthWait wait{many(1), t0, 600s};
  wait.answer(object("web0"), in_progress(), true, t0);
  EXPECT_EQ(wait.pause(t0), 60s);
}

TEST(HealthWait, AFailedObjectCountsWhereverItStands) {
  HealthWait wait{many(30), t0, 60s};
  for (const auto& id : many(30)) wait.answer(id, in_progress(), true, t0);
  EXPECT_FALSE(wait.has_failed());
  wait.answer(object("web9"), failed(), true, t0);  // behind twenty others in every order
  EXPECT_TRUE(wait.has_failed());
  EXPECT_EQ(wait.failed_objects(), "Deployment/apps/web9 status: 'Failed': Progress deadline exceeded");
  wait.answer(object("web9"), in_progress(), true, t0);
  EXPECT_FALSE(wait.has_failed());
}

TEST(HealthWait, EndsWhenAllAreHealthyOrTheTimeIsOver) {
  HealthWait wait{many(25), t0, 60s};
  EXPECT_FALSE(wait.has_expired(t0 + 59s));
  EXPECT_TRUE(wait.has_expired(t0 + 60s));
  EXPECT_THAT(wait.pending_objects(), HasSubstr(", and 5 more"));
  for (const auto& id : many(25)) wait.answer(id, current(), true, t0);
  EXPECT_TRUE(wait.is_over());
  EXPECT_TRUE((HealthWait{{}, t0, 60s}.is_over()));
}

TEST(HealthWait, AHopelessStateHasToLast) {
  HealthWait wait{many(1), t0, 600s};
  auto unschedulable = in_progress();
  unschedulable.fails_after = Milliseconds{15'000};
  wait.answer(object("web0"), unschedulable, true, t0);
  EXPECT_FALSE(wait.has_failed());
  EXPECT_EQ(wait.pause(t0), 15s);
  wait.answer(object("web0"), in_progress(), true, t0 + 10s);  // a node came
  wait.answer(object("web0"), unschedulable, true, t0 + 11s);
  wait.answer(object("web0"), unschedulable, true, t0 + 20s);
  EXPECT_FALSE(wait.has_failed());
  wait.answer(object("web0"), unschedulable, true, t0 + 26s);
  EXPECT_TRUE(wait.has_failed());
}

}  // namespace
}  // namespace weir::live
