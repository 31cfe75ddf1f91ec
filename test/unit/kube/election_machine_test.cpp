#include "pkg/kube/election_machine.hpp"

#include <gtest/gtest.h>

namespace weir::kube {
namespace {

using namespace std::chrono_literals;
using Lost = ElectionMachine::Lost;
using Pause = ElectionMachine::Pause;
using Write = ElectionMachine::Write;

const TimePoint t0 = TimePoint{} + 1h;

LeaseRecord held_by(std::string holder, std::string renewed) {
  LeaseRecord lease;
  lease.holder = std::move(holder);
  lease.duration = 35s;
  lease.renew_time = std::move(renewed);
  return lease;
}

ElectionMachine machine() { return ElectionMachine{"me", ElectionTimes{}}; }

TEST(ElectionMachine, TakesALeaseThatIsNotThere) {
  auto m = machine();
  EXPECT_TRUE(std::holds_alternative<Write>(m.on_observed(std::nullopt, t0)));
  m.on_written(held_by("me", "1"), t0);
  EXPECT_TRUE(m.is_leader());
}

TEST(ElectionMachine, WaitsWhileAnotherRenews) {
  auto m = machine();
  EXPECT_TRUE(std::holds_alternative<Pause>(m.on_observed(held_by("other", "1"), t0)));
  EXPECT_TRUE(std::holds_alternative<Pause>(m.on_observed(held_by("other", "2"), t0 + 30s)));
  EXPECT_TRUE(std::holds_alternative<Pause>(m.on_observed(held_by("other", "2"), t0 + 60s)));
  EXPECT_TRUE(std::holds_alternative<Write>(m.on_observed(held_by("other", "2"), t0 + 65s)));
}

TEST(ElectionMachine, AProcessThatSleptTooLongMayNotWrite) {
  auto m = machine();
  EXPECT_FALSE(m.leads_at(t0));
  m.on_observed(std::nullopt, t0);
  m.on_written(held_by("me", "1"), t0);
  EXPECT_TRUE(m.leads_at(t0 + ElectionTimes{}.renew - 1ms));
  EXPECT_FALSE(m.leads_at(t0 + ElectionTimes{}.renew));
  m.on_observed(held_by("other", "2"), t0 + 1s);
  EXPECT_FALSE(m.leads_at(t0 + 1s));
}

TEST(ElectionMachine, TakesAReleasedLeaseAtOnce) {
  auto m = machine();
  EXPECT_TRUE(std::holds_alternative<Write>(m.on_observed(held_by("", "1"), t0)));
}

TEST(ElectionMachine, GivesUpWhenItCannotRenew) {
  auto m = machine();
  m.on_written(held_by("me", "1"), t0);
  EXPECT_TRUE(std::holds_alternative<Pause>(m.on_failure(t0 + 29s)));
  EXPECT_TRUE(std::holds_alternative<Lost>(m.on_failure(t0 + 30s)));
  EXPECT_FALSE(m.is_leader());
}

TEST(ElectionMachine, ASlowAnswerIsNoLostLease) {
  auto m = machine();
  EXPECT_EQ(m.request_limit(t0), 15s);
  m.on_written(held_by("me", "1"), t0);
  EXPECT_EQ(m.request_limit(t0 + 5s), 15s);
  EXPECT_EQ(m.request_limit(t0 + 20s), 10s) << "no longer than until the deadline";
  EXPECT_EQ(m.request_limit(t0 + 29s), 5s);
}

TEST(ElectionMachine, ALeaseCountsFromWhenItsRenewalWasSent) {
  auto m = machine();
  m.on_written(held_by("me", "1"), t0);
  EXPECT_FALSE(m.leads_at(t0 + 30s)) << "however late the answer came";
}

TEST(ElectionMachine, StopsAtOnceWhenAnotherHoldsTheLease) {
  auto m = machine();
  m.on_written(held_by("me", "1"), t0);
  EXPECT_TRUE(std::holds_alternative<Lost>(m.on_observed(held_by("other", "2"), t0 + 5s)));
}

TEST(ElectionMachine, StopsAtOnceWhenItsLeaseIsDeleted) {
  auto m = machine();
  m.on_written(held_by("me", "1"), t0);
  EXPECT_TRUE(std::holds_alternative<Lost>(m.on_observed(std::nullopt, t0 + 5s)));
}

}  // namespace
}  // namespace weir::kube
