// From rendered files to objects.
#include "pkg/helm/manifest/manifest.hpp"

#include <sstream>

#include <gmock/gmock.h>

#include "pkg/helm/chart/path_match.hpp"
#include "pkg/helm/release/print.hpp"

namespace weir::helm {
namespace {

using testing::ElementsAre;

bool path_matches(std::string_view pattern, std::string_view path) {
  const auto fits = match_path(pattern, path);
  return fits && *fits;
}

std::vector<std::string> paths(const Result<Sorted>& sorted) {
  std::vector<std::string> out;
  for (const auto& manifest : sorted->manifests) out.push_back(manifest.path + ":" + manifest.head.kind);
  return out;
}

TEST(Documents, AreCutAtDashesAndKeepWhatStandsBehindThem) {
  EXPECT_THAT(split_documents("\n\na: 1\n\n---\n  \n---  # x\nb: 2\n--- \n"), ElementsAre("a: 1\n\n", "# x\nb: 2\n"));
  EXPECT_THAT(split_documents("---\n---a: 1\n"), ElementsAre("a: 1\n"));
  EXPECT_THAT(split_documents(" \n\t"), ElementsAre());
}

TEST(Heads, AreReadWithoutRegardToCaseAndNumbersAreTexts) {
  const auto head = read_head("Kind: Service\nAPIVERSION: v1\nmetadata:\n  Name: 5\n  annotations: {a: 1, b: true}\n");
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->kind, "Service");
  EXPECT_EQ(head->api_version, "v1");
  EXPECT_EQ(head->name, "5");
  EXPECT_EQ(*head->annotation("a"), "1");
  EXPECT_EQ(*head->annotation("b"), "true");
}

TEST(Heads, OfNoObjectsAreRefusedInHelmsWords) {
  constexpr std::string_view kPrefix = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ";
  EXPECT_EQ(read_head("text").error().message, std::string{kPrefix} + "string into Go value of type util.SimpleHead");
  EXPECT_EQ(
      read_head("kind: [a]").error().message,
      std::string{kPrefix} + "array into Go struct field SimpleHead.kind of type string"
  );
  EXPECT_EQ(
      read_head("metadata: {annotations: {a: {b: 1}}}").error().message,
      std::string{kPrefix} + "object into Go struct field .metadata.annotations of type string"
  );
  EXPECT_TRUE(read_head("# nothing\n").has_value());
}

TEST(Manifests, GoByKindThenByFileThenAsTheyStand) {
  const auto sorted = sort_manifests({
      {"demo/templates/b.yaml", "kind: Zebra\n---\nkind: Service\n---\nkind: Apple\n"},
      {"demo/templates/_helpers.tpl", "kind: Never\n"},
      {"demo/templates/a.yaml", "kind: Service\n---\nkind: Namespace\n---\n# only a comment\n"},
  });
  EXPECT_THAT(
      paths(sorted),
      ElementsAre(
          "demo/templates/a.yaml:Namespace",
          "demo/templates/a.yaml:Service",
          "demo/templates/b.yaml:Service",
          "demo/templates/a.yaml:",
          "demo/templates/b.yaml:Apple",
          "demo/templates/b.yaml:Zebra"
      )
  );
}

TEST(Manifests, UninstallTakesServicesEarly) {
  EXPECT_TRUE(is_kind_before("Service", "Deployment", KindOrder::kUninstall));
  EXPECT_TRUE(is_kind_before("Service", "Deployment", KindOrder::kInstall));
  EXPECT_FALSE(is_kind_before("Namespace", "Secret", KindOrder::kUninstall));
  EXPECT_TRUE(is_kind_before("Namespace", "Widget", KindOrder::kUninstall));
}

TEST(Manifests, TakeTheTextsOfTheirFilesUnlessOneIsBad) {
  const std::string comment(200, '#');
  std::vector<RenderedFile> files{
      {"demo/templates/a.yaml", "\n---\n" + comment + "\nkind: A\n\n---\n"},
      {"demo/templates/b.yaml", "kind: X\n\tbad: 1\n"}};
  const auto before = files;
  ASSERT_TRUE(sort_manifests(files).has_error());
  EXPECT_EQ(files[0].text, before[0].text);
  files.pop_back();
  const char* const memory = files[0].text.data();
  const auto sorted = sort_manifests(files);
  ASSERT_TRUE(sorted.has_value());
  ASSERT_EQ(sorted->manifests.size(), 1U);
  EXPECT_EQ(sorted->manifests[0].text, comment + "\nkind: A\n\n");
  EXPECT_EQ(sorted->manifests[0].text.data(), memory);
}

TEST(Manifests, WhatTheHeadDoesNotNeedIsRefusedAllTheSame) {
  const auto message = [](const char* text) {
    const auto head = read_head(text);
    return head ? "read" : head.error().message;
  };
  EXPECT_EQ(message("kind: A\ndata: {x: .inf}\n"), "error converting YAML to JSON: json: unsupported value: +Inf");
  EXPECT_EQ(
      message("kind: A\ndata: {[1]: 2}\n"), "error converting YAML to JSON: yaml: invalid map key: []interface {}{1}"
  );
  EXPECT_EQ(message("kind: A\ndata: {5: 2, yes: 1, x: !!binary aGk=}\nspec: [1, 2.5, ~, on]\n"), "read");
  EXPECT_EQ(read_head("KIND: A\nkind: B\nmetadata: {name: 5}\n")->kind, "B");
}

TEST(Printing, ObjectsAreTrimmedAsOneTextAndHooksFollow) {
  RenderedRelease release;
  release.manifests.push_back({"demo/templates/a.yaml", "kind: A\n\n", {}});
  release.manifests.push_back({"demo/templates/b.yaml", " \n\t", {}});
  EXPECT_EQ(
      print(release, {}), "---\n# Source: demo/templates/a.yaml\nkind: A\n\n\n---\n# Source: demo/templates/b.yaml\n"
  );
  release.manifests.push_back({"demo/templates/c.yaml", std::string(70'000, 'c') + "\n\n", {}});
  Hook hook;
  hook.path = "demo/templates/h.yaml";
  hook.text = "kind: H\n";
  release.hooks.push_back(hook);
  const std::string all = print(release, {});
  EXPECT_TRUE(all.ends_with("cc\n---\n# Source: demo/templates/h.yaml\nkind: H\n\n"));
  EXPECT_NE(all.find("b.yaml\n \n\t\n---\n# Source: demo/templates/c.yaml\n"), std::string::npos);
  std::ostringstream out;
  print(release, {}, out);
  EXPECT_EQ(out.str(), all);
  EXPECT_EQ(print(RenderedRelease{}, {}), "\n");
}

TEST(Manifests, BadYamlNamesItsFile) {
  const auto sorted = sort_manifests({{"demo/templates/a.yaml", "kind: X\n\tbad: 1\n"}});
  ASSERT_TRUE(sorted.has_error());
  EXPECT_THAT(
      sorted.error().message,
      testing::StartsWith("YAML parse error on demo/templates/a.yaml: error converting YAML to JSON: yaml: line 2: ")
  );
}

TEST(Hooks, AreToldByTheirAnnotation) {
  const auto sorted = sort_manifests(
      {{"demo/templates/a.yaml",
        "kind: Job\nmetadata:\n  name: a\n  annotations:\n    helm.sh/hook: ' PRE-Install , test'\n"
        "    helm.sh/hook-weight: '-5'\n    helm.sh/hook-delete-policy: Hook-Succeeded, hook-failed\n"
        "---\nkind: Job\nmetadata:\n  annotations:\n    helm.sh/hook: pre-install,sometimes\n"}}
  );
  ASSERT_TRUE(sorted.has_value());
  ASSERT_EQ(sorted->hooks.size(), 1U);
  const Hook& hook = sorted->hooks[0];
  EXPECT_THAT(hook.events, ElementsAre(HookEvent::kPreInstall, HookEvent::kTest));
  EXPECT_EQ(hook.weight, -5);
  EXPECT_THAT(hook.delete_policies, ElementsAre("hook-succeeded", "hook-failed"));
  EXPECT_THAT(sorted->warnings, ElementsAre("skipping unknown hooks hookTypes=pre-install,sometimes"));
  EXPECT_TRUE(sorted->manifests.empty());
}

TEST(Hooks, RunByWeightThenByName) {
  const auto hook = [](const char* name, std::int64_t weight) {
    Hook out;
    out.name = name;
    out.weight = weight;
    out.events = {HookEvent::kPreUpgrade};
    return out;
  };
  std::vector<std::string> names;
  for (const auto& each : hooks_of({hook("b", 1), hook("z", -1), hook("a", 1)}, HookEvent::kPreUpgrade))
    names.push_back(each.name);
  EXPECT_THAT(names, ElementsAre("z", "a", "b"));
  EXPECT_TRUE(hooks_of({hook("b", 1)}, HookEvent::kPostUpgrade).empty());
}

TEST(ResourcePolicies, AreKeepOrUnknown) {
  Head head;
  EXPECT_EQ(resource_policy(head), ResourcePolicy::kNone);
  head.annotations = {{"helm.sh/resource-policy", " Keep "}};
  EXPECT_EQ(resource_policy(head), ResourcePolicy::kKeep);
  head.annotations = {{"helm.sh/resource-policy", "delete"}};
  EXPECT_EQ(resource_policy(head), ResourcePolicy::kUnknown);
}

TEST(PathMatch, StarsDoNotCrossSlashes) {
  EXPECT_TRUE(path_matches("templates/*.yaml", "templates/a.yaml"));
  EXPECT_FALSE(path_matches("templates/*.yaml", "templates/sub/a.yaml"));
  EXPECT_TRUE(path_matches("t*/[a-c]?.y*l", "templates/b1.yaml"));
  EXPECT_FALSE(path_matches("[^a]", "a"));
  EXPECT_TRUE(path_matches("a\\*", "a*"));
  EXPECT_FALSE(path_matches("[", "["));
}

TEST(ShownDocuments, AreThoseOfTheFile) {
  const std::string printed =
      "---\n# Source: demo/templates/a.yaml\na: 1\n---\n# Source: demo/templates/b.yaml\nb: 1\n";
  EXPECT_THAT(documents_from(printed, "templates/b.yaml"), ElementsAre("# Source: demo/templates/b.yaml\nb: 1\n"));
  EXPECT_TRUE(documents_from(printed, "templates/c.yaml").empty());
}

}  // namespace
}  // namespace weir::helm
