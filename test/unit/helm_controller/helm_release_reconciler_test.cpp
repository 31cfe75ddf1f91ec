// The life of a HelmRelease, over a cluster in memory.

#include "test/unit/helm_controller/helm_release_bench.hpp"

namespace weir::helm_controller {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class HelmReleaseReconcilerTest : public ::testing::Test, protected HelmReleaseBench {
 protected:
  void install() {
    add_release();
    publish("1.0.0", {{"a.yaml", config_map("a", "{{ .Values.color }}")}});
    begin();
    ASSERT_EQ(
        ready_text(), "True InstallSucceeded: Helm install succeeded for release apps/web.v1 with chart demo@1.0.0"
    );
  }
};

TEST_F(HelmReleaseReconcilerTest, InstallsAChart) {
  install();
  EXPECT_EQ(value("a"), "blue");
  EXPECT_THAT(revisions(), ElementsAre("v1 deployed"));
  EXPECT_EQ(history(), "v1 deployed");
  EXPECT_EQ(object()->status.observed_generation, 1);
  EXPECT_EQ(object()->status.last_attempted_revision, "1.0.0");
  const auto* made = world_.api.find("/api/v1/namespaces/apps/configmaps/a");
  EXPECT_EQ(made->text_at({"metadata", "labels", "app.kubernetes.io/managed-by"}), "Helm");
  EXPECT_EQ(made->text_at({"metadata", "labels", "helm.toolkit.fluxcd.io/name"}), "web");
  EXPECT_EQ(made->text_at({"metadata", "annotations", "meta.helm.sh/release-name"}), "web");
}

TEST_F(HelmReleaseReconcilerTest, APassThatFindsNothingToDoAsksNothing) {
  install();
  world_.faults.arm(1000, test::Loss::kRequest);
  pass();
  EXPECT_EQ(world_.faults.count(), 0u);
}

TEST_F(HelmReleaseReconcilerTest, AnotherProcessFindsTheReleaseInSync) {
  install();
  end();
  begin();
  EXPECT_THAT(revisions(), ElementsAre("v1 deployed"));
  EXPECT_THAT(ready_text(), HasSubstr("True InstallSucceeded"));
}

TEST_F(HelmReleaseReconcilerTest, ValuesAndChartsUpgradeIt) {
  install();
  pass_after([&] { edit_spec([](json::Value& spec) { spec["values"].set("color", "red"); }); });
  EXPECT_EQ(value("a"), "red");
  EXPECT_EQ(
      ready_text(), "True UpgradeSucceeded: Helm upgrade succeeded for release apps/web.v2 with chart demo@1.0.0"
  );
  EXPECT_THAT(revisions(), ElementsAre("v1 superseded", "v2 deployed"));
  EXPECT_EQ(history(), "v2 deployed, v1 superseded");
  pass_after([&] { publish("1.1.0", {{"b.yaml", config_map("b", "x")}}); });
  EXPECT_EQ(value("a"), "absent") << "what left the chart goes";
  EXPECT_EQ(value("b"), "x");
  EXPECT_THAT(revisions(), ElementsAre("v1 superseded", "v2 superseded", "v3 deployed"));
}

TEST_F(HelmReleaseReconcilerTest, WhatDoesNotRenderIsTold) {
  add_release();
  publish("1.0.0", {{"a.yaml", "{{ required \"color is wanted\" .Values.nothing }}"}});
  begin();
  EXPECT_THAT(
      ready_text(), HasSubstr("False InstallFailed: Helm install failed for release apps/web with chart demo@1.0.0: ")
  );
  EXPECT_THAT(ready_text(), HasSubstr("color is wanted"));
  EXPECT_THAT(revisions(), IsEmpty());
  EXPECT_EQ(object()->status.install_failures, 0);
}

TEST_F(HelmReleaseReconcilerTest, WaitsForWorkloadsWithoutTakingAWorker) {
  add_release();
  publish("1.0.0", {{"d.yaml", deployment()}});
  begin();
  EXPECT_THAT(revisions(), ElementsAre("v1 pending-install"));
  start_deployment();
  pass();
  EXPECT_THAT(ready_text(), HasSubstr("True InstallSucceeded"));
  EXPECT_THAT(revisions(), ElementsAre("v1 deployed"));
}

TEST_F(HelmReleaseReconcilerTest, ANewConfigurationEndsTheWaitForTheOldOne) {
  add_release();
  publish("1.0.0", {{"d.yaml", deployment()}});
  begin();
  pass_after([&] { publish("1.1.0", {{"a.yaml", config_map("a", "x")}}); });
  EXPECT_THAT(ready_text(), HasSubstr("True UpgradeSucceeded"));
  EXPECT_THAT(revisions(), ElementsAre("v1 failed", "v2 deployed"));
  EXPECT_EQ(object()->status.install_failures, 0);
  EXPECT_EQ(world_.api.find("/apis/apps/v1/namespaces/apps/deployments/web"), nullptr)
      << "what only the old one brought";
}

TEST_F(HelmReleaseReconcilerTest, AProcessThatDiesLeavesNoLockedRelease) {
  add_release();
  publish("1.0.0", {{"d.yaml", deployment()}});
  begin();
  ASSERT_THAT(revisions(), ElementsAre("v1 pending-install"));
  end();
  start_deployment();
  begin();
  EXPECT_THAT(ready_text(), HasSubstr("True UpgradeSucceeded"));
  EXPECT_THAT(revisions(), ElementsAre("v1 failed", "v2 deployed"));
}

TEST_F(HelmReleaseReconcilerTest, AnUpgradeThatFailsIsRolledBack) {
  install();
  pass_after([&] {
    edit_spec([](json::Value& spec) { spec.set("upgrade", *json::parse(R"({"remediation": {"retries": 1}})")); });
  });
  world_.api.validate([](test::Review& review) -> std::optional<test::Refusal> {
    if (review.name != "bad" || review.operation != "CREATE") return std::nullopt;
    return test::Refusal{403, "Forbidden", "no bad ones"};
  });
  pass_after([&] { publish("2.0.0", {{"a.yaml", config_map("a", "new")}, {"bad.yaml", config_map("bad", "x")}}); });
  EXPECT_EQ(
      ready_text(),
      "False RollbackSucceeded: Helm rollback to previous release apps/web.v1 with chart demo@1.0.0 succeeded"
  );
  EXPECT_EQ(value("a"), "blue");
  EXPECT_THAT(revisions(), ElementsAre("v1 superseded", "v2 failed", "v3 deployed"));
  const auto there = object();
  const auto* released = api::find_condition(there->status.conditions, "Released");
  ASSERT_NE(released, nullptr);
  EXPECT_THAT(released->message, HasSubstr("no bad ones"));
  EXPECT_EQ(there->status.upgrade_failures, 1);
}

TEST_F(HelmReleaseReconcilerTest, HooksRunAroundIt) {
  add_release();
  publish(
      "1.0.0",
      {{"a.yaml", config_map("a", "x")},
       {"before.yaml", hook("before", "pre-install", "hook-succeeded")},
       {"after.yaml", hook("after", "post-install")}}
  );
  begin();
  EXPECT_THAT(ready_text(), HasSubstr("True InstallSucceeded"));
  EXPECT_EQ(world_.api.find("/api/v1/namespaces/apps/configmaps/before"), nullptr);
  EXPECT_NE(world_.api.find("/api/v1/namespaces/apps/configmaps/after"), nullptr);
}

TEST_F(HelmReleaseReconcilerTest, DeletionUninstallsTheRelease) {
  install();
  remove();
  for (int passes = 0; object() && passes < 5; ++passes) {
    world_.clock.advance(std::chrono::seconds{2});
    pass();
  }
  EXPECT_EQ(value("a"), "absent");
  EXPECT_THAT(revisions(), IsEmpty());
}

TEST_F(HelmReleaseReconcilerTest, AnotherReleaseNameIsGuarded) {
  install();
  pass_after([&] { edit_spec([](json::Value& spec) { spec.set("releaseName", "other"); }); });
  EXPECT_THAT(
      ready_text(), HasSubstr("False UninstallGuarded: changing the release name from web to other would uninstall")
  );
  EXPECT_EQ(value("a"), "blue");
  EXPECT_THAT(revisions(), ElementsAre("v1 deployed"));
}

TEST_F(HelmReleaseReconcilerTest, ValuesOfASecretThatIsMissingAreNamed) {
  add_release(R"(, "valuesFrom": [{"kind": "Secret", "name": "gone"}])");
  publish("1.0.0", {{"a.yaml", config_map("a", "x")}});
  begin();
  EXPECT_EQ(
      ready_text(),
      "False ValuesError: could not resolve Secret chart values reference 'apps/gone' with key 'values.yaml': secrets "
      "\"gone\" not found"
  );
}

}  // namespace
}  // namespace weir::helm_controller
