// One stage after the other: what an earlier one brings counts for the later ones, and an object is made anew only when
// nothing else helps.

#include "pkg/json/codec.hpp"
#include "pkg/ssa/managed_fields.hpp"
#include "test/contract/ssa/ssa_contract.hpp"

namespace weir::ssa {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const kube::Resource kDefinitions{
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false};
const kube::Resource kServices{"apiregistration.k8s.io", "v1", "APIService", "apiservices", false};

class Stages : public SsaContract {
 protected:
  /// A definition of Boxes in versions `v1` and, where asked for, `v1beta1`, whose spec has `properties`.
  static std::string definition(
      const std::string& properties, const std::string& plural = "boxes", const std::string& versions = "v1"
  ) {
    std::string out = text::cat(
        "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ",
        plural,
        ".NS.example.com}\nspec:\n  group: NS.example.com\n  scope: Namespaced\n  names: {kind: Box, listKind: "
        "BoxList, plural: ",
        plural,
        ", singular: box}\n  versions:\n"
    );
    for (const std::string version : {"v1", "v1beta1"}) {
      if (version != "v1" && versions == "v1") continue;
      text::append(
          out,
          "  - name: ",
          version,
          "\n    served: ",
          versions == "only v1" && version != "v1" ? "false" : "true",
          "\n    storage: ",
          version == "v1" ? "true" : "false",
          "\n    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {",
          properties,
          "}}}}}\n"
      );
    }
    return out;
  }
  static std::string box(const std::string& spec, const std::string& version = "v1", const std::string& extra = {}) {
    return text::cat(
        "---\napiVersion: NS.example.com/",
        version,
        "\nkind: Box\nmetadata:\n  name: a\n  namespace: NS\n",
        extra,
        "spec: {",
        spec,
        "}\n"
    );
  }
  kube::Resource boxes(const std::string& plural = "boxes") const {
    return {here("NS.example.com"), "v1", "Box", plural, true};
  }
  /// Deletes a cluster's object and waits until it is gone.
  void remove_and_wait(const kube::Resource& resource, const std::string& name) {
    const kube::DeleteOptions options;
    const kube::ObjectKey id{"", name};
    run(client_->remove(resource, id, options));
    for (int i = 0; i < 200 && run(client_->get(resource, id)); ++i) run(async::sleep_for(Milliseconds{50}));
  }
  void remove_definition() { remove_and_wait(kDefinitions, here("boxes.NS.example.com")); }
  std::optional<kube::Object> live_box() { return run(client_->get(boxes(), key("a"))); }
  ObjectId box_id(const std::string& version = "v1") const {
    return {here("NS.example.com"), version, "Box", namespace_, "a"};
  }
};

constexpr const char* kColour = "colour: {type: string, enum: [red, green]}";
constexpr const char* kMoreColours = "colour: {type: string, enum: [red, green, blue]}";

TEST_F(Stages, ADefinitionThatIsExtendedTogetherWithWhatUsesIt) {
  apply(definition(kColour) + box("colour: red"));
  const auto result = apply(definition(kMoreColours) + box("colour: blue"));
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(live_box()->document().text_at({"spec", "colour"}), "blue");
}

// The server writes the members of the two in different orders: read by one and watched by the other, an object that
// nobody had touched was drift, and was applied again after each restart.
TEST_F(Stages, WhoOwnsACustomResourceReadsAlikeInTheWholeAndInItsMetadata) {
  apply(definition(kColour) + box("colour: red"));
  const auto whole = ownership_of(*live_box(), "kustomize-controller", {});
  const auto part =
      ownership_of(*run(client_->get(boxes(), key("a"), kube::Detail::kMetadata)), "kustomize-controller", {});
  EXPECT_NE(whole.entry, 0u);
  EXPECT_EQ(whole.entry, part.entry);
  EXPECT_EQ(whole.fields, part.fields);
  EXPECT_EQ(whole.all, part.all);
}

// The premature refusal counted as an immutable field, and the object was deleted and made anew.
TEST_F(Stages, ForceDoesNotReplaceWhatAnEarlierStageMakesValid) {
  apply(definition(kColour) + box("colour: red"));
  const auto uid = std::string{live_box()->uid()};
  const auto result = apply(definition(kMoreColours) + box("colour: blue"), true);
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(live_box()->document().text_at({"spec", "colour"}), "blue");
  EXPECT_EQ(live_box()->uid(), uid);
}

TEST_F(Stages, ForceDoesNotReplaceAnObjectByAnInvalidOne) {
  apply(definition(kColour) + box("colour: red"));
  const auto uid = std::string{live_box()->uid()};
  const auto result = apply(definition(kColour) + box("colour: black"), true);
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr("dry-run failed (Invalid)")));
  ASSERT_TRUE(live_box());
  EXPECT_EQ(live_box()->uid(), uid);
}

TEST_F(Stages, AnErrorOfALaterStageStopsAllWhileNoEarlierOneHasAnythingToWrite) {
  apply(definition(kColour) + box("colour: red"));
  const auto result = apply(definition(kColour) + box("colour: black") + config_map_text("m", "1"));
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr("Box")));
  EXPECT_EQ(value("m"), "absent");
}

TEST_F(Stages, AnErrorOfTheFirstStageThatWritesStopsAll) {
  const auto result = apply(
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: NS-Upper_Case}\n"
      "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: NS-fine}\n" +
      config_map_text("m", "1")
  );
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr("Namespace")));
  EXPECT_FALSE(run(client_->get(kube::core::namespaces(), {"", here("NS-fine")})));
  EXPECT_EQ(value("m"), "absent");
}

TEST_F(Stages, APodWithItsPriorityClass) {
  const auto result = apply(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: NS}\n"
      "spec: {priorityClassName: NS-high, automountServiceAccountToken: false, containers: [{name: c, image: "
      "example.com/c}]}\n"
      "---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: NS-high}\nvalue: 7\n"
  );
  for (const auto& error : result.errors) EXPECT_THAT(error, testing::Not(HasSubstr("PriorityClass"))) << error;
  EXPECT_THAT(lines(result), testing::Contains(here("PriorityClass/NS-high created")));
}

TEST_F(Stages, ALiveObjectThatAsksToBeLeftAloneIsSkippedWhenItsDryRunIsRefused) {
  apply(definition(kColour) + box("colour: red"));
  const auto uid = std::string{live_box()->uid()};
  const auto patch =
      *json::parse(R"({"metadata":{"annotations":{"kustomize.toolkit.fluxcd.io/reconcile":"disabled"}}})");
  const kube::PatchOptions options;
  run(client_->merge_patch(boxes(), key("a"), patch, options));
  for (const bool force : {false, true}) {
    const auto result = apply(box("colour: black"), force);
    EXPECT_THAT(result.errors, IsEmpty());
    EXPECT_THAT(lines(result), ElementsAre("Box/a skipped"));
    EXPECT_EQ(live_box()->uid(), uid);
  }
}

TEST_F(Stages, ADefinitionThatWentIsMadeAgainWithItsObjects) {
  const auto both = definition(kColour) + box("colour: red");
  apply(both);
  remove_definition();
  const auto result = apply(both);
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_TRUE(live_box());
}

TEST_F(Stages, ADefinitionThatComesBackUnderAnotherPlural) {
  apply(definition(kColour) + box("colour: red"));
  remove_definition();
  const auto result = apply(definition(kColour, "boxen") + box("colour: green"));
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_TRUE(run(client_->get(boxes("boxen"), key("a"))));
}

TEST_F(Stages, AVersionThatTheDefinitionDoesNotServeIsToldAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  std::string manifests = definition(kColour);
  for (int i = 0; i < 5; ++i) {
    manifests +=
        text::cat("---\napiVersion: NS.example.com/v9\nkind: Box\nmetadata: {name: b", i, ", namespace: NS}\n");
  }
  const auto result = apply(manifests);
  EXPECT_EQ(result.errors.size(), 5u);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{8});
}

TEST_F(Stages, PruneFindsAnObjectInTheVersionThatIsServedNow) {
  apply(definition(kColour, "boxes", "both") + box("colour: red", "v1beta1"));
  ASSERT_TRUE(live_box());
  apply(definition(kColour, "boxes", "only v1"));
  for (int i = 0; i < 100 && run(client_->get({here("NS.example.com"), "v1beta1", "Box", "boxes", true}, key("a")));
       ++i) {
    run(async::sleep_for(Milliseconds{50}));
  }
  const auto result = prune({box_id("v1beta1")});
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(lines(result), ElementsAre("Box/a deleted"));
  EXPECT_FALSE(live_box()) << "it was left behind";
}

TEST_F(Stages, PruneCountsAnAbsentKindAsGone) {
  apply(definition(kColour) + box("colour: red"));
  remove_definition();
  EXPECT_THAT(lines(prune({box_id()})), ElementsAre("Box/a deleted"));
}

TEST_F(Stages, PruneKeepsWhatAnAggregatedServerHoldsThatIsAway) {
  apply(
      "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.NS.away.example.com}\n"
      "spec:\n  group: NS.away.example.com\n  version: v1\n  groupPriorityMinimum: 100\n  versionPriority: 100\n"
      "  insecureSkipTLSVerify: true\n  service: {name: nobody, namespace: NS}\n"
  );
  const ObjectId thing{here("NS.away.example.com"), "v1", "Thing", namespace_, "a"};
  Report result;
  for (int i = 0; i < 40; ++i) {  // until the aggregator knows the service
    result = prune({thing});
    if (!result.errors.empty()) break;
    run(async::sleep_for(Milliseconds{250}));
  }
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr("Thing")));
  EXPECT_THAT(result.changes, IsEmpty());
  remove_and_wait(kServices, here("v1.NS.away.example.com"));
}

}  // namespace
}  // namespace weir::ssa
