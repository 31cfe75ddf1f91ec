#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"
#include "pkg/kustomize/chart_renderer.hpp"
#include "pkg/kustomize/helm_charts.hpp"
#include "test/unit/kustomize/world.hpp"

namespace weir::kustomize {
namespace {

/// Gives one ConfigMap and remembers what it was asked.
class Renderer final : public ChartRenderer {
 public:
  Result<std::string> render(const ChartRequest& request) override {
    path = request.path;
    space = request.space;
    values.clear();
    for (const auto& each : request.values) values.push_back(each.text);
    const auto file = request.files.read(request.path + "/templates/a.yaml");
    template_text = file ? *file : "";
    if (request.release_name == "bad") return InputError{"", "no such luck"};
    return std::string{"---\n# Source: x\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"};
  }

  Result<std::vector<ChartFile>> fetch(const ChartSource& source) override {
    asked.push_back(source.name + " " + source.repository + " " + source.version);
    if (source.allows_prereleases) asked.back() += " pre-releases too";
    if (published.empty()) return InputError{"", "no such repository"};
    return published;
  }

  std::vector<ChartFile> published;
  std::vector<std::string> asked;
  std::string path;
  std::string space;
  std::vector<std::string> values;
  std::string template_text;
};

MemoryFileSystem chart_world(const std::string& kustomization, const std::string& values = "a: 1\nb: {c: 2, d: 3}\n") {
  return world(
      {{"app/kustomization.yaml", kustomization},
       {"app/charts/demo/values.yaml", values},
       {"app/charts/demo/templates/a.yaml", "x"}}
  );
}

std::string rendered(const FileSystem& files, Renderer& renderer, const std::string& directory = "/app") {
  BuildOptions options;
  options.charts = &renderer;
  return built(files, options, directory);
}

/// `patch` merged over `into`, or "error: path: message".
std::string merged(std::string_view into, std::string_view patch) {
  json::Value value = *json::parse(into);
  const auto done = merge_values(value, *json::parse(patch));
  return done ? json::write(value) : "error: " + done.error().text();
}

TEST(ChartValues, ObjectsAreMergedAndAllElseIsReplaced) {
  EXPECT_EQ(
      merged(R"({"a":{"x":1,"y":2},"l":[1,2],"s":1})", R"({"a":{"y":3},"l":[3],"s":2,"n":4})"),
      R"({"a":{"x":1,"y":3},"l":[3],"n":4,"s":2})"
  );
  EXPECT_EQ(merged(R"({"a":{"x":1}})", R"({"a":{}})"), R"({"a":{"x":1}})");
  EXPECT_EQ(merged(R"({"l":[1]})", R"({"l":[]})"), R"({"l":[]})");
}

TEST(ChartValues, ANullOfThePatchTakesAwayAndThoseThatWereThereStay) {
  EXPECT_EQ(merged(R"({"a":{"x":1},"b":null,"c":1})", R"({"a":{"x":null},"c":null,"d":null})"), R"({"a":{},"b":null})");
  EXPECT_EQ(merged("{}", R"({"a":{"x":null,"y":1},"l":[null,{"z":null}]})"), R"({"a":{"y":1},"l":[null,{"z":null}]})");
  EXPECT_EQ(merged(R"({"a":null})", R"({"a":{"x":null,"y":1}})"), R"({"a":{"y":1}})");
}

TEST(ChartValues, DifferentShapesAreRefusedWithTheirPath) {
  EXPECT_EQ(merged(R"({"a":{"b":1}})", R"({"a":{"b":[1]}})"), "error: a.b: cannot put a list over a number");
  EXPECT_EQ(merged(R"({"a":{"b":1}})", R"({"a":2})"), "error: a: cannot put a number over an object");
}

TEST(HelmCharts, InlineValuesWinOverTheFileUnlessTheKustomizationSaysOtherwise) {
  const std::string head = "helmCharts:\n- name: demo\n  valuesInline: {a: 5, b: {d: null, e: yes}}\n";
  Renderer renderer;
  rendered(chart_world(head), renderer);
  EXPECT_EQ(renderer.values, std::vector<std::string>{R"({"a":5,"b":{"c":2,"e":true}})"});
  rendered(chart_world(head + "  valuesMerge: merge\n"), renderer);
  EXPECT_EQ(renderer.values, std::vector<std::string>{R"({"a":1,"b":{"c":2,"d":3,"e":true}})"});
  rendered(chart_world(head + "  valuesMerge: replace\n"), renderer);
  EXPECT_EQ(renderer.values, std::vector<std::string>{R"({"a":5,"b":{"d":null,"e":true}})"});
}

TEST(HelmCharts, WhatStandsBehindAliasesIsMergedToo) {
  Renderer renderer;
  rendered(
      chart_world("helmCharts:\n- name: demo\n  valuesInline: {b: {c: 3}}\n", "a: &a {c: 1, d: 2}\nb: *a\n"), renderer
  );
  EXPECT_EQ(renderer.values, std::vector<std::string>{R"({"a":{"c":1,"d":2},"b":{"c":3,"d":2}})"});
}

TEST(HelmCharts, AValuesFileIsPassedOnAsItStandsAndFurtherOnesFollow) {
  auto files = chart_world("helmCharts:\n- name: demo\n  valuesFile: v.yaml\n  additionalValuesFiles: [w.yaml]\n");
  files.write("/app/v.yaml", "a: on # comment\n");
  files.write("/app/w.yaml", "b: 1\n");
  Renderer renderer;
  EXPECT_NE(rendered(files, renderer).find("name: settings"), std::string::npos);
  EXPECT_EQ(renderer.values, (std::vector<std::string>{"a: on # comment\n", "b: 1\n"}));
  EXPECT_EQ(renderer.path, "/app/charts/demo");
}

TEST(HelmCharts, AChartIsToldTheNearestNamespaceAndItsObjectsKeepTheirs) {
  auto files = chart_world("helmCharts: [{name: demo}]\n");
  files.write("/middle/kustomization.yaml", "resources: [../app]\nconfigMapGenerator: [{name: own}]\n");
  files.write("/top/kustomization.yaml", "namespace: far\nresources: [../middle]\n");
  Renderer renderer;
  EXPECT_EQ(
      rendered(files, renderer, "/top"),
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: own-6ct58987ht\n  namespace: far\n---\napiVersion: v1\n"
      "kind: ConfigMap\nmetadata:\n  name: settings\n"
  );
  EXPECT_EQ(renderer.space, "far");
}

TEST(HelmCharts, FilesOfTheChartAreInputsOfTheBuild) {
  auto files = chart_world("helmCharts: [{name: demo}]\n");
  Renderer renderer;
  BuildOptions options;
  options.charts = &renderer;
  const auto out = build(files, "/app", options);
  ASSERT_TRUE(out);
  EXPECT_EQ(renderer.template_text, "x");
  EXPECT_TRUE(are_current(files, out->inputs));
  files.write("/app/charts/demo/templates/a.yaml", "y");
  EXPECT_FALSE(are_current(files, out->inputs));
}

TEST(HelmCharts, TheOlderFieldAndTheGeneratorOfItsOwnDoTheSame) {
  Renderer renderer;
  rendered(
      world(
          {{"app/kustomization.yaml",
            "helmChartInflationGenerator:\n- chartName: demo\n  chartHome: own\n  valuesLocal: {a: 2}\n"},
           {"app/own/demo/values.yaml", "a: 1\n"}}
      ),
      renderer
  );
  EXPECT_EQ(renderer.path, "/app/own/demo");
  EXPECT_EQ(renderer.values, std::vector<std::string>{R"({"a":2})"});
  rendered(
      chart_world("namespace: other\ngenerators:\n- |-\n  apiVersion: builtin\n  kind: HelmChartInflationGenerator\n"
                  "  metadata: {name: x}\n  name: demo\n  valuesInline: {a: 3}\n  valuesMerge: replace\n"),
      renderer
  );
  EXPECT_EQ(renderer.values, std::vector<std::string>{R"({"a":3})"});
  EXPECT_EQ(renderer.space, "");
}

TEST(HelmCharts, AVersionOfARepositoryHasAFolderOfItsOwn) {
  Renderer renderer;
  const auto files = world(
      {{"app/kustomization.yaml", "helmCharts: [{name: demo, version: 1.2.3, repo: \"https://x.example\"}]\n"},
       {"app/charts/demo-1.2.3/demo/values.yaml", ""}}
  );
  rendered(files, renderer);
  EXPECT_EQ(renderer.path, "/app/charts/demo-1.2.3/demo");
}

TEST(HelmCharts, AChartThatIsNotThereIsFetchedFromItsRepository) {
  Renderer renderer;
  renderer.published = {{"values.yaml", "a: 1\n"}, {"other.yaml", "a: 2\n"}, {"templates/a.yaml", "fetched"}};
  const auto files = [](const std::string& more) {
    return world({{"app/kustomization.yaml", "helmCharts:\n- name: demo\n  repo: oci://x/y\n" + more}});
  };
  rendered(files("  version: 1.2.3\n"), renderer);
  EXPECT_EQ(renderer.asked, std::vector<std::string>{"demo oci://x/y 1.2.3"});
  EXPECT_EQ(renderer.path, "/app/charts/demo-1.2.3/demo");
  EXPECT_EQ(renderer.template_text, "fetched");
  EXPECT_EQ(renderer.values, std::vector<std::string>{"a: 1\n"});
  rendered(files("  devel: true\n  valuesFile: charts/demo/other.yaml\n  valuesInline: {b: 1}\n"), renderer);
  EXPECT_EQ(renderer.asked.back(), "demo oci://x/y  pre-releases too");
  EXPECT_EQ(renderer.values, std::vector<std::string>{R"({"a":2,"b":1})"});
}

TEST(HelmCharts, AFetchedChartStaysInItsFolder) {
  Renderer renderer;
  renderer.published = {{"../../../secret.yaml", "a: 1\n"}};
  EXPECT_EQ(
      rendered(world({{"app/kustomization.yaml", "helmCharts: [{name: demo, repo: \"https://x\"}]\n"}}), renderer),
      "error: kustomization.yaml:1:14: helmCharts[0].repo: chart demo: the file \"../../../secret.yaml\" leaves its "
      "folder"
  );
}

TEST(HelmCharts, ErrorsNameFileAndField) {
  Renderer renderer;
  const auto error = [&](const std::string& chart) { return rendered(chart_world("helmCharts:\n" + chart), renderer); };
  const std::string head = "error: kustomization.yaml:2:3: helmCharts[0]";
  EXPECT_EQ(error("- releaseName: x\n"), head + ".name: chart name cannot be empty");
  EXPECT_EQ(error("- name: ../demo\n"), head + ".name: expected the name of a folder, got \"../demo\"");
  EXPECT_EQ(error("- name: gone\n"), head + ".name: no repo specified for pull, no chart found at \"charts/gone\"");
  EXPECT_EQ(error("- name: gone\n  repo: https://x.example\n"), head + ".repo: chart gone: no such repository");
  EXPECT_EQ(
      error("- name: demo\n  valuesMerge: mix\n"),
      "error: kustomization.yaml:3:3: helmCharts[0].valuesMerge: valuesMerge must be one of [merge override replace], "
      "got \"mix\""
  );
  EXPECT_EQ(
      error("- name: demo\n  valuesFile: ../secret.yaml\n"),
      head + ".valuesFile: /secret.yaml: no such file or directory"
  );
  EXPECT_EQ(
      error("- name: demo\n  valuesInline: {b: 1}\n"),
      head +
          ".valuesInline: could not merge values: b: cannot put a number over an object (of "
          "charts/demo/values.yaml and valuesInline)"
  );
  EXPECT_EQ(error("- name: demo\n  nope: 1\n"), "error: kustomization.yaml:3:3: unknown field \"helmCharts[0].nope\"");
  EXPECT_EQ(error("- name: demo\n  releaseName: bad\n"), head + ": chart demo: no such luck");
}

}  // namespace
}  // namespace weir::kustomize
