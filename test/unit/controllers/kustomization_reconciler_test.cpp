// The steps of a Kustomization, over a cluster in memory.

#include "test/unit/controllers/kustomization_bench.hpp"

namespace weir::kustomize_controller {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class KustomizationReconcilerTest : public ::testing::Test, protected KustomizationBench {
 protected:
  /// Both objects are there, at revision r1.
  void apply_two() {
    add_kustomization();
    publish("r1", {{"a.yaml", config_map("a", "1")}, {"b.yaml", config_map("b", "1")}});
    begin();
    ASSERT_EQ(ready_text(), "True ReconciliationSucceeded: Applied revision: r1");
  }
  std::size_t writes() const { return world_.api.writes().size(); }
};

TEST_F(KustomizationReconcilerTest, AppliesWhatItBuilds) {
  apply_two();
  EXPECT_EQ(value("a"), "1");
  EXPECT_EQ(value("b"), "1");
  EXPECT_THAT(inventory(), UnorderedElementsAre("a", "b"));
  EXPECT_EQ(object()->status.last_applied_revision, "r1");
  EXPECT_EQ(object()->status.observed_generation, 1);
}

TEST_F(KustomizationReconcilerTest, APassThatFindsNothingToDoAsksAndWritesNothing) {
  apply_two();
  world_.faults.arm(1000, test::Loss::kRequest);
  const auto before = writes();
  pass();
  EXPECT_EQ(world_.faults.count(), 0u);
  EXPECT_EQ(writes(), before);
}

TEST_F(KustomizationReconcilerTest, AnotherProcessLooksAtEveryObjectOnceAndWritesNone) {
  apply_two();
  end();
  const auto version = world_.api.find(path_of_map("a"))->text_at({"metadata", "resourceVersion"});
  begin();
  EXPECT_EQ(world_.api.find(path_of_map("a"))->text_at({"metadata", "resourceVersion"}), version);
  EXPECT_EQ(ready_text(), "True ReconciliationSucceeded: Applied revision: r1");
}

TEST_F(KustomizationReconcilerTest, ANewArtifactWakesItAndWhatLeftTheBuildIsPruned) {
  apply_two();
  pass_after([&] { publish("r2", {{"a.yaml", config_map("a", "2")}, {"c.yaml", config_map("c", "1")}}); });
  EXPECT_EQ(ready_text(), "True ReconciliationSucceeded: Applied revision: r2");
  EXPECT_THAT(owned(), UnorderedElementsAre(testing::Pair("a", "2"), testing::Pair("c", "1")));
  EXPECT_THAT(inventory(), UnorderedElementsAre("a", "c"));
}

TEST_F(KustomizationReconcilerTest, APassThatOnlyPrunesSaysSoBeforeItDeletes) {
  apply_two();
  std::vector<std::string> said;
  world_.api.before_each([&](const http::Request& request) -> std::optional<http::Response> {
    if (request.method == "DELETE") said.push_back(ready_text());
    return std::nullopt;
  });
  pass_after([&] { publish("r2", {{"a.yaml", config_map("a", "1")}}); });
  EXPECT_THAT(said, ElementsAre("Unknown Progressing: Reconciliation in progress"));
  EXPECT_EQ(ready_text(), "True ReconciliationSucceeded: Applied revision: r2");
}

TEST_F(KustomizationReconcilerTest, WhatWasChangedByHandIsPutRightAtOnce) {
  apply_two();
  const auto before = process_->passes("Kustomization");
  auto stranger = process_->watching;
  const auto patch = *json::parse(R"({"data": {"value": "theirs"}})");
  kube::PatchOptions options;
  options.field_manager = "somebody";
  world_.clock.advance(std::chrono::seconds{2});
  const kube::ObjectKey a{"apps", "a"};
  test::run(world_.reactor, stranger.merge_patch(kube::core::config_maps(), a, patch, options));
  world_.run_until([&] { return process_->passes("Kustomization") > before; });
  rest();
  EXPECT_EQ(value("a"), "1");
}

TEST_F(KustomizationReconcilerTest, WhatWasDeletedByHandIsMadeAgain) {
  apply_two();
  pass_after([&] { world_.api.remove(path_of_map("b")); });
  EXPECT_EQ(value("b"), "1");
}

TEST_F(KustomizationReconcilerTest, WithoutAnArtifactItWaits) {
  add_kustomization();
  begin();
  EXPECT_THAT(ready_text(), HasSubstr("Source artifact not found"));
  EXPECT_THAT(inventory(), IsEmpty());
  pass_after([&] { publish("r1", {{"a.yaml", config_map("a", "1")}}); });
  EXPECT_EQ(value("a"), "1");
}

TEST_F(KustomizationReconcilerTest, ABuildThatFailsTouchesNothing) {
  apply_two();
  pass_after([&] { publish("r2", {{"a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: }\n"}}); });
  EXPECT_THAT(ready_text(), HasSubstr("False BuildFailed"));
  EXPECT_THAT(owned(), UnorderedElementsAre(testing::Pair("a", "1"), testing::Pair("b", "1")));
  EXPECT_EQ(object()->status.last_applied_revision, "r1");
  EXPECT_EQ(object()->status.last_attempted_revision, "r2");
}

TEST_F(KustomizationReconcilerTest, AnObjectThatIsRefusedStopsAllAndPrunesNothing) {
  apply_two();
  pass_after([&] { publish("r2", {{"a.yaml", config_map("a", "2")}, {"c.yaml", config_map("Not_A_Name", "1")}}); });
  EXPECT_THAT(
      ready_text(), HasSubstr("False ReconciliationFailed: ConfigMap/apps/Not_A_Name dry-run failed (Invalid)")
  );
  EXPECT_THAT(owned(), UnorderedElementsAre(testing::Pair("a", "1"), testing::Pair("b", "1")));
}

TEST_F(KustomizationReconcilerTest, ReadyWaitsForHealth) {
  add_kustomization(R"(, "wait": true)");
  publish("r1", {{"web.yaml", deployment()}});
  begin();
  EXPECT_THAT(ready_text(), HasSubstr("Unknown Progressing"));
  pass_after([&] {
    start_deployment();
    process_->controller.enqueue(kKey);
  });
  EXPECT_EQ(ready_text(), "True ReconciliationSucceeded: Applied revision: r1");
  EXPECT_TRUE(api::is_condition_true(object()->status.conditions, "Healthy"));
}

TEST_F(KustomizationReconcilerTest, DeletionTakesWhatItAppliedAndNothingElse) {
  apply_two();
  world_.api.put(path_of_map("foreign"), *json::parse(R"({"metadata": {"name": "foreign", "namespace": "apps"}})"));
  pass_after([&] { world_.api.remove(kPath); });
  world_.settle();
  EXPECT_FALSE(object());
  EXPECT_EQ(value("a"), "absent");
  EXPECT_EQ(value("b"), "absent");
  EXPECT_NE(world_.api.find(path_of_map("foreign")), nullptr);
}

TEST_F(KustomizationReconcilerTest, OrphanedObjectsStay) {
  add_kustomization(R"(, "deletionPolicy": "Orphan")");
  publish("r1", {{"a.yaml", config_map("a", "1")}});
  begin();
  pass_after([&] { world_.api.remove(kPath); });
  EXPECT_FALSE(object());
  EXPECT_EQ(value("a"), "1");
}

TEST_F(KustomizationReconcilerTest, ASuspendedOneIsLeftAlone) {
  apply_two();
  pass_after([&] { world_.api.edit(kPath, [](json::Value& it) { it["spec"].set("suspend", true); }); });
  pass_after([&] {
    publish("r2", {{"a.yaml", config_map("a", "2")}});
    process_->controller.enqueue(kKey);
  });
  EXPECT_EQ(value("a"), "1");
}

}  // namespace
}  // namespace weir::kustomize_controller
