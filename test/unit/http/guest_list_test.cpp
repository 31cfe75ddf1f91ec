#include "pkg/http/guest_list.hpp"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

using namespace std::chrono_literals;
using State = GuestList::State;

const TimePoint t0 = TimePoint{} + 1h;

GuestList::Limits limits(std::size_t most, std::size_t most_of_one_peer) {
  GuestList::Limits out;
  out.most = most;
  out.most_of_one_peer = most_of_one_peer;
  return out;
}

// 512 connections that said nothing kept everybody else in the kernel's queue.
TEST(GuestList, SilentOnesMakeRoomForANewcomer) {
  GuestList guests{limits(3, 3)};
  const auto first = guests.admit("tenant", t0);
  guests.admit("tenant", t0 + 1s);
  guests.admit("prometheus", t0 + 2s);
  const auto newcomer = guests.admit("kubelet", t0 + 3s);
  EXPECT_TRUE(newcomer.id);
  EXPECT_EQ(newcomer.leaves, first.id) << "the longest quiet one of the peer that has the most";
  EXPECT_EQ(guests.size(), 3u);
  EXPECT_EQ(guests.state(*first.id), std::nullopt);
}

TEST(GuestList, APeerTakesNoMoreThanItsShare) {
  GuestList guests{limits(100, 2)};
  const auto first = guests.admit("tenant", t0);
  const auto second = guests.admit("tenant", t0);
  guests.set_state(*first.id, State::kAnswering, t0);
  EXPECT_EQ(guests.admit("tenant", t0 + 1s).leaves, second.id) << "one that is answered stays";
  EXPECT_EQ(guests.size(), 2u);
  EXPECT_EQ(guests.admit("other", t0 + 1s).leaves, std::nullopt);
}

TEST(GuestList, AnUnfinishedRequestIsNoReasonToStay) {
  GuestList guests{limits(1, 1)};
  const auto first = guests.admit("tenant", t0);
  guests.set_state(*first.id, State::kReading, t0);
  EXPECT_EQ(guests.admit("other", t0 + 1s).leaves, first.id);
}

TEST(GuestList, AnAnswerHasItsTime) {
  GuestList guests{limits(1, 1)};
  const auto first = guests.admit("tenant", t0);
  guests.set_state(*first.id, State::kAnswering, t0);
  const auto refused = guests.admit("other", t0 + 59s);
  EXPECT_FALSE(refused.id);
  EXPECT_FALSE(refused.leaves);
  EXPECT_EQ(guests.size(), 1u);
  EXPECT_EQ(guests.admit("other", t0 + 60s).leaves, first.id) << "it takes a byte a minute";
}

TEST(GuestList, WhoeverHoldsTheMostGoesFirst) {
  GuestList guests{limits(10, 10)};
  EXPECT_EQ(guests.heaviest(), std::nullopt);
  const auto scraper = guests.admit("prometheus", t0);
  const auto first = guests.admit("tenant", t0);
  const auto second = guests.admit("tenant", t0);
  guests.set_state(*second.id, State::kAnswering, t0 + 1s);
  guests.set_state(*first.id, State::kAnswering, t0 + 2s);
  guests.hold(*scraper.id, 60);
  guests.hold(*first.id, 50);
  guests.hold(*second.id, 40);
  EXPECT_EQ(guests.held_bytes(), 150u);
  EXPECT_EQ(guests.heaviest(), second.id) << "the longest held of the peer that has the most";
  guests.leave(*second.id);
  EXPECT_EQ(guests.held_bytes(), 110u);
  EXPECT_EQ(guests.heaviest(), scraper.id);
  guests.hold(*scraper.id, 0);
  EXPECT_EQ(guests.heaviest(), first.id);
}

TEST(GuestList, WhoeverHasLeftIsForgotten) {
  GuestList guests{limits(2, 1)};
  const auto first = guests.admit("a", t0);
  guests.leave(*first.id);
  guests.leave(*first.id);
  guests.set_state(*first.id, State::kReading, t0);
  EXPECT_EQ(guests.admit("a", t0).leaves, std::nullopt);
  EXPECT_EQ(guests.size(), 1u);
}

}  // namespace
}  // namespace weir::http
