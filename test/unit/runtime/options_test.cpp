#include "pkg/runtime/options.hpp"

#include <gtest/gtest.h>

namespace weir::runtime {
namespace {

TEST(CommonOptions, LeasesKeepFluxsNames) {
  CommonOptions options;
  EXPECT_EQ(options.lease_name("source-controller"), "source-controller-leader-election");
  options.watch_label_selector = "sharding.fluxcd.io/key=shard1";
  const auto name = options.lease_name("source-controller");
  EXPECT_TRUE(name.starts_with("source-controller-leader-election-"));
  EXPECT_EQ(name.size(), std::string{"source-controller-leader-election-"}.size() + 8);
}

TEST(CommonOptions, RefusesWhatCannotWork) {
  CommonOptions options;
  EXPECT_TRUE(options.validate().has_value());
  options.log_level = "loud";
  EXPECT_EQ(options.validate().error().where, "--log-level");
  options = CommonOptions{};
  options.leader_election_renew_deadline = options.leader_election_lease_duration;
  EXPECT_EQ(options.validate().error().where, "--leader-election-renew-deadline");
  options = CommonOptions{};
  options.feature_gates = {"Broken"};
  EXPECT_EQ(options.validate().error().where, "--feature-gates");
}

TEST(CommonOptions, GatesHaveDefaults) {
  CommonOptions options;
  options.feature_gates = {"A=false"};
  EXPECT_FALSE(options.gate("A", true));
  EXPECT_TRUE(options.gate("B", true));
}

}  // namespace
}  // namespace weir::runtime
