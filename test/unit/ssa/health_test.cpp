#include "pkg/ssa/health.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::ssa {
namespace {

/// "Current", or "InProgress: why".
std::string health(std::string_view api_version, std::string_view kind, std::string_view rest) {
  const auto document = json::parse(text::cat(
      R"({"apiVersion":")",
      api_version,
      R"(","kind":")",
      kind,
      R"(","metadata":{"name":"x","generation":2},)",
      rest,
      "}"
  ));
  const auto out = compute_health(kube::Object{document.value()});
  return text::cat(to_string(out.status), out.message.empty() ? "" : ": ", out.message);
}

std::string deployment(std::string_view status) {
  return health("apps/v1", "Deployment", text::cat(R"("spec":{"replicas":2},"status":)", status));
}

TEST(Health, DeploymentCountsItsReplicas) {
  EXPECT_EQ(
      deployment(R"({"observedGeneration":1})"),
      "InProgress: Deployment generation is 2, but latest observed generation is 1"
  );
  EXPECT_EQ(deployment(R"({"observedGeneration":2,"replicas":1})"), "InProgress: Replicas: 1/2");
  EXPECT_EQ(deployment(R"({"observedGeneration":2,"replicas":2,"updatedReplicas":1})"), "InProgress: Updated: 1/2");
  EXPECT_EQ(
      deployment(R"({"observedGeneration":2,"replicas":3,"updatedReplicas":2})"), "InProgress: Pending termination: 1"
  );
  EXPECT_EQ(
      deployment(R"({"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":1})"),
      "InProgress: Available: 1/2"
  );
  EXPECT_EQ(
      deployment(
          R"({"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2,"readyReplicas":2,)"
          R"("conditions":[{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"},{"type":"Available","status":"True"}]})"
      ),
      "Current"
  );
  EXPECT_EQ(
      deployment(R"({"observedGeneration":2,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded"}]})"
      ),
      "Failed: Progress deadline exceeded"
  );
}

// A scheduler needs a moment, an autoscaler of nodes some more: only the caller knows for how long it has been so.
TEST(Health, APodWithoutANodeHasFailedOnlyWhenThatLasts) {
  const auto pod = json::parse(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"status":{"phase":"Pending","conditions":[)"
      R"({"type":"PodScheduled","status":"False","reason":"Unschedulable"}]}})"
  );
  const auto health = compute_health(kube::Object{pod.value()});
  EXPECT_EQ(health.status, HealthStatus::kInProgress);
  EXPECT_EQ(health.fails_after, Milliseconds{15'000});
}

TEST(Health, StatefulSetWaitsForItsRevision) {
  const auto set = [](std::string_view status) {
    return health("apps/v1", "StatefulSet", text::cat(R"("spec":{"replicas":1},"status":)", status));
  };
  EXPECT_EQ(set(R"({"replicas":0})"), "InProgress: Replicas: 0/1");
  EXPECT_EQ(
      set(R"({"replicas":1,"readyReplicas":1,"currentReplicas":1,"currentRevision":"a","updateRevision":"b"})"),
      "InProgress: Waiting for updated revision to match current"
  );
  EXPECT_EQ(
      set(R"({"replicas":1,"readyReplicas":1,"currentReplicas":1,"currentRevision":"a","updateRevision":"a"})"),
      "Current"
  );
}

TEST(Health, DaemonSetCountsNodes) {
  EXPECT_EQ(
      health(
          "apps/v1",
          "DaemonSet",
          R"("status":{"observedGeneration":2,"desiredNumberScheduled":2,"currentNumberScheduled":2,"updatedNumberScheduled":1})"
      ),
      "InProgress: Updated: 1/2"
  );
}

TEST(Health, JobsEndOneWayOrTheOther) {
  EXPECT_EQ(health("batch/v1", "Job", R"("status":{})"), "InProgress: Job in progress");
  EXPECT_EQ(health("batch/v1", "Job", R"("status":{"conditions":[{"type":"Complete","status":"True"}]})"), "Current");
  EXPECT_EQ(
      health(
          "batch/v1",
          "Job",
          R"("status":{"conditions":[{"type":"Failed","status":"True","message":"BackoffLimitExceeded"}]})"
      ),
      "Failed: Job Failed: BackoffLimitExceeded"
  );
}

TEST(Health, PodsThatCrashWillNotHealByThemselves) {
  EXPECT_EQ(
      health(
          "v1",
          "Pod",
          R"("status":{"phase":"Running","containerStatuses":[{"name":"app","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]})"
      ),
      "Failed: Containers in CrashLoop state: app"
  );
  EXPECT_EQ(health("v1", "Pod", R"("status":{"phase":"Pending"})"), "InProgress: Pod is in the Pending phase");
}

TEST(Health, CustomResourcesSpeakThroughReady) {
  EXPECT_EQ(health("acme.io/v1", "Thing", R"("status":{})"), "Current");
  EXPECT_EQ(
      health(
          "acme.io/v1", "Thing", R"("status":{"conditions":[{"type":"Ready","status":"False","message":"no quota"}]})"
      ),
      "InProgress: no quota"
  );
  EXPECT_EQ(
      health(
          "acme.io/v1", "Thing", R"("status":{"conditions":[{"type":"Stalled","status":"True","message":"bad spec"}]})"
      ),
      "Failed: bad spec"
  );
  EXPECT_EQ(
      health(
          "acme.io/v1",
          "Thing",
          R"("status":{"conditions":[{"type":"Reconciling","status":"True","message":"working"}]})"
      ),
      "InProgress: working"
  );
}

TEST(Health, OtherRules) {
  EXPECT_EQ(
      health("v1", "Service", R"("spec":{"type":"LoadBalancer"})"),
      "InProgress: ClusterIP not set. Service type: LoadBalancer"
  );
  EXPECT_EQ(health("v1", "Service", R"("spec":{})"), "Current");
  EXPECT_EQ(
      health("v1", "PersistentVolumeClaim", R"("status":{"phase":"Pending"})"),
      "InProgress: PVC is not Bound. phase: Pending"
  );
  EXPECT_EQ(health("v1", "ConfigMap", R"("data":{})"), "Current");
  EXPECT_EQ(
      health(
          "apiextensions.k8s.io/v1",
          "CustomResourceDefinition",
          R"("status":{"conditions":[{"type":"Established","status":"True"}]})"
      ),
      "Current"
  );
}

}  // namespace
}  // namespace weir::ssa
