// What the cluster's own controllers do, a step at a time: namespaces, definitions, garbage.

#include "test/simulation/api_server/api_bench.hpp"

namespace weir::test {
namespace {

using testing::HasSubstr;

constexpr const char* kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
constexpr const char* kBoxes = "/apis/sim.example.com/v1/namespaces/default/boxes";

std::string definition(std::string_view versions) {
  return text::cat(
      R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "boxes.sim.example.com"},
      "spec": {"group": "sim.example.com", "scope": "Namespaced", "names": {"kind": "Box", "plural": "boxes"}, "versions": [)",
      versions,
      "]}}"
  );
}
std::string version(std::string_view name, bool served, bool storage, std::string_view properties = "") {
  return text::cat(
      R"({"name": ")",
      name,
      R"(", "served": )",
      served ? "true" : "false",
      R"(, "storage": )",
      storage ? "true" : "false",
      R"(, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {)",
      properties,
      "}}}}}}"
  );
}
std::string box(std::string_view api_version, std::string_view spec = "") {
  return text::cat(
      R"({"apiVersion": "sim.example.com/)",
      api_version,
      R"(", "kind": "Box", "metadata": {"name": "a"}, "spec": {)",
      spec,
      "}}"
  );
}

class SimulatedSteps : public ApiBench {};

TEST_F(SimulatedSteps, ANamespaceTerminatesUntilItsContentIsGone) {
  post("/api/v1/namespaces", R"({"metadata": {"name": "shop"}})");
  const std::string maps = "/api/v1/namespaces/shop/configmaps";
  post(maps, config_map("plain"));
  post(maps, R"({"metadata": {"name": "held", "finalizers": ["example.com/hold"]}})");
  const auto told_of = told(200, ask("DELETE", "/api/v1/namespaces/shop"));
  EXPECT_EQ(told_of.text_at({"status", "phase"}), "Terminating");
  const auto refused = told(403, post(maps, config_map("new")));
  EXPECT_EQ(
      refused.text_at({"message"}),
      "configmaps \"new\" is forbidden: unable to create new content in namespace shop because it is being terminated"
  );
  EXPECT_EQ(refused.find_path({"details", "causes"})->as_array()[0].text_at({"reason"}), "NamespaceTerminating");
  EXPECT_NE(api_.find(maps + "/plain"), nullptr) << "nothing happens by itself";
  EXPECT_TRUE(api_.step_namespaces());
  EXPECT_EQ(api_.find(maps + "/plain"), nullptr);
  EXPECT_NE(api_.find(maps + "/held"), nullptr);
  EXPECT_FALSE(api_.step_namespaces()) << "somebody has to take the finalizer away";
  EXPECT_NE(api_.find("/api/v1/namespaces/shop"), nullptr);
  merge(maps + "/held", R"({"metadata": {"finalizers": null}})");
  EXPECT_TRUE(api_.step_namespaces());
  EXPECT_EQ(api_.find("/api/v1/namespaces/shop"), nullptr);
  EXPECT_EQ(message(404, post(maps, config_map("new"))), "namespaces \"shop\" not found");
}

TEST_F(SimulatedSteps, ADefinitionIsServedAfterAStepAndGoesWithItsObjects) {
  api_.establish_at_once(false);
  post(kDefinitions, definition(version("v1", true, true)));
  EXPECT_EQ(ask("GET", kBoxes).status, 404u);
  EXPECT_TRUE(api_.step_definitions());
  EXPECT_FALSE(api_.step_definitions());
  EXPECT_EQ(post(kBoxes, box("v1")).status, 201u);
  ask("DELETE", text::cat(kDefinitions, "/boxes.sim.example.com"));
  EXPECT_EQ(ask("GET", kBoxes).status, 200u);
  EXPECT_TRUE(api_.step_definitions());
  EXPECT_EQ(ask("GET", kBoxes).body, "404 page not found\n");
  EXPECT_EQ(ask("GET", text::cat(kDefinitions, "/boxes.sim.example.com")).status, 404u);
  post(kDefinitions, definition(version("v1", true, true)));
  api_.step_definitions();
  EXPECT_EQ(told(200, ask("GET", kBoxes)).find("items")->size(), 0u) << "the objects went with it";
}

TEST_F(SimulatedSteps, AKindIsReadInEachVersionThatIsServed) {
  post(kDefinitions, definition(text::cat(version("v1", true, true), ",", version("v2", true, false))));
  post(kBoxes, box("v1"));
  const std::string other = "/apis/sim.example.com/v2/namespaces/default/boxes/a";
  EXPECT_EQ(told(200, ask("GET", other)).text_at({"apiVersion"}), "sim.example.com/v2");
  EXPECT_EQ(told(200, ask("GET", text::cat(kBoxes, "/a"))).text_at({"apiVersion"}), "sim.example.com/v1");
  EXPECT_EQ(
      told(200, merge(other, R"({"metadata": {"labels": {"a": "b"}}})")).text_at({"apiVersion"}), "sim.example.com/v2"
  );
  ask("PUT",
      text::cat(kDefinitions, "/boxes.sim.example.com"),
      definition(text::cat(version("v1", true, true), ",", version("v2", false, false))));
  EXPECT_EQ(ask("GET", other).body, "404 page not found\n");
  EXPECT_EQ(told(200, ask("GET", text::cat(kBoxes, "/a"))).text_at({"metadata", "labels", "a"}), "b");
}

TEST_F(SimulatedSteps, ASchemaThatChangesCountsFromThenOn) {
  post(kDefinitions, definition(version("v1", true, true, R"("colour": {"type": "string", "enum": ["red"]})")));
  EXPECT_THAT(
      message(422, post(kBoxes, box("v1", R"("colour": "blue")"))),
      HasSubstr(
          "Box.sim.example.com \"a\" is invalid: spec.colour: Unsupported value: \"blue\": supported values: \"red\""
      )
  );
  ask("PUT",
      text::cat(kDefinitions, "/boxes.sim.example.com"),
      definition(version("v1", true, true, R"("colour": {"type": "string", "enum": ["red", "blue"]})")));
  EXPECT_EQ(post(kBoxes, box("v1", R"("colour": "blue")")).status, 201u);
}

TEST_F(SimulatedSteps, DependantsGoAfterTheirOwnerOrBeforeIt) {
  const auto owned_by = [&](std::string_view uid) {
    return text::cat(
        R"({"metadata": {"name": "child", "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "blockOwnerDeletion": true, "uid": ")",
        uid,
        "\"}]}}"
    );
  };
  const std::string child = text::cat(kMaps, "/child");
  auto owner = told(201, post(kMaps, config_map("a")));
  post(kMaps, owned_by(owner.text_at({"metadata", "uid"})));
  EXPECT_FALSE(api_.step_garbage());
  ask("DELETE", kMap, R"({"propagationPolicy": "Background"})");
  EXPECT_EQ(ask("GET", kMap).status, 404u);
  EXPECT_EQ(ask("GET", child).status, 200u);
  EXPECT_TRUE(api_.step_garbage());
  EXPECT_EQ(ask("GET", child).status, 404u);

  owner = told(201, post(kMaps, config_map("a")));
  post(kMaps, owned_by(owner.text_at({"metadata", "uid"})));
  ask("DELETE", kMap, R"({"propagationPolicy": "Foreground"})");
  EXPECT_EQ(ask("GET", kMap).status, 200u) << "it waits for its dependants";
  while (api_.step_garbage()) {
  }
  EXPECT_EQ(ask("GET", child).status, 404u);
  EXPECT_EQ(ask("GET", kMap).status, 404u);

  owner = told(201, post(kMaps, config_map("a")));
  post(kMaps, owned_by(owner.text_at({"metadata", "uid"})));
  ask("DELETE", kMap, R"({"propagationPolicy": "Orphan"})");
  while (api_.step_garbage()) {
  }
  EXPECT_EQ(ask("GET", kMap).status, 404u);
  EXPECT_EQ(told(200, ask("GET", child)).find_path({"metadata", "ownerReferences"}), nullptr);
}

TEST_F(SimulatedSteps, TwoWorldsKnowNothingOfEachOther) {
  SimulatedApi other{clock_};
  post(kMaps, config_map("a"));
  EXPECT_EQ(other.find(kMap), nullptr);
  EXPECT_EQ(other.answer(request("POST", kMaps, config_map("a"))).status, 201u);
  EXPECT_EQ(other.answer(request("GET", kMap)).body, ask("GET", kMap).body) << "and come to the same";
}

}  // namespace
}  // namespace weir::test
