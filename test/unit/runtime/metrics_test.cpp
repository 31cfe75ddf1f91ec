#include "pkg/runtime/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(Metrics, SeriesOfAControllerStartAtZero) {
  Metrics metrics;
  metrics.add_controller("gitrepository", 2);
  const auto text = metrics.text(TimePoint{});
  EXPECT_THAT(text, HasSubstr("controller_runtime_reconcile_total{controller=\"gitrepository\",result=\"error\"} 0"));
  EXPECT_THAT(text, HasSubstr("controller_runtime_max_concurrent_reconciles{controller=\"gitrepository\"} 2"));
}

TEST(Metrics, SeriesOfAnObjectGoWithTheObject) {
  Metrics metrics;
  const kube::ObjectKey key{"apps", "web"};
  metrics.reconciled("gitrepository", "GitRepository", key, Metrics::Result::kSuccess, 20ms);
  metrics.resource_info("GitRepository", key, {{"ready", "True"}});
  EXPECT_THAT(
      metrics.text(TimePoint{}), HasSubstr("gotk_reconcile_duration_seconds_count{kind=\"GitRepository\",name=\"web\"")
  );
  metrics.resource_info("GitRepository", key, {{"ready", "False"}});
  EXPECT_THAT(metrics.text(TimePoint{}), Not(HasSubstr("ready=\"True\"")));
  metrics.forget("GitRepository", key);
  EXPECT_THAT(metrics.text(TimePoint{}), Not(HasSubstr("name=\"web\"")));
}

TEST(Metrics, AGaugeOfAnObjectIsReplacedAndGoesWithIt) {
  Metrics metrics;
  const kube::ObjectKey key{"apps", "web"};
  metrics.object_gauge("weir_x", "X", "ImagePolicy", key, {{"example", "latest"}}, 2);
  EXPECT_THAT(metrics.text(TimePoint{}), HasSubstr("example=\"latest\",exported_namespace=\"apps\",name=\"web\"} 2"));
  metrics.object_gauge("weir_x", "X", "ImagePolicy", key, {{"example", "main"}}, 1);
  EXPECT_THAT(metrics.text(TimePoint{}), Not(HasSubstr("latest")));
  metrics.forget("ImagePolicy", key);
  EXPECT_THAT(metrics.text(TimePoint{}), Not(HasSubstr("name=\"web\"")));
}

TEST(Metrics, AnUnreadyObjectSaysSinceWhenAndWhatItWaitsFor) {
  Metrics metrics;
  const kube::ObjectKey key{"apps", "web"};
  Metrics::Unready state;
  state.since = WallTime{1000s};
  state.reason = "DependencyNotReady";
  state.waits_for = "dependency 'apps/db' is not ready\nmore";
  metrics.unready("Kustomization", key, state);
  EXPECT_THAT(
      metrics.text(TimePoint{}),
      HasSubstr(
          "weir_resource_unready_timestamp_seconds{customresource_kind=\"Kustomization\",exported_namespace=\"apps\","
          "name=\"web\",reason=\"DependencyNotReady\",stalled=\"false\","
          "waits_for=\"dependency 'apps/db' is not ready\"} 1000"
      )
  );
  state.reason = "BuildFailed";
  state.waits_for = std::string(198, 'x') + "äöü";
  metrics.unready("Kustomization", key, state);
  const auto text = metrics.text(TimePoint{});
  EXPECT_THAT(text, Not(HasSubstr("DependencyNotReady")));
  EXPECT_THAT(text, HasSubstr(std::string(198, 'x') + "ä…\""));
  metrics.ready("Kustomization", key);
  EXPECT_THAT(metrics.text(TimePoint{}), Not(HasSubstr("name=\"web\"")));
}

TEST(Metrics, ThePageIsUtf8WhateverServersSay) {
  Metrics metrics;
  const kube::ObjectKey key{"apps", "web"};
  Metrics::Unready state;
  state.waits_for = "remote: caf\xe9 is closed";
  metrics.unready("GitRepository", key, state);
  metrics.resource_info("GitRepository", key, {{"revision", "caf\xe9@sha1:1"}, {"url", std::string(100'000, 'u')}});
  metrics.count("weir_test_total", "Test", {{"word", "\xff"}});
  const auto text = metrics.text(TimePoint{});
  EXPECT_EQ(text, text::valid_utf8(text));
  EXPECT_THAT(text, HasSubstr("remote: caf\xef\xbf\xbd is closed"));
  EXPECT_LT(text.size(), 50'000u);
  metrics.forget("GitRepository", key);
  EXPECT_THAT(metrics.text(TimePoint{}), Not(HasSubstr("web")));
}

TEST(Metrics, RunningWorkHasAnAge) {
  Metrics metrics;
  metrics.add_controller("gitrepository", 2);
  const TimePoint start{100s};
  metrics.work_started("gitrepository", {"a", "one"}, start);
  metrics.work_started("gitrepository", {"a", "two"}, start + 2s);
  const std::string labels = "{controller=\"gitrepository\",name=\"gitrepository\"} ";
  auto text = metrics.text(start + 5s);
  EXPECT_THAT(text, HasSubstr("workqueue_unfinished_work_seconds" + labels + "8"));
  EXPECT_THAT(text, HasSubstr("workqueue_longest_running_processor_seconds" + labels + "5"));
  metrics.work_ended("gitrepository", {"a", "one"});
  metrics.work_ended("gitrepository", {"a", "two"});
  EXPECT_THAT(metrics.text(start + 9s), HasSubstr("workqueue_longest_running_processor_seconds" + labels + "0"));
}

TEST(Metrics, RequestsAreCountedByMethodAndByVerb) {
  Metrics metrics;
  const kube::ApiCall call{"PATCH", "apply", "configmaps", 200};
  metrics.api_request(call, "host:1");
  const auto text = metrics.text(TimePoint{});
  EXPECT_THAT(text, HasSubstr("rest_client_requests_total{code=\"200\",host=\"host:1\",method=\"PATCH\"} 1"));
  EXPECT_THAT(text, HasSubstr("weir_api_requests_total{resource=\"configmaps\",verb=\"apply\"} 1"));
}

TEST(Metrics, TheProcessDescribesItself) {
  Metrics metrics;
  metrics.build_info("1.2.3");
  const auto text = metrics.text(TimePoint{});
  EXPECT_THAT(text, HasSubstr("version=\"1.2.3\"} 1"));
  for (const std::string name :
       {"resident_memory_bytes", "virtual_memory_bytes", "start_time_seconds", "open_fds", "max_fds", "threads"}) {
    const std::string start = "\nprocess_" + name + " ";
    const auto at = text.find(start);
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_GT(std::stod(text.substr(at + start.size())), 0) << name;
  }
  EXPECT_THAT(text, HasSubstr("\nprocess_cpu_seconds_total "));
}

}  // namespace
}  // namespace weir::runtime
