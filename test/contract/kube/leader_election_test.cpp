#include "pkg/kube/leader_election.hpp"

#include "pkg/async/task_group.hpp"
#include "test/contract/kube/kube_contract.hpp"

namespace weir::kube {
namespace {

class LeaderElectionContract : public KubeContract {
 protected:
  LeaderElectionOptions options(const std::string& identity) const {
    LeaderElectionOptions out;
    out.lease = {namespace_, "lock"};
    out.identity = identity;
    out.times = ElectionTimes{Milliseconds{3000}, Milliseconds{2000}, Milliseconds{200}};
    return out;
  }
  std::string holder() {
    const auto lease = run(client_->get(core::leases(), key("lock")));
    return lease ? std::string{lease->document().text_at({"spec", "holderIdentity"})} : "";
  }
  void wait_for(const LeaderElection& election) {
    for (int i = 0; i < 200 && !election.is_leader(); ++i) run(async::sleep_for(Milliseconds{50}));
  }
};

TEST_F(LeaderElectionContract, OneLeadsAndTheNextTakesOverWhenTheLeaseIsReleased) {
  LeaderElection first{*client_, options("first"), clock_, log::Logger{}};
  Identity identity;
  int tries = 0;
  Client counted{api_->transport(), api_->config(), identity, [&tries](const ApiCall&) { ++tries; }};
  LeaderElection second{counted, options("second"), clock_, log::Logger{}};
  async::TaskGroup one{reactor_.get_executor(), [](auto, const auto&) { ADD_FAILURE(); }};
  async::TaskGroup two{reactor_.get_executor(), [](auto, const auto&) { ADD_FAILURE(); }};
  one.spawn("first", first.run());
  wait_for(first);
  ASSERT_TRUE(first.is_leader());
  EXPECT_EQ(holder(), "first");

  two.spawn("second", second.run());
  for (int i = 0; i < 200 && tries < 4; ++i) run(async::sleep_for(Milliseconds{50}));
  EXPECT_GE(tries, 4);
  EXPECT_FALSE(second.is_leader());

  run(one.stop(Milliseconds{1000}));
  run(first.release());
  wait_for(second);
  EXPECT_TRUE(second.is_leader());
  EXPECT_EQ(holder(), "second");
  run(two.stop(Milliseconds{1000}));
}

TEST_F(LeaderElectionContract, AnAbandonedLeaseIsTakenOverAfterItsTime) {
  LeaderElection second{*client_, options("second"), clock_, log::Logger{}};
  async::TaskGroup two{reactor_.get_executor(), [](auto, const auto&) { ADD_FAILURE(); }};
  {
    LeaderElection first{*client_, options("first"), clock_, log::Logger{}};
    async::TaskGroup one{reactor_.get_executor(), [](auto, const auto&) { ADD_FAILURE(); }};
    one.spawn("first", first.run());
    wait_for(first);
    ASSERT_TRUE(first.is_leader());
    run(one.stop(Milliseconds{1000}));  // as if killed: nothing is released
  }
  const auto begin = clock_.now();
  two.spawn("second", second.run());
  wait_for(second);
  EXPECT_TRUE(second.is_leader());
  EXPECT_GT(clock_.now() - begin, Milliseconds{2500});
  run(two.stop(Milliseconds{1000}));
}

}  // namespace
}  // namespace weir::kube
