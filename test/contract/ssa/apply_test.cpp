#include "pkg/json/codec.hpp"
#include "test/contract/ssa/ssa_contract.hpp"

namespace weir::ssa {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Apply : public SsaContract {};

TEST_F(Apply, CreatesThenLeavesAloneThenConfigures) {
  const auto first = apply(config_map_text("a", "1") + config_map_text("b", "1"));
  EXPECT_THAT(first.errors, IsEmpty());
  EXPECT_THAT(lines(first), ElementsAre("ConfigMap/a created", "ConfigMap/b created"));

  const auto version = std::string{get("a")->resource_version()};
  const auto again = apply(config_map_text("a", "1") + config_map_text("b", "1"));  // within the same second
  EXPECT_THAT(lines(again), ElementsAre("ConfigMap/a unchanged", "ConfigMap/b unchanged"));
  EXPECT_EQ(get("a")->resource_version(), version);

  const auto changed = apply(config_map_text("a", "1") + config_map_text("b", "2"));
  EXPECT_THAT(lines(changed), ElementsAre("ConfigMap/a unchanged", "ConfigMap/b configured"));
  EXPECT_EQ(value("b"), "2");
  EXPECT_EQ(changed_lines(changed.changes), here("ConfigMap/NS/b configured"));
}

TEST_F(Apply, OwnsItsFieldsAsTheFieldManager) {
  apply(config_map_text("a", "1"));
  const auto live = get("a");
  const auto& fields = live->document().find_path({"metadata", "managedFields"})->as_array();
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields[0].text_at({"manager"}), "kustomize-controller");
  EXPECT_EQ(fields[0].text_at({"operation"}), "Apply");
}

TEST_F(Apply, PutsBackWhatOthersChangedAndLeavesWhatTheyAdded) {
  apply(config_map_text("a", "1"));
  let_time_pass();
  set_value("a", "theirs", "somebody");
  const auto patch = json::Value::object({{"data", json::Value::object({{"more", "x"}})}});
  kube::PatchOptions options;
  options.field_manager = "somebody";
  run(client_->merge_patch(kube::core::config_maps(), key("a"), patch, options));
  EXPECT_THAT(lines(apply(config_map_text("a", "1"))), ElementsAre("ConfigMap/a configured"));
  EXPECT_EQ(value("a"), "1");
  EXPECT_EQ(get("a")->document().text_at({"data", "more"}), "x");
}

TEST_F(Apply, AnUnchangedObjectThatIsExpectedCostsOneLook) {
  std::vector<std::string> seen;
  kube::Identity identity;
  identity.user_agent = "counting/1";
  kube::Client counting{
      api_->transport(), api_->config(), identity, [&](const kube::ApiCall& call) { seen.emplace_back(call.method); }};
  const auto one = [&](const std::string& text) {
    seen.clear();
    PlanRequest request;
    request.objects = objects(text);
    request.is_expected = [&](const ObjectId& id) { return id.name != "new"; };
    return apply_as(counting, std::move(request));
  };
  apply(config_map_text("warm", "1"));  // discovery
  one(config_map_text("new", "1"));
  EXPECT_THAT(seen, ElementsAre("PATCH", "PATCH"));  // dry run, write
  apply(config_map_text("a", "1"));
  EXPECT_THAT(lines(one(config_map_text("a", "1"))), ElementsAre("ConfigMap/a unchanged"));
  EXPECT_THAT(seen, ElementsAre("GET"));
}

// Times of managedFields and of answers have whole seconds and come from several clocks: only the live object tells.
TEST_F(Apply, AChangeOfAValueWithinTheSameSecondIsSeen) {
  for (int i = 0; i < 5; ++i) {
    apply(config_map_text("a", "1"));
    set_value("a", "1", "somebody");
    PlanRequest request;
    request.objects = objects(config_map_text("a", text::cat("changed ", i)));
    request.is_expected = [](const ObjectId&) { return true; };
    const auto result = apply(std::move(request));
    EXPECT_THAT(lines(result), ElementsAre("ConfigMap/a configured"));
    EXPECT_EQ(value("a"), text::cat("changed ", i));
  }
}

TEST_F(Apply, ADefaultThatIsWrittenOutBecomesOurs) {
  const auto service = [](const std::string& extra) {
    return text::cat(
        "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: NS}\nspec: {ports: [{port: 80}]", extra, "}\n"
    );
  };
  apply(service(""));
  const auto expected = [&](const std::string& text) {
    PlanRequest request;
    request.objects = objects(text);
    request.is_expected = [](const ObjectId&) { return true; };
    return lines(apply(std::move(request)));
  };
  EXPECT_THAT(expected(service(", sessionAffinity: None")), ElementsAre("Service/s configured"));
  EXPECT_THAT(expected(service(", sessionAffinity: None")), ElementsAre("Service/s unchanged"));
}

TEST_F(Apply, RecordsAPortionAtATime) {
  std::vector<std::vector<std::string>> portions;
  PlanRequest request;
  request.objects = objects(config_map_text("a", "1") + config_map_text("b", "1") + config_map_text("c", "1"));
  ExecuteRequest how;
  how.portion = 2;
  auto record = [&](const std::vector<ObjectId>& ids) -> asio::awaitable<void> {
    auto& names = portions.emplace_back();
    for (const auto& id : ids) {
      names.push_back(id.name);
      const kube::ObjectKey one = key(id.name);
      const auto there = co_await client_->get(kube::core::config_maps(), one);
      EXPECT_FALSE(there) << "written before it was recorded";
    }
  };
  how.before_write = record;
  EXPECT_THAT(apply(std::move(request), std::move(how)).errors, IsEmpty());
  EXPECT_THAT(portions, ElementsAre(ElementsAre("a", "b"), ElementsAre("c")));
}

TEST_F(Apply, DoesNotAskAboutWhatIsKnownToBeUnchanged) {
  apply(config_map_text("a", "1"));
  set_value("a", "theirs", "somebody");
  PlanRequest request;
  request.objects = objects(config_map_text("a", "1"));
  request.is_unchanged = [](const Desired&) { return true; };
  EXPECT_THAT(lines(apply(std::move(request))), ElementsAre("ConfigMap/a unchanged"));
  EXPECT_EQ(value("a"), "theirs");
}

TEST_F(Apply, RecordsEverythingBeforeTheFirstWriteAndOnlyWhenThereIsOne) {
  std::vector<std::string> recorded;
  int calls = 0;
  const auto pass = [&] {
    PlanRequest request;
    request.objects = objects(config_map_text("a", "1") + config_map_text("b", "1"));
    auto record = [&](const std::vector<ObjectId>& ids) -> asio::awaitable<void> {
      ++calls;
      for (const auto& id : ids) recorded.push_back(id.text());
      const kube::ObjectKey first = key("a");
      const auto there = co_await client_->get(kube::core::config_maps(), first);
      EXPECT_FALSE(there) << "written before it was recorded";
    };
    ExecuteRequest how;
    how.before_write = record;
    request.is_expected = [&](const ObjectId&) { return calls > 0; };
    return apply(std::move(request), std::move(how));
  };
  pass();
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(recorded, UnorderedElementsAre(here("ConfigMap/NS/a"), here("ConfigMap/NS/b")));
  let_time_pass();
  pass();
  EXPECT_EQ(calls, 1);
}

TEST_F(Apply, NamesAKindThatNobodyServes) {
  const auto result = apply("apiVersion: nobody.example.com/v1\nkind: Thing\nmetadata: {name: a, namespace: NS}\n");
  EXPECT_THAT(
      result.errors, ElementsAre(HasSubstr("no matches for kind \"Thing\" in version \"nobody.example.com/v1\""))
  );
}

TEST_F(Apply, NamesAMissingNamespace) {
  const auto missing = apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: NS-absent}\n");
  EXPECT_THAT(missing.errors, ElementsAre(HasSubstr(here("NS-absent"))));
  const auto none = apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  EXPECT_THAT(none.errors, ElementsAre(HasSubstr("namespace not specified")));
}

TEST_F(Apply, MakesTheNamespaceOfTheSameSetFirst) {
  const auto result = apply(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: NS-own}\n"
      "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: NS-own}\n"
  );
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(lines(result), ElementsAre(here("Namespace/NS-own created"), "ConfigMap/a created"));
}

TEST_F(Apply, MakesTheKindOfTheSameSetFirst) {
  const auto result = apply(
      "apiVersion: NS.example.com/v1\nkind: Box\nmetadata: {name: a, namespace: NS}\nspec: {size: "
      "3}\n"
      "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
      "boxes.NS.example.com}\n"
      "spec:\n  group: NS.example.com\n  scope: Namespaced\n"
      "  names: {kind: Box, listKind: BoxList, plural: boxes, singular: box}\n"
      "  versions:\n  - name: v1\n    served: true\n    storage: true\n"
      "    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n"
  );
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(
      lines(result), ElementsAre(here("CustomResourceDefinition/boxes.NS.example.com created"), "Box/a created")
  );
}

// Each held the worker for ten seconds, one after the other.
TEST_F(Apply, ObjectsInAVersionThatTheirKindIsNotServedInAreToldAtOnce) {
  std::string manifests =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: boxes.NS.example.com}\n"
      "spec:\n  group: NS.example.com\n  scope: Namespaced\n"
      "  names: {kind: Box, listKind: BoxList, plural: boxes, singular: box}\n"
      "  versions:\n  - name: v1\n    served: true\n    storage: true\n"
      "    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n";
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    text::append(
        manifests, "---\napiVersion: NS.example.com/v2\nkind: Box\nmetadata: {name: ", name, ", namespace: NS}\n"
    );
  }
  const auto begin = clock_.now();
  const auto result = apply(manifests);
  EXPECT_LT(clock_.now() - begin, std::chrono::seconds{5});
  EXPECT_THAT(result.errors, testing::SizeIs(5));
  EXPECT_THAT(result.errors, testing::Each(HasSubstr("no matches for kind \"Box\" in version")));
}

TEST_F(Apply, AnImmutableFieldNeedsForce) {
  const auto fixed = [&](const std::string& value, const std::string& extra = {}) {
    return config_map_text("fixed", value, extra) + "immutable: true\n";
  };
  apply(fixed("1"));
  const auto uid = std::string{get("fixed")->uid()};
  const auto refused = apply(fixed("2") + config_map_text("other", "1"));
  EXPECT_THAT(refused.errors, ElementsAre(HasSubstr("immutable")));
  EXPECT_EQ(value("fixed"), "1");
  EXPECT_EQ(value("other"), "absent");

  EXPECT_THAT(lines(apply(fixed("2"), true)), ElementsAre("ConfigMap/fixed created"));
  EXPECT_EQ(value("fixed"), "2");
  EXPECT_NE(get("fixed")->uid(), uid);

  const auto by_annotation = apply(fixed("3", annotated("force", "Enabled")));
  EXPECT_THAT(by_annotation.errors, IsEmpty());
  EXPECT_EQ(value("fixed"), "3");
}

TEST_F(Apply, RemovesAFieldThatKubectlAddedToOurObject) {
  apply(config_map_text("a", "1"));
  let_time_pass();
  const auto patch = json::Value::object({{"data", json::Value::object({{"by-hand", "x"}})}});
  kube::PatchOptions options;
  options.field_manager = "kubectl-edit";
  run(client_->merge_patch(kube::core::config_maps(), key("a"), patch, options));
  EXPECT_THAT(lines(apply(config_map_text("a", "1"))), ElementsAre("ConfigMap/a configured"));
  EXPECT_EQ(get("a")->document().find_path({"data", "by-hand"}), nullptr);
}

TEST_F(Apply, FollowsTheAnnotationsThatSteerIt) {
  const auto result = apply(
      config_map_text("ignored", "1", annotated("ssa", "ignore")) +
      config_map_text("aside", "1", annotated("reconcile", "disabled")) +
      config_map_text("once", "1", annotated("ssa", "IfNotPresent")) + config_map_text("plain", "1")
  );
  EXPECT_THAT(
      lines(result),
      ElementsAre(
          "ConfigMap/aside skipped", "ConfigMap/ignored skipped", "ConfigMap/once created", "ConfigMap/plain created"
      )
  );
  EXPECT_EQ(value("aside"), "absent");
  EXPECT_EQ(value("ignored"), "absent");
  set_value("once", "theirs", "somebody");
  // the live object may ask for it as well
  const auto patch = *json::parse(
      R"({"metadata": {"annotations": {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}}, "data": {"value": "theirs"}})"
  );
  const kube::PatchOptions options;
  run(client_->merge_patch(kube::core::config_maps(), key("plain"), patch, options));
  const auto again =
      apply(config_map_text("once", "1", annotated("ssa", "IfNotPresent")) + config_map_text("plain", "1"));
  EXPECT_THAT(lines(again), ElementsAre("ConfigMap/once skipped", "ConfigMap/plain skipped"));
  EXPECT_EQ(value("once"), "theirs");
  EXPECT_EQ(value("plain"), "theirs");
}

TEST_F(Apply, ActsWithNoMoreRightsThanItsClient) {
  kube::Identity nobody;
  nobody.user_agent = "kube-contract/1";
  nobody.impersonate_user = here("system:serviceaccount:NS:nobody");
  auto client = client_->as(nobody);
  PlanRequest request;
  request.objects = objects(config_map_text("a", "1"));
  const auto result = apply_as(client, std::move(request));
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr(nobody.impersonate_user)));
}

TEST_F(Apply, GoesThroughManyObjectsAtOnce) {
  std::string manifests;
  for (int i = 0; i < 100; ++i) manifests += config_map_text(text::cat("m", i), "1");
  const auto result = apply(manifests);
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(result.changes.size(), 100u);
}

}  // namespace
}  // namespace weir::ssa
