#include "pkg/kustomize/build.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "test/unit/kustomize/world.hpp"

namespace weir::kustomize {
namespace {

TEST(Build, NamesAreRewrittenWhereTheyAreReferredTo) {
  const auto files = world({
      {"app/kustomization.yaml",
       "resources: [web.yaml]\nnamePrefix: prod-\nconfigMapGenerator:\n- name: settings\n  literals: [mode=prod]\n"},
      {"app/web.yaml", kDeployment},
  });
  const std::string out = built(files);
  EXPECT_NE(out.find("name: prod-web\n"), std::string::npos) << out;
  EXPECT_NE(out.find("configMapRef:\n            name: prod-settings-"), std::string::npos) << out;
}

TEST(Build, AnUnchangedInputListIsCurrentAndAChangedOneIsNot) {
  auto files = world({{"app/kustomization.yaml", "resources: [cm.yaml]\n"}, {"app/cm.yaml", kConfigMap}});
  const auto out = build(files, "/app");
  ASSERT_TRUE(out);
  EXPECT_TRUE(are_current(files, out->inputs));
  auto edited = files;
  edited.write("/app/cm.yaml", std::string{kConfigMap} + "# edited\n");
  EXPECT_FALSE(are_current(edited, out->inputs));
  // A second kustomization file would make the build fail, so its absence is an input.
  files.write("/app/Kustomization", "resources: []\n");
  EXPECT_FALSE(are_current(files, out->inputs));
}

TEST(Build, ErrorsNameFileLineAndField) {
  EXPECT_EQ(
      built(world(
          {{"app/kustomization.yaml", "resources:\n- cm.yaml\n"},
           {"app/cm.yaml", "kind: ConfigMap\nmetadata:\n  name: [\n"}}
      )),
      "error: cm.yaml:4:1: expected a value inside the brackets"
  );
  EXPECT_EQ(
      built(world({{"app/kustomization.yaml", "namePrefix: a\nresource: [x]\n"}})),
      "error: kustomization.yaml:2:1: unknown field \"resource\""
  );
  EXPECT_EQ(
      built(world({{"app/kustomization.yaml", "images:\n- name: a\n  newTag: 1.0\n"}})),
      "error: kustomization.yaml:3:11: images[0].newTag: expected a string, got a number"
  );
  EXPECT_EQ(
      built(world({{"app/kustomization.yaml", "resources:\n- missing.yaml\n"}})),
      "error: kustomization.yaml:1:1: resources: missing.yaml: no such file or directory"
  );
  EXPECT_EQ(
      built(world(
          {{"app/kustomization.yaml", "resources: [cm.yaml]\n"}, {"app/cm.yaml", "apiVersion: v1\nkind: ConfigMap\n"}}
      )),
      "error: cm.yaml:1:1: metadata.name: required in ConfigMap"
  );
  EXPECT_EQ(
      built(world({{"app/other.yaml", ""}})),
      "error: .: no kustomization file: expected kustomization.yaml, kustomization.yml or Kustomization"
  );
}

TEST(Build, AnIdMayStandOnce) {
  const auto files = world(
      {{"app/kustomization.yaml", "resources: [a.yaml, b.yaml]\n"},
       {"app/a.yaml", kConfigMap},
       {"app/b.yaml", kConfigMap}}
  );
  EXPECT_EQ(
      built(files),
      "error: b.yaml:1: ConfigMap settings is already there, from a.yaml:1; an id may stand once in a build"
  );
}

// kustomize puts the resources together anew after such a patch, and refuses what a JSON patch before made of them.
TEST(Build, AStrategicPatchWithATargetNoticesIdsThatAreEqual) {
  const std::string rename =
      "- target: {kind: ConfigMap}\n  patch: '- {op: replace, path: /metadata/name, value: same}'\n";
  const auto with = [&](const std::string& patches) {
    return built(world({
        {"app/kustomization.yaml", "resources: [a.yaml]\npatches:\n" + patches},
        {"app/a.yaml", std::string{kConfigMap} + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n"},
    }));
  };
  EXPECT_EQ(
      with(
          rename + "- target: {kind: ConfigMap}\n  patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: any, "
                   "labels: {a: b}}}'\n"
      ),
      "error: a.yaml:8: the id of ConfigMap same is taken by a.yaml:1"
  );
}

TEST(Build, AnOpenApiFileOfNothingDefinesNothing) {
  const auto files = world(
      {{"app/kustomization.yaml", "resources: [a.yaml]\nopenapi: {path: s.json}\n"},
       {"app/a.yaml", kConfigMap},
       {"app/s.json", "# nothing\n"}}
  );
  EXPECT_TRUE(built(files).starts_with("apiVersion: v1\n")) << built(files);
}

// The message named one place twice.
TEST(Build, TwoCopiesOfABaseAreToldApartByWhatTheyAreCalledNow) {
  const auto with = [](const std::string& kustomization) {
    return built(world({
        {"app/kustomization.yaml", "resources: [../dev, ../prod]\n" + kustomization},
        {"dev/kustomization.yaml", "namePrefix: dev-\nnamespace: one\nresources: [../base]\n"},
        {"prod/kustomization.yaml", "namePrefix: prod-\nresources: [../base]\n"},
        {"base/kustomization.yaml", "resources: [cm.yaml]\n"},
        {"base/cm.yaml", kConfigMap},
    }));
  };
  constexpr std::string_view kBoth = "ConfigMap one/dev-settings and prod-settings, both from /base/cm.yaml:1";
  EXPECT_TRUE(
      with("patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}'}]\n").ends_with(kBoth)
  );
  EXPECT_TRUE(with("vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: settings}}]\n").ends_with(kBoth));
  EXPECT_TRUE(with("configMapGenerator: [{name: settings, behavior: merge, literals: [a=b]}]\n").ends_with(kBoth));
  const auto twice = world({
      {"app/kustomization.yaml", "resources: [../one, ../two]\n"},
      {"one/kustomization.yaml", "resources: [../base]\n"},
      {"two/kustomization.yaml", "resources: [../base]\n"},
      {"base/kustomization.yaml", "resources: [cm.yaml]\n"},
      {"base/cm.yaml", kConfigMap},
  });
  EXPECT_EQ(
      built(twice),
      "error: /base/cm.yaml:1: ConfigMap settings is already there, from the same place, which is built twice; an id "
      "may stand once in a build"
  );
}

// A * was taken for a name, so that nothing was found and nothing told.
TEST(Build, AStarInTheConfigurationOfAFieldIsRefused) {
  const auto files = world({
      {"app/kustomization.yaml",
       "resources: [a.yaml]\nvars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: "
       "settings}}]\nconfigurations: [c.yaml]\n"},
      {"app/a.yaml", kConfigMap},
      {"app/c.yaml", "varReference: [{path: data/*, kind: ConfigMap}]\n"},
  });
  EXPECT_EQ(
      built(files),
      "error: a.yaml:1: variables in ConfigMap settings: field data/*: the path has a *, which fits nothing here; "
      "lists are walked through without one"
  );
}

TEST(Build, DuplicateKeysAreRefused) {
  const auto files = world(
      {{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", "kind: A\nmetadata:\n  name: x\nkind: B\n"}}
  );
  EXPECT_EQ(built(files), "error: a.yaml:4:1: the key \"kind\" stands here a second time; the first is on line 1");
}

TEST(Build, APatchThatFitsNothingNamesItself) {
  const auto files = world({
      {"app/kustomization.yaml", "resources: [cm.yaml]\npatches:\n- path: p.yaml\n"},
      {"app/cm.yaml", kConfigMap},
      {"app/p.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n"},
  });
  EXPECT_EQ(built(files), "error: p.yaml:1: no resource matches the patch ConfigMap.v1.[noGrp]/other.[noNs]");
}

TEST(Build, ALabelThatWasSetInSeveralPlacesIsOneNode) {
  // kustomize shares the value among selector, template and metadata, so a patch of one changes all.
  const auto files = world({
      {"base/kustomization.yaml", "resources: [web.yaml]\ncommonLabels: {tier: front}\n"},
      {"base/web.yaml", kDeployment},
      {"app/kustomization.yaml",
       "resources: [../base]\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n     "
       " name: web\n      labels:\n        tier: back\n"},
  });
  const std::string out = built(files);
  EXPECT_EQ(out.find("front"), std::string::npos) << out;
  EXPECT_NE(out.find("matchLabels:\n      tier: back"), std::string::npos) << out;
}

TEST(Build, HelmChartsAreRefusedByName) {
  const auto files = world({{"app/kustomization.yaml", "helmCharts:\n- name: redis\n"}});
  EXPECT_EQ(
      built(files),
      "error: kustomization.yaml:2:3: helmCharts[0]: Helm charts are rendered where that is allowed only: must specify "
      "--enable-helm, or use a HelmRelease"
  );
}

TEST(Build, ExternalPluginsAreRefusedByName) {
  const auto files = world(
      {{"app/kustomization.yaml",
        "generators:\n- |\n  apiVersion: example.com/v1\n  kind: Maker\n  metadata:\n    name: m\n"}}
  );
  EXPECT_EQ(
      built(files),
      "error: kustomization.yaml:1:1 (inline):1: generator Maker of example.com/v1 is no built-in one; external "
      "plugins and functions are not run"
  );
}

TEST(Build, AMessageNeverRepeatsASecret) {
  const auto files = world({{"app/kustomization.yaml", "secretGenerator:\n- name: s\n  literals: [hunter2]\n"}});
  EXPECT_EQ(built(files), "error: kustomization.yaml:2:3: literals: expected key=value");
}

TEST(Build, RunsOnManyThreadsAtOnce) {
  const auto files = world({
      {"app/kustomization.yaml",
       "resources: [web.yaml, cm.yaml]\nnamePrefix: a-\nlabels:\n- pairs: {x: y}\n  includeSelectors: true\n"},
      {"app/web.yaml", kDeployment},
      {"app/cm.yaml", kConfigMap},
  });
  const std::string expected = built(files);
  std::vector<std::string> outputs(4);
  {
    std::vector<std::jthread> threads;
    for (auto& output : outputs)
      threads.emplace_back([&files, &output] {
        for (int i = 0; i < 20; ++i) output = built(files);
      });
  }
  for (const auto& output : outputs) EXPECT_EQ(output, expected);
}

TEST(Build, ACustomSchemaReplacesTheBuiltInOneOrAddsToIt) {
  const auto files = world({
      {"app/kustomization.yaml", "resources: [web.yaml]\nopenapi: {path: schema.json}\npatches:\n- path: p.yaml\n"},
      {"app/schema.json", R"({"definitions":{"x":{"type":"object"}}})"},
      {"app/web.yaml", kDeployment},
      {"app/p.yaml",
       "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      "
       "containers:\n      - name: side\n        image: side\n"},
  });
  EXPECT_EQ(built(files).find("name: main"), std::string::npos);
  BuildOptions flux;
  flux.profile = Profile::kFlux;
  EXPECT_NE(built(files, flux).find("name: main"), std::string::npos);
}

}  // namespace
}  // namespace weir::kustomize
