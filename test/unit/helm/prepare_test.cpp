// From charts and the user's values to what templates see: nulls, globals, conditions, aliases, imports.

#include "pkg/helm/values/prepare.hpp"

#include <gmock/gmock.h>

#include "pkg/helm/values/explain.hpp"
#include "test/unit/helm/chart_support.hpp"

namespace weir::helm {
namespace {

using testing::ElementsAre;
using Files = std::vector<std::pair<std::string, std::string>>;

/// A chart "top" with dependencies in its Chart.yaml, and charts below it that are given as path, values.
ChartPtr top(std::string_view dependencies, std::string_view values, const Files& subcharts) {
  std::vector<File> all;
  all.push_back(file("Chart.yaml", "apiVersion: v2\nname: top\nversion: 1.0.0\n" + std::string{dependencies}));
  all.push_back(file("values.yaml", values));
  for (const auto& [path, text] : subcharts) {
    const std::string folder = "charts/" + path;
    all.push_back(file(folder + "/Chart.yaml", "name: " + path.substr(path.rfind('/') + 1) + "\nversion: 1.0.0\n"));
    all.push_back(file(folder + "/values.yaml", text));
  }
  auto chart = load_files(std::move(all));
  EXPECT_TRUE(chart) << (chart ? "" : chart.error().message);
  return *chart;
}

std::string prepared(const ChartPtr& chart, std::string_view user = "{}") {
  auto result = prepare(*chart, values_of(user));
  return result ? text_of(result->values) : result.error().message;
}

TEST(Prepare, TheHigherLayerWins) {
  const auto chart = top("", "a: {x: 1, z: 2}\nl: [1, 2]\nsub: {p: 5}", {{"sub", "p: 1\nm: {a: 1}"}});
  EXPECT_EQ(
      prepared(chart, "{a: {z: 3}, l: [9], sub: {m: {b: 2}}}"),
      R"({"a":{"x":1,"z":3},"l":[9],"sub":{"global":{},"m":{"a":1,"b":2},"p":5}})"
  );
}

TEST(Prepare, NullsRemoveDefaults) {
  const auto chart = top("", "a: 1\nb: {c: 1, d: ~}\ne: ~", {});
  EXPECT_EQ(prepared(chart), R"({"a":1,"b":{"c":1}})");
  EXPECT_EQ(prepared(chart, "{a: ~, b: {c: ~, x: ~}, z: ~}"), R"({"b":{"x":null},"z":null})");
}

TEST(Prepare, ANullOfTheParentCountsOnlyWithTheUsersHelp) {
  const auto chart = top("dependencies: [{name: sub, version: '*'}]", "sub: {p: ~}", {{"sub", "p: 1\nm: 2"}});
  EXPECT_EQ(prepared(chart), R"({"sub":{"global":{},"m":2,"p":1}})");
  EXPECT_EQ(prepared(chart, "sub: {m: 3}"), R"({"sub":{"global":{},"m":3}})");
}

TEST(Prepare, GlobalsGoDownAndTheirInnerTablesAreShared) {
  const auto chart =
      top("", "global: {top: 1, t: {a: {x: 1}}}", {{"one", "global: {own: 1, top: 2, t: {a: {z: 2}}}"}, {"two", "k: v"}}
      );
  EXPECT_EQ(
      prepared(chart, "global: {u: 1}"),
      R"({"global":{"t":{"a":{"x":1,"z":2}},"top":1,"u":1},)"
      R"("one":{"global":{"own":1,"t":{"a":{"x":1,"z":2}},"top":1,"u":1}},)"
      R"("two":{"global":{"t":{"a":{"x":1,"z":2}},"top":1,"u":1},"k":"v"}})"
  );
}

TEST(Prepare, WarnsWhereTablesAndOthersMeet) {
  const auto chart = top("", "a: {x: 1}\nb: 1\nc: {d: {e: 1}}", {});
  const auto result = prepare(*chart, values_of("{a: 5, b: {z: 1}, c: {d: 7}}"));
  ASSERT_TRUE(result);
  EXPECT_EQ(text_of(result->values), R"({"a":5,"b":{"z":1},"c":{"d":7}})");
  EXPECT_THAT(
      result->warnings,
      ElementsAre(
          "warning: skipped value for top.b: Not a table.",
          "warning: cannot overwrite table with non table for top.c.d (map[e:1])"
      )
  );
}

TEST(Prepare, RefusesASectionThatIsNoTable) {
  const auto chart = top("", "", {{"sub", ""}});
  EXPECT_EQ(prepared(chart, "sub: text"), "type mismatch on sub: %!t(string=text)");
  EXPECT_EQ(prepared(chart, "sub: 5"), "type mismatch on sub: %!t(float64=5)");
  EXPECT_EQ(prepared(chart, "sub: true"), "type mismatch on sub: true");
  // A chart that declares dependencies notices while it processes them.
  const auto declaring = top("dependencies: [{name: sub, version: '*'}]", "", {{"sub", ""}});
  EXPECT_EQ(prepared(declaring, "sub: ~"), "chart dependencies processing failed: type mismatch on sub: %!t(<nil>)");
}

TEST(Prepare, ConditionsAndTagsTurnDependenciesOff) {
  const auto chart =
      top("dependencies: [{name: sub, version: '1', condition: 'sub.use,global.subs', tags: [back]}]",
          "tags: {back: true}",
          {{"sub", "p: 1"}});
  const auto is_on = [&](std::string_view user) {
    return prepare(*chart, values_of(user)).value().chart->dependencies.size() == 1;
  };
  EXPECT_TRUE(is_on("{}"));
  EXPECT_FALSE(is_on("tags: {back: false}"));
  EXPECT_TRUE(is_on("{tags: {back: false}, sub: {use: true}}"));
  EXPECT_FALSE(is_on("global: {subs: false}"));
  EXPECT_TRUE(is_on("{sub: {use: true}, global: {subs: false}}"));
  const auto result = prepare(*chart, values_of("sub: {use: text}"));
  EXPECT_THAT(result.value().warnings, ElementsAre("returned non-bool value path=sub.use chart=sub"));
}

TEST(Prepare, ADisabledDependencyLeavesNothing) {
  const auto chart = top("dependencies: [{name: sub, version: '1', condition: use}]", "use: false", {{"sub", "p: 1"}});
  const auto result = prepare(*chart, values_of("{}")).value();
  EXPECT_EQ(text_of(result.values), R"({"use":false})");
  EXPECT_TRUE(result.chart->metadata.dependencies.empty());
}

TEST(Prepare, AliasesAreChartsOfTheirOwn) {
  const auto chart =
      top("dependencies: [{name: sub, version: '1', alias: one}, {name: sub, version: '>=1', alias: two}]",
          "two: {p: 2}",
          {{"sub", "p: 1"}});
  const auto result = prepare(*chart, values_of("one: {m: 3}")).value();
  EXPECT_EQ(text_of(result.values), R"({"one":{"global":{},"m":3,"p":1},"two":{"global":{},"p":2}})");
  ASSERT_EQ(result.chart->dependencies.size(), 2u);
  EXPECT_EQ(result.chart->dependencies[0]->name(), "one");
  EXPECT_EQ(result.chart->dependencies[0]->contents, result.chart->dependencies[1]->contents);
  EXPECT_EQ(chart->dependencies[0]->name(), "sub");
}

TEST(Prepare, ARangeThatDoesNotFitLeavesTheChartAsItIs) {
  const auto chart = top("dependencies: [{name: sub, version: '2', alias: x}]", "", {{"sub", "p: 1"}});
  EXPECT_EQ(prepared(chart), R"({"sub":{"global":{},"p":1}})");
}

TEST(Prepare, ImportsLoseAgainstTheParent) {
  const auto chart =
      top("dependencies: [{name: sub, version: '1', import-values: [data, {child: deep.er, parent: here}]}]",
          "b: parent",
          {{"sub", "exports: {data: {a: 1, b: 2}}\ndeep: {er: {x: 1}}"}});
  EXPECT_EQ(
      prepared(chart, "sub: {exports: {data: {a: 9}}}"),
      R"({"a":1,"b":"parent","here":{"x":1},"sub":{"deep":{"er":{"x":1}},"exports":{"data":{"a":9,"b":2}},"global":{}}})"
  );
  const auto metadata = prepare(*chart, values_of("{}")).value().chart->metadata;
  EXPECT_EQ(
      json::write(json::Value{metadata.dependencies.at(0).import_values}),
      R"([{"child":"exports.data","parent":"."},{"child":"deep.er","parent":"here"}])"
  );
}

TEST(Prepare, ImportedTablesAreSharedWithTheirOrigin) {
  const auto chart =
      top("dependencies: [{name: one, version: '1', import-values: [data]}, {name: two, version: '1', import-values: "
          "[data]}]",
          "",
          {{"one", "exports: {data: {m: {a: 1}}}"}, {"two", "exports: {data: {m: {b: 2}}}"}});
  EXPECT_EQ(
      prepared(chart),
      R"({"m":{"a":1,"b":2},"one":{"exports":{"data":{"m":{"a":1,"b":2}}},"global":{}},)"
      R"("two":{"exports":{"data":{"m":{"b":2}}},"global":{}}})"
  );
}

TEST(Prepare, RefusesImportsOfTablesIntoThemselves) {
  const auto chart =
      top("dependencies: [{name: sub, version: '1', import-values: [{child: a.b, parent: .}, {child: a, parent: m}]}]",
          "",
          {{"sub", "a: {b: {m: {k: 1}}}"}});
  EXPECT_EQ(
      prepared(chart),
      "chart dependencies processing failed: import-values of top: the imported tables contain themselves"
  );
}

TEST(Prepare, MissingDependenciesAreNamed) {
  const auto chart = top("dependencies: [{name: a}, {name: sub}, {name: b}]", "", {{"sub", ""}});
  EXPECT_EQ(
      prepared(chart),
      "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch "
      "missing "
      "dependencies: found in Chart.yaml, but missing in charts/ directory: a, b"
  );
}

TEST(Prepare, SchemasOfAllChartsAreAsked) {
  std::vector<File> all = files(
      {{"Chart.yaml", "name: top\nversion: 1.0.0"},
       {"values.yaml", "p: x"},
       {"values.schema.json", R"({"properties":{"p":{"type":"number"}}})"},
       {"charts/sub/Chart.yaml", "name: sub\nversion: 1.0.0"},
       {"charts/sub/values.schema.json", R"({"required":["m"]})"}}
  );
  const auto chart = load_files(std::move(all)).value();
  EXPECT_EQ(
      prepared(chart),
      "values don't meet the specifications of the schema(s) in the following chart(s):\n"
      "top:\n- at '/p': got string, want number\nsub:\n- at '': missing property 'm'\n"
  );
  EXPECT_TRUE(prepare(*chart, values_of("{}"), {true, nullptr}));
  EXPECT_EQ(prepared(chart, "{p: 1, sub: {m: 1}}"), R"({"p":1,"sub":{"global":{},"m":1}})");
}

TEST(Prepare, ChecksWhetherAChartCanBeUsed) {
  const auto library = chart_of({{"Chart.yaml", "name: a\nversion: 1.0.0\ntype: library\nkubeVersion: '>=1.40.0'"}});
  EXPECT_EQ(check_installable(*library).error().message, "library charts are not installable");
  EXPECT_EQ(
      check_kube_version(*library, "v1.33.0", "v1.33.0").error().message,
      "chart requires kubeVersion: >=1.40.0 which is incompatible with Kubernetes v1.33.0"
  );
  EXPECT_TRUE(check_kube_version(*library, "v1.41.0-eks", "v1.41.0"));
}

TEST(Explain, TellsWhoSetWhat) {
  const auto chart = top("", "a: 1\nb: 2\nsub: {p: 5}", {{"sub", "p: 1\nm: 2"}});
  UserValues user;
  user.files = {{"prod.yaml", "b: 3\nsub: {m: ~}"}};
  user.set = {"a=4,x.y\\.z=1"};
  const auto keys = explain_values(*chart, user.layers()).value();
  std::vector<std::string> lines;
  for (const auto& key : keys) {
    for (const auto& step : key.steps) {
      const char* change = step.change == ValueStep::Change::kSet       ? "set"
                           : step.change == ValueStep::Change::kChanged ? "changed"
                                                                        : "removed";
      lines.push_back(key.path + ": " + step.layer + " " + change + " " + text_of(step.value));
    }
    if (!key.is_there) lines.push_back(key.path + " is gone");
  }
  EXPECT_THAT(
      lines,
      ElementsAre(
          "a: top/values.yaml set 1",
          "a: --set a=4,x.y\\.z=1 changed 4",
          "b: top/values.yaml set 2",
          "b: -f prod.yaml changed 3",
          "sub.global: top/charts/sub/values.yaml set {}",
          "sub.m: top/charts/sub/values.yaml set 2",
          "sub.m: -f prod.yaml removed null",
          "sub.m is gone",
          "sub.p: top/charts/sub/values.yaml set 1",
          "sub.p: top/values.yaml changed 5",
          "x.y\\.z: --set a=4,x.y\\.z=1 set 1"
      )
  );
}

}  // namespace
}  // namespace weir::helm
