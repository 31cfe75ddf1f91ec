// What hangs on schemas and on validation.

#include "test/contract/ssa/ssa_contract.hpp"

namespace weir::ssa {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class Schema : public SsaContract {};

TEST_F(Schema, AQuantityThatTheServerWritesOtherwiseIsNoChange) {
  const std::string quota =
      "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: NS}\nspec: {hard: {requests.cpu: 1000m}}\n";
  apply(quota);
  PlanRequest request;
  request.objects = objects(quota);
  request.is_expected = [](const ObjectId&) { return true; };
  EXPECT_THAT(lines(apply(std::move(request))), ElementsAre("ResourceQuota/q unchanged"));
}

TEST_F(Schema, ReportsEveryRefusedObjectAndWritesNone) {
  const std::string service =
      "---\napiVersion: v1\nkind: Service\nmetadata: {name: NAME, namespace: NS}\nspec: {ports: "
      "[{port: 123456}]}\n";
  auto first = service, second = service;
  first.replace(first.find("NAME"), 4, "first");
  second.replace(second.find("NAME"), 4, "second");
  const auto result = apply(config_map_text("a", "1") + first + second);
  EXPECT_THAT(
      result.errors,
      UnorderedElementsAre(
          HasSubstr(here("Service/NS/first dry-run failed (Invalid): ")),
          HasSubstr(here("Service/NS/second dry-run failed (Invalid): "))
      )
  );
  EXPECT_EQ(value("a"), "absent");
}

TEST_F(Schema, KeepsSecretValuesOutOfErrors) {
  const std::string secret =
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: NS}\ndata: {code: "
      "\"%%%hush%%%\"}\n";
  const auto result = apply(secret);
  ASSERT_THAT(result.errors, ElementsAre(HasSubstr(here("Secret/NS/s"))));
  EXPECT_THAT(result.errors[0], testing::Not(HasSubstr("hush")));
}

// As kubectl apply leaves an object behind: TakesOverWhatKubectlMade asks kubectl itself.
TEST_F(Schema, TakesOverWhatAClientSideApplyMade) {
  kube::Identity kubectl;
  kubectl.user_agent = "kubectl-client-side-apply/1";
  auto client = client_->as(kubectl);
  auto made = config_map("a", "kubectl");
  made.document()["data"].set("more", "kubectl");
  made.metadata().set("annotations", json::Value::object({{"kubectl.kubernetes.io/last-applied-configuration", "{}"}}));
  run(client.create(kube::core::config_maps(), made));
  EXPECT_THAT(lines(apply(config_map_text("a", "ours"))), ElementsAre("ConfigMap/a configured"));
  const auto live = get("a");
  EXPECT_EQ(value("a"), "ours");
  EXPECT_EQ(live->document().find_path({"data", "more"}), nullptr);
  EXPECT_EQ(live->annotation("kubectl.kubernetes.io/last-applied-configuration"), std::nullopt);
}

}  // namespace
}  // namespace weir::ssa
