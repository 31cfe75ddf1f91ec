#include "pkg/runtime/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(Metrics, SeriesOfAControllerStartAtZero) {
  Metrics metrics;
  metrics.add_controller("gitrepository", 2);
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("controller_runtime_reconcile_total{controller=\"gitrepository\",result=\"error\"} 0"));
  EXPECT_THAT(text, HasSubstr("controller_runtime_max_concurrent_reconciles{controller=\"gitrepository\"} 2"));
}

TEST(Metrics, SeriesOfAnObjectGoWithTheObject) {
  Metrics metrics;
  const kube::ObjectKey key{"apps", "web"};
  metrics.reconciled("gitrepository", "GitRepository", key, Metrics::Result::kSuccess, 20ms);
  metrics.resource_info("GitRepository", key, {{"ready", "True"}});
  EXPECT_THAT(metrics.text(), HasSubstr("gotk_reconcile_duration_seconds_count{kind=\"GitRepository\",name=\"web\""));
  metrics.resource_info("GitRepository", key, {{"ready", "False"}});
  EXPECT_THAT(metrics.text(), Not(HasSubstr("ready=\"True\"")));
  metrics.forget("GitRepository", key);
  EXPECT_THAT(metrics.text(), Not(HasSubstr("name=\"web\"")));
}

}  // namespace
}  // namespace weir::runtime
