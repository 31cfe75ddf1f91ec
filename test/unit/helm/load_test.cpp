// A chart's files become a chart: what each file means, and what is refused in which words.

#include "pkg/helm/chart/load.hpp"

#include <gmock/gmock.h>

#include "test/unit/helm/chart_support.hpp"

namespace weir::helm {
namespace {

using testing::ElementsAre;
using testing::Field;

constexpr std::string_view kDemo = "apiVersion: v2\nname: demo\nversion: 1.2.3\n";

std::string problem(std::initializer_list<std::pair<std::string, std::string_view>> all) {
  const auto chart = load_files(files(all));
  return chart ? "" : chart.error().message;
}
std::string problem_of(std::string_view chart_yaml) { return problem({{"Chart.yaml", chart_yaml}}); }

TEST(Load, GivesEachFileItsPlace) {
  const auto chart = chart_of(
      {{"Chart.yaml", kDemo},
       {"README.md", "read"},
       {"crds/a.yaml", "kind: X"},
       {"templates/a.yaml", "a"},
       {"templates/sub/b.txt", "b"},
       {"values.schema.json", "{}"},
       {"values.yaml", "a: 1\nb: {c: x}\n"}}
  );
  EXPECT_EQ(chart->name(), "demo");
  EXPECT_THAT(
      chart->templates(), ElementsAre(Field(&File::name, "templates/a.yaml"), Field(&File::name, "templates/sub/b.txt"))
  );
  EXPECT_THAT(chart->files(), ElementsAre(Field(&File::name, "README.md"), Field(&File::name, "crds/a.yaml")));
  EXPECT_EQ(*chart->contents->schema, "{}");
  EXPECT_EQ(text_of(*chart->values), R"({"a":1,"b":{"c":"x"}})");
  EXPECT_EQ(chart->contents->raw.size(), 7u);
  ASSERT_EQ(crd_files(*chart).size(), 1u);
  EXPECT_EQ(crd_files(*chart)[0].path, "demo/crds/a.yaml");
}

TEST(Load, ReadsFieldsOfAnyCaseAndMakesTextsOfNumbers) {
  const auto chart = chart_of(
      {{"Chart.yaml",
        "APIVERSION: v2\nName: demo\nversion: 1.10\nappVersion: 2\nkeywords: [a, 5]\nannotations: {x: 1.50, z: true}\n"
        "Maintainers: [{NAME: me}]\nunknown: {a: b}\ndeprecated: true\n"}}
  );
  const auto& metadata = chart->metadata;
  EXPECT_EQ(metadata.version, "1.1");
  EXPECT_EQ(metadata.app_version, "2");
  EXPECT_THAT(metadata.keywords, ElementsAre("a", "5"));
  EXPECT_THAT(metadata.annotations, ElementsAre(testing::Pair("x", "1.5"), testing::Pair("z", "true")));
  EXPECT_EQ(metadata.maintainers.at(0).name, "me");
  EXPECT_TRUE(metadata.is_deprecated);
}

TEST(Load, CleansTexts) {
  const auto chart = chart_of({{"Chart.yaml", "name: demo\nversion: 1.0.0\ndescription: \"a\\nb\\u0001c\\u00a0d\"\n"}});
  EXPECT_EQ(chart->metadata.description, "a bc d");
  EXPECT_EQ(chart->metadata.api_version, "v1");
}

TEST(Load, RefusesMetadataInHelmsWords) {
  EXPECT_EQ(problem_of("version: 1.0.0"), "validation: chart.metadata.name is required");
  EXPECT_EQ(problem_of("name: a"), "validation: chart.metadata.version is required");
  EXPECT_EQ(problem_of("name: a\nversion: one"), "validation: chart.metadata.version \"one\" is invalid");
  EXPECT_EQ(problem_of("name: a/../b\nversion: 1.0.0"), "validation: chart.metadata.name \"a/../b\" is invalid");
  EXPECT_EQ(problem_of("name: ..\nversion: 1.0.0"), "validation: chart.metadata.name \"..\" is not allowed");
  EXPECT_EQ(
      problem_of("name: a\nversion: 1.0.0\ntype: x"), "validation: chart.metadata.type must be application or library"
  );
  EXPECT_EQ(
      problem_of("name: a\nversion: 1.0.0\nmaintainers: [~]"),
      "validation: maintainers must not contain empty or null nodes"
  );
  EXPECT_EQ(
      problem_of("name: a\nversion: 1.0.0\ndependencies: [{name: b}, {name: c, alias: b}]"),
      "validation: more than one dependency with name or alias \"b\""
  );
  EXPECT_EQ(
      problem_of("name: a\nversion: 1.0.0\ndependencies: [{name: b, alias: x/y}]"),
      "validation: dependency \"b\" has disallowed characters in the alias"
  );
  EXPECT_EQ(
      problem_of("name: [a]\nversion: 1.0.0"),
      "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go "
      "struct "
      "field Metadata.name of type string"
  );
  EXPECT_EQ(problem({}), "Chart.yaml file is missing");
}

TEST(Load, TakesSubchartsOfFolders) {
  const auto chart = chart_of(
      {{"Chart.yaml", kDemo},
       {"charts/_off/Chart.yaml", "no: chart"},
       {"charts/one/Chart.yaml", "name: uno\nversion: 1.0.0"},
       {"charts/one/charts/two/Chart.yaml", "name: two\nversion: 1.0.0"},
       {"charts/one/crds/c.yaml", "x"},
       {"charts/one.tgz.prov", "signed"}}
  );
  ASSERT_EQ(chart->dependencies.size(), 1u);
  EXPECT_EQ(chart->dependencies[0]->name(), "uno");
  EXPECT_EQ(chart->dependencies[0]->dependencies.at(0)->name(), "two");
  EXPECT_EQ(crd_files(*chart).at(0).path, "demo/charts/uno/crds/c.yaml");
  EXPECT_THAT(chart->files(), ElementsAre(Field(&File::name, "charts/one.tgz.prov")));
}

TEST(Load, NamesTheSubchartThatIsWrong) {
  EXPECT_EQ(
      problem({{"Chart.yaml", kDemo}, {"charts/README.md", "x"}}),
      "error unpacking subchart README.md in demo: Chart.yaml file is missing"
  );
}

TEST(Load, ReadsRequirementsOfTheFirstVersion) {
  LoadLog log;
  const auto load = [&log](std::string_view head) {
    return load_files(
        files(
            {{"Chart.yaml", head},
             {"requirements.yaml", "dependencies: [{name: a, version: '1'}]"},
             {"requirements.lock", "digest: sha256:1\ngenerated: \"2020-01-01T00:00:00Z\""}}
        ),
        {},
        &log
    );
  };
  const auto first = load("name: demo\nversion: 1.0.0\napiVersion: v1");
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->metadata.dependencies.at(0).name, "a");
  EXPECT_EQ((*first)->files().size(), 2u);
  EXPECT_EQ((*first)->lock->digest, "sha256:1");
  EXPECT_THAT(log, ElementsAre());
  const auto second = load(kDemo);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->files().size(), 0u);
  EXPECT_EQ(log.size(), 2u);
}

TEST(Load, HoldsItsLimits) {
  LoadLimits limits;
  limits.files = 1;
  const auto many = load_files(files({{"Chart.yaml", kDemo}, {"a", "b"}}), limits);
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().message, "the chart has more than 1 files");
  std::string deep = "charts/a/";
  for (int i = 0; i < 60; ++i) deep += "charts/a/";
  std::vector<File> all;
  for (std::size_t end = 0; end <= deep.size(); end += 9)
    all.push_back(file(deep.substr(0, end) + "Chart.yaml", "name: a\nversion: 1.0.0"));
  const auto nested = load_files(std::move(all));
  ASSERT_FALSE(nested);
  EXPECT_THAT(nested.error().message, testing::HasSubstr("charts are nested deeper than 40 levels"));
}

TEST(Folder, IsWalkedInOrderAndFollowsLinks) {
  MemoryFolder folder;
  folder.texts = {
      {"c/Chart.yaml", std::string{kDemo}},
      {"c/.helmignore", "*.bak\n/tests/\n"},
      {"c/templates/z.yaml", "\xEF\xBB\xBFz"},
      {"c/templates/.hidden", "h"},
      {"c/old.bak", "o"},
      {"c/tests/t", "t"},
      {"shared/x", "x"}};
  folder.links = {{"c/linked", "shared"}};
  LoadLog log;
  const auto chart = load_path(folder, "c", {}, &log);
  ASSERT_TRUE(chart) << chart.error().message;
  EXPECT_THAT((*chart)->files(), ElementsAre(Field(&File::name, ".helmignore"), Field(&File::name, "linked/x")));
  ASSERT_EQ((*chart)->templates().size(), 1u);
  EXPECT_EQ((*chart)->templates()[0].view(), "z");
  EXPECT_THAT(log, ElementsAre(testing::StartsWith("found symbolic link in path.")));
}

TEST(Folder, SaysWhatIsWrongInHelmsWords) {
  MemoryFolder folder;
  const auto problem_at = [&folder](const std::string& path) {
    const auto chart = load_path(folder, path);
    return chart ? "" : chart.error().message;
  };
  EXPECT_EQ(problem_at("./absent"), "path \"./absent\" not found");
  folder.texts = {{"c/a", "x"}};
  EXPECT_EQ(problem_at("c"), "unable to detect chart at c/Chart.yaml: open c/Chart.yaml: no such file or directory");
  folder.texts = {{"c/Chart.yaml", std::string{kDemo}}};
  folder.links = {{"c/nothing", "c/nowhere"}};
  EXPECT_EQ(problem_at("c"), "error evaluating symlink c/nothing: lstat c/nowhere: no such file or directory");
  folder.links.clear();
  folder.others = {{"c/device", {Folder::Type::kOther, 0}}};
  EXPECT_EQ(problem_at("c"), "cannot load irregular file c/device as it has file mode type bits set");
  folder.others.clear();
  folder.texts["c/big"] = std::string((5u << 20) + 1, 'x');
  EXPECT_EQ(problem_at("c"), "chart file \"big\" is larger than the maximum file size 5242880");
}

}  // namespace
}  // namespace weir::helm
