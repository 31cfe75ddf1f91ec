#include "pkg/json/codec.hpp"
#include "test/contract/ssa/ssa_contract.hpp"

namespace weir::ssa {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Prune : public SsaContract {
 protected:
  ObjectId map(const std::string& name) const { return {"", "v1", "ConfigMap", namespace_, name}; }
  std::vector<ObjectId> wait_for(std::vector<ObjectId> ids, Milliseconds limit) {
    const auto where = cluster(*client_);
    return run(wait_until_gone(where, std::move(ids), limit));
  }
};

TEST_F(Prune, DeletesInReverseOrderAndCountsWhatIsGoneAlready) {
  apply(
      config_map_text("a", "1") +
      "---\napiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: NS}\n"
      "spec: {ports: [{port: 80}]}\n"
  );
  const auto result = prune({map("a"), map("gone"), {"", "v1", "Service", namespace_, "s"}});
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(lines(result), ElementsAre("Service/s deleted", "ConfigMap/gone deleted", "ConfigMap/a deleted"));
  EXPECT_EQ(value("a"), "absent");
}

TEST_F(Prune, LeavesWhatAsksForItAndWhatIsNotOurs) {
  apply(
      config_map_text("kept", "1", annotated("prune", "Disabled")) + config_map_text("plain", "1") +
      config_map_text("foreign", "1", "  labels: {owner: other}\n")
  );
  const auto result = prune({map("kept"), map("plain"), map("foreign")}, [](const kube::Object& object) {
    return !object.label("owner");
  });
  EXPECT_THAT(
      lines(result), ElementsAre("ConfigMap/plain deleted", "ConfigMap/kept skipped", "ConfigMap/foreign skipped")
  );
  EXPECT_EQ(value("kept"), "1");
  EXPECT_EQ(value("foreign"), "1");
}

TEST_F(Prune, AnUnknownKindIsGone) {
  EXPECT_THAT(lines(prune({{"nobody.example.com", "v1", "Thing", namespace_, "a"}})), ElementsAre("Thing/a deleted"));
}

TEST_F(Prune, GoesOnAfterARefusalAndNamesIt) {
  apply(config_map_text("a", "1"));
  kube::Identity nobody;
  nobody.user_agent = "kube-contract/1";
  nobody.impersonate_user = here("system:serviceaccount:NS:nobody");
  auto client = client_->as(nobody);
  const auto result = prune_as(client, {map("a"), map("b")});
  EXPECT_EQ(result.errors.size(), 2u);
  EXPECT_THAT(result.errors[1], testing::HasSubstr(here("ConfigMap/NS/a")));
  EXPECT_EQ(value("a"), "1");
}

TEST_F(Prune, WaitsUntilFinalizersAreThrough) {
  apply(config_map_text("held", "1", "  finalizers: [example.com/hold]\n"));
  prune({map("held")});
  EXPECT_THAT(wait_for({map("held")}, Milliseconds{500}), ElementsAre(map("held")));
  const auto patch = *json::parse(R"({"metadata": {"finalizers": null}})");
  const kube::PatchOptions options;
  run(client_->merge_patch(kube::core::config_maps(), key("held"), patch, options));
  EXPECT_THAT(wait_for({map("held")}, Milliseconds{5000}), IsEmpty());
}

}  // namespace
}  // namespace weir::ssa
