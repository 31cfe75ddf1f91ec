// Charts below a chart that is there under two aliases: what Helm lets them share.
#include <map>

#include <gtest/gtest.h>

#include "pkg/helm/release/capabilities.hpp"
#include "pkg/helm/release/release.hpp"
#include "test/unit/helm/chart_support.hpp"

namespace weir::helm {
namespace {

constexpr std::string_view kShow =
    "vals: {{ toJson .Values }}\ndeps: {{ range .Chart.Dependencies }}{{ .Name }}"
    "{{ toJson .ImportValues }} {{ end }}";

/// What each template gives.
std::map<std::string, std::string> rendered(const ChartPtr& chart, std::string_view values = "") {
  ReleaseInput input;
  input.chart = chart;
  input.user_values = values_of(values);
  input.release.name = "rel";
  input.capabilities = default_capabilities();
  const auto release = render_release(input);
  if (!release) return {{"error", release.error().words}};
  std::map<std::string, std::string> out;
  for (const auto& manifest : release->manifests) out[manifest.path] = manifest.text;
  return out;
}

constexpr std::string_view kTop =
    "apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n"
    "- {name: sub, version: 1.0.0, alias: one}\n- {name: sub, version: 1.0.0, alias: two}\n";

TEST(Aliases, AChartThatNobodyNamesHasItsDependenciesSortedOutOnce) {
  const auto chart = chart_of({
      {"Chart.yaml", kTop},
      {"charts/sub/Chart.yaml",
       "apiVersion: v2\nname: sub\nversion: 1.0.0\n"
       "dependencies: [{name: named, version: 1.0.0}]\n"},
      {"charts/sub/charts/named/Chart.yaml", "apiVersion: v2\nname: named\nversion: 1.0.0\n"},
      {"charts/sub/charts/und/Chart.yaml",
       "apiVersion: v2\nname: und\nversion: 1.0.0\ndependencies:\n- {name: deep, version: 1.0.0, alias: dd}\n"
       "- {name: deep, version: 1.0.0, import-values: [{child: z, parent: from}]}\n"},
      {"charts/sub/charts/und/templates/a", kShow},
      {"charts/sub/charts/und/charts/deep/Chart.yaml", "apiVersion: v2\nname: deep\nversion: 1.0.0\n"},
      {"charts/sub/charts/und/charts/deep/values.yaml", "z: {q: text}\n"},
      {"charts/sub/charts/und/charts/deep/templates/a", "x: deep"},
  });
  const auto out = rendered(chart);
  EXPECT_EQ(
      out.at("top/charts/one/charts/und/templates/a"),
      "vals: {\"dd\":{\"global\":{},\"z\":{\"q\":\"text\"}},\"deep\":{\"global\":{},\"z\":{\"q\":\"text\"}},"
      "\"from\":{\"q\":\"text\"},\"global\":{}}\ndeps: dd[] deep[] "
  );
  // Under the second alias no chart has the name that the first pass gave to the entry, and imports were taken.
  EXPECT_EQ(
      out.at("top/charts/two/charts/und/templates/a"),
      "vals: {\"deep\":{\"global\":{},\"z\":{\"q\":\"text\"}},\"global\":{}}\ndeps: dd[] deep[] "
  );
  EXPECT_TRUE(out.contains("top/charts/one/charts/und/charts/dd/templates/a"));
  EXPECT_FALSE(out.contains("top/charts/two/charts/und/charts/dd/templates/a"));
  EXPECT_TRUE(out.contains("top/charts/two/charts/und/charts/deep/templates/a"));
}

TEST(Aliases, WhatIsTwoLevelsBelowKeepsThePathThatItWasLoadedWith) {
  const auto chart = chart_of({
      {"Chart.yaml", kTop},
      {"charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n"},
      {"charts/sub/charts/mid/Chart.yaml", "apiVersion: v2\nname: mid\nversion: 1.0.0\n"},
      {"charts/sub/charts/mid/templates/a", "x: mid"},
      {"charts/sub/charts/mid/charts/leaf/Chart.yaml", "apiVersion: v2\nname: leaf\nversion: 1.0.0\n"},
      {"charts/sub/charts/mid/charts/leaf/templates/a", "x: {{ .Values.v }} {{ .Template.BasePath }}"},
      {"charts/sub/charts/mid/charts/leaf/crds/c.yaml", "kind: C\n"},
  });
  const auto out = rendered(chart, "one: {mid: {leaf: {v: first}}}\ntwo: {mid: {leaf: {v: second}}}\n");
  const std::map<std::string, std::string> expected{
      {"top/charts/one/charts/mid/templates/a", "x: mid"},
      {"top/charts/sub/charts/mid/charts/leaf/templates/a",
       "x: second top/charts/sub/charts/mid/charts/leaf/templates"},
      {"top/charts/two/charts/mid/templates/a", "x: mid"}};
  EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace weir::helm
