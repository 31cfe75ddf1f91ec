#include "pkg/live/applied_set.hpp"

#include <gtest/gtest.h>

namespace weir::live {
namespace {

using namespace std::chrono_literals;

const kube::ObjectKey kOwner{"apps", "shop"};
const kube::ObjectKey kOther{"apps", "other"};
const ssa::ObjectId kId{"apps", "v1", "Deployment", "apps", "web"};

struct Hands final : Clock {
  TimePoint now() const override { return at; }
  WallTime wall_now() const override { return {}; }
  TimePoint at{};
};

/// One object, as the test says it is.
struct View final : LiveView {
  bool is_complete(const ssa::ObjectId&) const override { return complete; }
  std::shared_ptr<const LiveState> find(const ssa::ObjectId&) const override {
    return live ? std::make_shared<const LiveState>(*live) : nullptr;
  }
  bool is_behind(const ssa::ObjectId&, const std::string&) const override { return behind; }
  bool is_listed(const kube::ObjectKey& owner, const ssa::ObjectId&) const override {
    return owner == kOther && listed_by_other;
  }

  bool complete = true;
  bool behind = false;
  std::optional<LiveState> live;
  bool listed_by_other = false;
};

class AppliedSetTest : public ::testing::Test {
 protected:
  AppliedSetTest() {
    Record record;
    record.id = kId;
    record.owned.entry = 11;
    record.owned.fields = 12;
    record.owned.with_scale = 12;
    record.owned.all = 13;
    record.resource_version = "100";
    LiveState live;
    live.owner = kOwner;
    live.owned = record.owned;
    live.resource_version = "100";
    view_.live = live;
    set_.learn(std::move(record));
  }
  /// Somebody writes over what is ours.
  void change(const char* writer, int version) {
    view_.live->owned.entry = static_cast<std::uint64_t>(version);
    view_.live->owned.writer = writer;
    view_.live->resource_version = std::to_string(version);
  }
  AppliedSet::Judgement judge() { return set_.judge(kId.identity()); }

  Hands clock_;
  View view_;
  AppliedSet set_{kOwner, view_, clock_};
};

TEST_F(AppliedSetTest, NothingIsBelievedWhileTheWatchIsLost) {
  EXPECT_TRUE(set_.is_untouched(true));
  view_.complete = false;
  EXPECT_FALSE(set_.is_untouched(true));
  EXPECT_FALSE(set_.is_untouched(false));
  EXPECT_FALSE(set_.has_drifted()) << "a wait wakes often: only a full pass could tell";
}

TEST_F(AppliedSetTest, DriftWakesAtOnce) {
  change("kubectl-edit", 101);
  EXPECT_TRUE(set_.has_drifted());
  EXPECT_FALSE(set_.is_untouched(false));
  const auto judgement = judge();
  EXPECT_EQ(judgement.wake, Milliseconds{0});
  EXPECT_TRUE(judgement.manager.empty());
}

TEST_F(AppliedSetTest, AnObjectThatIsGoneIsDrift) {
  view_.live.reset();
  EXPECT_TRUE(set_.has_drifted());
  EXPECT_EQ(judge().wake, Milliseconds{0});
}

/// The event of the object, the status of the owner that deleted it and the end of our own pass all tell of one
/// deletion: counted as four they were a quarrel, which stood as a conflict in the status for minutes.
TEST_F(AppliedSetTest, WhatIsToldSeveralTimesIsOneRepair) {
  view_.live.reset();
  for (int i = 0; i < 5; ++i) {
    const auto judgement = judge();
    EXPECT_EQ(judgement.wake, Milliseconds{0});
    EXPECT_TRUE(judgement.manager.empty());
  }
}

/// The object was made anew after a deletion, and the watch tells of the deletion later.
TEST_F(AppliedSetTest, WhatAWatchHasYetToSeeIsNotGone) {
  view_.live.reset();
  view_.behind = true;
  EXPECT_FALSE(set_.has_drifted());
  EXPECT_TRUE(set_.is_untouched(true));
  EXPECT_FALSE(judge().wake);
  view_.behind = false;
  EXPECT_TRUE(set_.has_drifted());
}

TEST_F(AppliedSetTest, WhoComesBackIsNamedAndWaitedFor) {
  AppliedSet::Judgement last;
  for (int i = 0; i < 5; ++i) {
    change("somebody", 101 + i);
    last = judge();
    clock_.at += last.wake.value_or(Milliseconds{0});
    auto record = *set_.find(kId);  // put right
    record.resource_version = std::to_string(101 + i);
    record.owned = view_.live->owned;
    set_.learn(std::move(record));
  }
  EXPECT_GT(*last.wake, Milliseconds{0});
  EXPECT_EQ(last.manager, "somebody");

  change("somebody", 200);
  EXPECT_GT(*judge().wake, Milliseconds{0});
  EXPECT_TRUE(set_.next_heal());
  EXPECT_TRUE(set_.is_untouched(false)) << "held: nothing to do now";
  EXPECT_FALSE(set_.is_untouched(true)) << "a regular pass puts nothing off";

  set_.opponents.emplace(kId.identity(), Opponent{"Deployment/apps/web", "somebody", {}});
  set_.drop_settled_managers();
  EXPECT_EQ(set_.opponents.size(), 1u);
  clock_.at += 1h;
  view_.live->owned = set_.find(kId)->owned;  // put right
  view_.live->resource_version = set_.find(kId)->resource_version;
  set_.drop_settled_managers();
  EXPECT_TRUE(set_.opponents.empty());
}

TEST_F(AppliedSetTest, AnotherOwnerThatListsItIsTreatedAtTheInterval) {
  change("kustomize-controller", 101);
  view_.live->owner = kOther;
  view_.listed_by_other = true;
  EXPECT_FALSE(set_.has_drifted());
  EXPECT_TRUE(set_.is_untouched(false));
  EXPECT_FALSE(set_.is_untouched(true));
  const auto judgement = judge();
  EXPECT_FALSE(judgement.wake);
  EXPECT_EQ(judgement.other, kOther);
  view_.listed_by_other = false;
  EXPECT_TRUE(set_.has_drifted()) << "it let go: drift as any other";
}

TEST_F(AppliedSetTest, WhatIsLeftAloneIsLookedAtWhenItGoesAway) {
  Record left;
  left.id = kId;
  left.left_alone = true;
  view_.live->left_alone = true;
  set_.learn(std::move(left));
  EXPECT_TRUE(set_.is_untouched(false));
  EXPECT_FALSE(set_.is_untouched(true));
  EXPECT_FALSE(judge().wake);
  view_.live.reset();
  EXPECT_EQ(judge().wake, Milliseconds{0});
  EXPECT_FALSE(set_.is_untouched(false));
}

// It was looked at again at the interval only, and meanwhile Ready spoke of what somebody had written by hand.
TEST_F(AppliedSetTest, WhoTakesBackThatHeIsToBeLeftAloneIsLookedAt) {
  Record left;
  left.id = kId;
  left.left_alone = true;
  set_.learn(left);
  EXPECT_EQ(judge().wake, Milliseconds{0});
  EXPECT_FALSE(set_.is_untouched(false));
  left.need_only_exist = true;
  set_.learn(std::move(left));
  EXPECT_FALSE(judge().wake) << "what it says of itself does not matter";
}

TEST_F(AppliedSetTest, WhatLeftTheBuildIsForgotten) {
  set_.keep_only({});
  EXPECT_EQ(set_.find(kId), nullptr);
  change("kubectl-edit", 101);
  EXPECT_FALSE(judge().wake);
}

}  // namespace
}  // namespace weir::live
