#include "pkg/kube/work_queue.hpp"

#include <gtest/gtest.h>

namespace weir::kube {
namespace {

using namespace std::chrono_literals;

const TimePoint t0{};
const ObjectKey web{"apps", "web"};
const ObjectKey api{"apps", "api"};

WorkQueue queue() { return WorkQueue{RateLimits{}}; }

TEST(WorkQueue, TheEarlierDueTimeWins) {
  auto q = queue();
  q.add(web, t0 + 10s);
  q.add(web, t0 + 5s);
  q.add(web, t0 + 20s);
  EXPECT_EQ(q.next_due(), t0 + 5s);
  EXPECT_EQ(q.take(t0 + 4s), std::nullopt);
  EXPECT_EQ(q.take(t0 + 5s), web);
}

TEST(WorkQueue, AKeyInProgressIsNotHandedOutAgainAndIsDueAfterDone) {
  auto q = queue();
  q.add(web, t0);
  ASSERT_EQ(q.take(t0), web);
  q.add(web, t0 + 1s);
  EXPECT_EQ(q.take(t0 + 2s), std::nullopt);
  q.done(web);
  EXPECT_EQ(q.take(t0 + 2s), web);
  EXPECT_EQ(q.in_progress(), 1u);
}

TEST(WorkQueue, FailuresBackOffUntilForgotten) {
  auto q = queue();
  q.add_failed(web, t0, 0);
  EXPECT_EQ(q.next_due(), t0 + 750ms);
  q.take(t0 + 750ms);
  q.add_failed(web, t0, 0);
  q.done(web);
  EXPECT_EQ(q.next_due(), t0 + 1500ms);
  q.take(t0 + 1500ms);
  q.forget(web);
  q.add_failed(web, t0, 0);
  q.done(web);
  EXPECT_EQ(q.next_due(), t0 + 750ms);
}

TEST(WorkQueue, BackOffEndsAtTheLongestPause) {
  auto q = queue();
  for (int i = 0; i < 40; ++i) {
    q.add_failed(web, t0, 0);
    q.take(t0 + 1h);
    q.done(web);
  }
  q.add_failed(web, t0, 0.99);
  EXPECT_GE(q.next_due(), t0 + 15min);
  EXPECT_LE(q.next_due(), t0 + 17min);
}

TEST(WorkQueue, DropForgetsEverything) {
  auto q = queue();
  q.add(web, t0);
  q.add(api, t0 + 1s);
  q.drop(web);
  EXPECT_EQ(q.take(t0 + 1s), api);
  EXPECT_EQ(q.take(t0 + 1s), std::nullopt);
}

TEST(WorkQueue, DepthCountsWhatIsDue) {
  auto q = queue();
  q.add(web, t0);
  q.add(api, t0 + 1min);
  EXPECT_EQ(q.depth(t0), 1u);
  EXPECT_EQ(q.depth(t0 + 1min), 2u);
}

}  // namespace
}  // namespace weir::kube
