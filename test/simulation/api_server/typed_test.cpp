// Values whose type is known: what a server holds, merges and compares.

#include "test/simulation/api_server/typed.hpp"

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "test/simulation/api_server/custom_resource.hpp"
#include "test/simulation/api_server/defaults.hpp"
#include "test/simulation/api_server/go_form.hpp"

namespace weir::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

json::Value parsed(std::string_view text) { return json::parse(text).value(); }
const Type& type(std::string_view kind) { return *builtin_types().find(kind); }
std::string tree(const FieldSet& set) {
  auto out = set.tree();
  json::sort_keys(out);
  return json::write(out);
}

TEST(Typed, ItemsOfListsComeInTheOrderOfWhoApplies) {
  const auto live = parsed(R"({"containers": [{"name": "a", "image": "1"}, {"name": "b"}, {"name": "c"}]})");
  const auto desired = parsed(R"({"containers": [{"name": "c"}, {"name": "n"}, {"name": "a", "image": "2"}]})");
  EXPECT_EQ(
      json::write(merged(live, desired, type("PodSpec"))),
      R"({"containers":[{"name":"b"},{"name":"c"},{"name":"n"},{"name":"a","image":"2"}]})"
  );
}

TEST(Typed, AnAtomicValueIsReplacedAsAWhole) {
  const auto live = parsed(R"({"selector": {"a": "1", "b": "2"}, "clusterIP": "x"})");
  const auto desired = parsed(R"({"selector": {"a": "3"}})");
  EXPECT_EQ(json::write(merged(live, desired, type("ServiceSpec"))), R"({"selector":{"a":"3"},"clusterIP":"x"})");
  EXPECT_EQ(tree(fields_of(desired, type("ServiceSpec"))), R"({"f:selector":{}})");
}

TEST(Typed, AKeyThatIsLeftOutCountsAsItsDefault) {
  const auto ports = parsed(R"({"ports": [{"port": 80}]})");
  EXPECT_EQ(
      tree(fields_of(ports, type("ServiceSpec"))),
      R"({"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}})"
  );
}

TEST(Typed, WhatDiffersIsAddedModifiedOrRemoved) {
  const auto before = parsed(R"({"metadata": {"labels": {"a": "1", "b": "2"}}, "data": {"x": "1"}})");
  const auto after = parsed(R"({"metadata": {"labels": {"a": "1", "b": "3"}, "annotations": {"n": "1"}}})");
  const auto found = compare(before, after, type("ConfigMap"));
  EXPECT_EQ(tree(found.added), R"({"f:metadata":{"f:annotations":{".":{},"f:n":{}}}})");
  EXPECT_EQ(tree(found.modified), R"({"f:metadata":{"f:labels":{"f:b":{}}}})");
  EXPECT_EQ(tree(found.removed), R"({"f:data":{".":{},"f:x":{}}})");
}

TEST(Typed, AFieldThatNobodyDeclaredIsAMisfit) {
  const auto object = parsed(
      R"({"spec": {"replicas": "two", "template": {"spec": {"containers": [{"name": "a"}, {"name": "a"}]}}, "colour": 1, "paused": 1}})"
  );
  EXPECT_THAT(
      misfits(object, type("Deployment"), false),
      ElementsAre(
          ".spec.replicas: expected numeric (int or float), got string",
          ".spec.template.spec.containers: duplicate entries for key [name=\"a\"]",
          ".spec.colour: field not declared in schema"
      )
  );
}

TEST(Typed, FieldsReadAsTheyAreWritten) {
  const auto text =
      R"({"f:metadata":{"f:finalizers":{".":{},"v:\"a/b\"":{}}},"f:spec":{"f:ports":{"k:{\"port\":80}":{".":{},"f:port":{}}}}})";
  const auto set = FieldSet::of_tree(parsed(text));
  EXPECT_EQ(tree(set), text);
  EXPECT_THAT(
      set.texts(),
      ElementsAre(
          ".metadata.finalizers", ".metadata.finalizers[=\"a/b\"]", ".spec.ports[port=80]", ".spec.ports[port=80].port"
      )
  );
  EXPECT_TRUE(set.without(set).empty());
  EXPECT_EQ(set.united(set), set);
  EXPECT_EQ(set.common(set), set);
}

TEST(GoForm, WhatIsEmptyGoesAndWhatIsAlwaysWrittenComes) {
  auto object = parsed(
      R"({"metadata": {"name": "a", "labels": {}}, "spec": {"replicas": 0, "minReadySeconds": 0, "paused": false, "colour": 1,
      "template": {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "1000m"}}, "args": []}]}}}})"
  );
  const auto reading = to_go_form(object, type("Deployment"));
  EXPECT_THAT(reading.unknown, ElementsAre("spec.colour"));
  EXPECT_FALSE(reading.error);
  EXPECT_EQ(
      object,
      parsed(
          R"({"metadata": {"name": "a"}, "status": {}, "spec": {"replicas": 0, "selector": null, "strategy": {}, "template": {"metadata": {},
          "spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "1"}}}]}}}})"
      )
  ) << json::write(object);
}

TEST(GoForm, AWrongTypeIsToldAsGoTellsIt) {
  auto object = parsed(R"({"spec": {"replicas": "two"}})");
  EXPECT_EQ(
      to_go_form(object, type("Deployment")).error,
      "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
  );
}

TEST(GoForm, QuantitiesHaveOneForm) {
  const auto canonical = [](std::string_view text) { return canonical_quantity(text).value_or("none"); };
  EXPECT_EQ(canonical("1000m"), "1");
  EXPECT_EQ(canonical("0.1"), "100m");
  EXPECT_EQ(canonical("1024Mi"), "1Gi");
  EXPECT_EQ(canonical("1.5Gi"), "1536Mi");
  EXPECT_EQ(canonical("1000"), "1k");
  EXPECT_EQ(canonical("0"), "0");
  EXPECT_EQ(canonical("-5"), "-5");
  EXPECT_EQ(canonical("many"), "none");
}

TEST(GoForm, DefaultsAreThoseOfTheKind) {
  auto object = parsed(R"({"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}})");
  to_go_form(object, type("Service"));
  add_builtin_defaults("", "Service", object);
  EXPECT_EQ(
      *object.find("spec"),
      parsed(
          R"({"ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}], "sessionAffinity": "None", "type": "ClusterIP", "internalTrafficPolicy": "Cluster"})"
      )
  ) << json::write(object);
}

class Custom : public ::testing::Test {
 protected:
  const Type& made(std::string_view properties) {
    const auto schema = parsed(text::cat(
        R"({"type": "object", "properties": {"spec": {"type": "object", "required": ["size"], "properties": {)",
        properties,
        "}}}}"
    ));
    return custom_type(table_, schema, "Box");
  }
  TypeTable table_;
};

TEST_F(Custom, WhatTheSchemaDoesNotKnowIsPrunedUnlessItIsKept) {
  const auto& box = made(
      R"("size": {"type": "integer"}, "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties":
      {"inner": {"type": "object", "properties": {"a": {"type": "string"}}}}})"
  );
  auto object = parsed(
      R"({"kind": "Box", "extra": 1, "spec": {"size": 1, "colour": 2, "open": {"x": 1, "inner": {"a": "1", "b": "2"}}}})"
  );
  EXPECT_THAT(prune(object, box), ElementsAre("extra", "spec.colour", "spec.open.inner.b"));
  EXPECT_EQ(object, parsed(R"({"kind": "Box", "spec": {"size": 1, "open": {"x": 1, "inner": {"a": "1"}}}})"));
}

TEST_F(Custom, DefaultsComeWhereTheirParentIs) {
  const auto& box = made(
      R"("size": {"type": "integer", "default": 3}, "deep": {"type": "object", "properties": {"a": {"type": "string", "default": "x"}}})"
  );
  auto object = parsed(R"({"spec": {"deep": {}}})");
  add_schema_defaults(object, box);
  EXPECT_EQ(object, parsed(R"({"spec": {"size": 3, "deep": {"a": "x"}}})"));
  auto nothing = parsed("{}");
  add_schema_defaults(nothing, box);
  EXPECT_EQ(nothing, parsed("{}"));
}

TEST_F(Custom, RulesAreToldAsTheServerTellsThem) {
  const auto& box = made(
      R"("size": {"type": "integer", "minimum": 1}, "colour": {"type": "string", "enum": ["red"]}, "title": {"type": "string"})"
  );
  const auto told = [&](std::string_view spec) {
    std::vector<std::string> out;
    for (const auto& cause : check_schema(parsed(text::cat(R"({"spec": )", spec, "}")), box)) {
      out.push_back(text::cat(cause.field, ": ", cause.message));
    }
    return out;
  };
  EXPECT_THAT(told(R"({"size": 1, "colour": "red"})"), IsEmpty());
  EXPECT_THAT(told(R"({})"), ElementsAre("spec.size: Required value"));
  EXPECT_THAT(
      told(R"({"size": 0})"),
      ElementsAre("spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1")
  );
  EXPECT_THAT(
      told(R"({"size": 1, "colour": "blue", "title": 5})"),
      ElementsAre(
          "spec.colour: Unsupported value: \"blue\": supported values: \"red\"",
          "spec.title: Invalid value: \"integer\": spec.title in body must be of type string: \"integer\""
      )
  );
}

}  // namespace
}  // namespace weir::test
