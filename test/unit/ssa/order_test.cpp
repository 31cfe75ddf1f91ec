#include "pkg/ssa/order.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::ssa {
namespace {

ObjectId id(std::string kind, std::string name = "x", std::string group = "") {
  return {std::move(group), "v1", std::move(kind), "", std::move(name)};
}

TEST(Order, DefinitionsAndClassesHaveTheirStages) {
  EXPECT_EQ(stage_of(id("Namespace"), {}), Stage::kDefinitions);
  EXPECT_EQ(stage_of(id("ClusterRole"), {}), Stage::kDefinitions);
  EXPECT_EQ(stage_of(id("StorageClass"), {}), Stage::kClasses);
  EXPECT_EQ(stage_of(id("Deployment"), {}), Stage::kRest);
  EXPECT_EQ(stage_of(id("Tenant", "x", "acme.io"), {"acme.io/Tenant"}), Stage::kCustom);
}

TEST(Order, SortsByRankThenName) {
  std::vector<ObjectId> ids{
      id("ValidatingWebhookConfiguration"),
      id("Zebra"),
      id("Deployment"),
      id("Secret", "b"),
      id("Secret", "a"),
      id("ServiceAccount"),
      id("Apple")};
  std::ranges::sort(ids, applies_before);
  std::vector<std::string> names;
  for (const auto& entry : ids) names.push_back(entry.kind + "/" + entry.name);
  EXPECT_THAT(
      names,
      testing::ElementsAre(
          "ServiceAccount/x",
          "Secret/a",
          "Secret/b",
          "Deployment/x",
          "Apple/x",
          "Zebra/x",
          "ValidatingWebhookConfiguration/x"
      )
  );
}

TEST(ChangeSet, TellsOnlyWhatChanged) {
  ChangeSet changes{
      {id("Namespace", "apps"), Action::kCreated},
      {ObjectId{"apps", "v1", "Deployment", "apps", "web"}, Action::kConfigured},
      {id("Secret"), Action::kUnchanged},
      {id("ConfigMap"), Action::kSkipped}};
  EXPECT_EQ(changed_lines(changes), "Namespace/apps created\nDeployment/apps/web configured");
}

}  // namespace
}  // namespace weir::ssa
