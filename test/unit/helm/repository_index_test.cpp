// What is kept of an index.yaml, and what is refused in which words.

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/helm/repository/index.hpp"

namespace weir::helm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kIndex = R"(apiVersion: v1
entries:
  alpine:
  - apiVersion: v2
    name: alpine
    version: 0.1.0
    urls: [alpine-0.1.0.tgz]
  demo:
  - apiVersion: v2
    appVersion: 1.16.0
    created: "2026-11-30T19:27:51.007523059Z"
    description: 'A chart: with a colon'
    digest: 13a9a282d591661b9456cf54585837cdd6f716f80fed70375f5a3e29bc13cf29
    name: demo
    urls:
    - demo-1.2.3.tgz
    - https://mirror.example.com/demo-1.2.3.tgz
    version: 1.2.3
  - name: demo
    version: 1.10.0
    deprecated: true
    urls: [demo-1.10.0.tgz]
  - name: demo
    version: 2.0.0-rc.1
generated: "2026-11-30T19:27:51.006031735Z"
)";

std::vector<std::string> versions_of(const ChartIndex& index, std::string_view chart) {
  std::vector<std::string> out;
  if (const auto* versions = index.find(chart)) {
    for (const auto& version : *versions) out.push_back(version.version);
  }
  return out;
}

std::string problem_of(std::string_view text) {
  const auto index = read_index(text, {"demo"}, "https://charts.example.com");
  return index ? "" : index.error().text();
}

TEST(RepositoryIndex, KeepsOnlyTheChartsThatAreAskedFor) {
  const auto index = read_index(kIndex, {"demo", "absent"}, "https://charts.example.com").value();
  EXPECT_EQ(index.charts.size(), 1u);
  EXPECT_EQ(index.find("alpine"), nullptr);
  EXPECT_THAT(versions_of(index, "demo"), ElementsAre("2.0.0-rc.1", "1.10.0", "1.2.3"));
  EXPECT_THAT(index.warnings, IsEmpty());
  const auto& oldest = index.find("demo")->back();
  EXPECT_EQ(oldest.app_version, "1.16.0");
  EXPECT_EQ(oldest.created, "2026-11-30T19:27:51.007523059Z");
  EXPECT_EQ(oldest.digest, "13a9a282d591661b9456cf54585837cdd6f716f80fed70375f5a3e29bc13cf29");
  EXPECT_THAT(oldest.urls, ElementsAre("demo-1.2.3.tgz", "https://mirror.example.com/demo-1.2.3.tgz"));
  EXPECT_TRUE((*index.find("demo"))[1].is_deprecated);
}

TEST(RepositoryIndex, ReadsJson) {
  const auto index = read_index(
                         R"({"apiVersion":"v1","entries":{"x":[{"name":"x\ud83d\ude00"}],
"demo":[{"name":"demo","version":"1.0.0","zap":1,"urls":["a.tgz"]},null]}})",
                         {"demo"},
                         "here"
  )
                         .value();
  EXPECT_THAT(versions_of(index, "demo"), ElementsAre("1.0.0"));
  EXPECT_THAT(index.warnings, ElementsAre("skipping loading invalid entry for chart \"demo\" from here: empty entry"));
}

TEST(RepositoryIndex, TakesAFlowMappingForYamlWhenItIsNoJson) {
  const auto index =
      read_index("{apiVersion: v1, entries: {demo: [{name: demo, version: 1.0.0}]}}", {"demo"}, "here").value();
  EXPECT_THAT(versions_of(index, "demo"), ElementsAre("1.0.0"));
}

TEST(RepositoryIndex, PassesOverVersionsThatAreNone) {
  const auto index = read_index(
                         "apiVersion: v1\nentries:\n  demo:\n  - null\n  - {name: demo}\n  - {name: demo, version: x}\n"
                         "  - {name: demo, version: 1.0.0}\n",
                         {"demo"},
                         "https://h/r"
  )
                         .value();
  EXPECT_THAT(versions_of(index, "demo"), ElementsAre("1.0.0"));
  EXPECT_THAT(
      index.warnings,
      ElementsAre(
          "skipping loading invalid entry for chart \"demo\" from https://h/r: empty entry",
          "skipping loading invalid entry for chart \"demo\" \"\" from https://h/r: validation: "
          "chart.metadata.version is required",
          "skipping loading invalid entry for chart \"demo\" \"x\" from https://h/r: validation: "
          "chart.metadata.version \"x\" is invalid"
      )
  );
}

TEST(RepositoryIndex, KeepsEqualVersionsInTheirOrder) {
  const auto index = read_index(
                         "apiVersion: v1\nentries:\n  demo:\n  - {name: demo, version: 1.0.0+b}\n"
                         "  - {name: demo, version: 1.0.0+c}\n  - {name: demo, version: 1.0.0+a}\n",
                         {"demo"},
                         "here"
  )
                         .value();
  EXPECT_THAT(versions_of(index, "demo"), ElementsAre("1.0.0+b", "1.0.0+c", "1.0.0+a"));
}

TEST(RepositoryIndex, RefusesInHelmsWords) {
  EXPECT_EQ(problem_of(""), "empty index.yaml file");
  EXPECT_EQ(problem_of("entries: {demo: []}\n"), "no API version specified");
  EXPECT_EQ(problem_of("# nothing\n"), "no API version specified");
  EXPECT_EQ(problem_of("null\n"), "no API version specified");
  EXPECT_EQ(
      problem_of("a: b: c\n"), "error converting YAML to JSON: yaml: mapping values are not allowed in this context"
  );
  EXPECT_EQ(
      problem_of("<html><body>hi"),
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type repo.IndexFile"
  );
  EXPECT_EQ(
      problem_of("apiVersion: v1\nentries: []\n"),
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field "
      "IndexFile.entries of type map[string]repo.ChartVersions"
  );
  EXPECT_EQ(
      problem_of("apiVersion: v1\nentries: text\n"),
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field "
      "IndexFile.entries of type map[string]repo.ChartVersions"
  );
  EXPECT_EQ(
      problem_of("apiVersion: v1\nentries:\n  demo: []\n  demo: []\n"),
      "error converting YAML to JSON: yaml: unmarshal errors:\n  line 4: key \"demo\" already set in map"
  );
  EXPECT_EQ(
      problem_of("apiVersion: v1\nentries:\n  demo:\n  - name: demo\n    version: 1.0.0\n    name: x\n"),
      "error converting YAML to JSON: yaml: unmarshal errors:\n  line 6: key \"name\" already set in map"
  );
  EXPECT_THAT(
      problem_of("apiVersion: v1\nentries:\n  demo:\n  - name: [x]\n    version: 1.0.0\n"),
      HasSubstr("cannot unmarshal array into Go struct field Metadata.name of type string")
  );
  EXPECT_THAT(
      problem_of("apiVersion: v1\nentries:\n  demo:\n  - name: x\n    version: 1.0.0\n    urls: a.tgz\n"),
      HasSubstr("cannot unmarshal string into Go struct field ChartVersion.urls of type []string")
  );
}

TEST(RepositoryIndex, HoldsItsLimits) {
  IndexLimits limits;
  limits.bytes = kIndex.size() - 1;
  EXPECT_EQ(
      read_index(kIndex, {"demo"}, "here", limits).error().text(),
      text::cat("index exceeds the maximum index file size of ", kIndex.size() - 1, " bytes")
  );
  limits = {};
  limits.versions = 2;
  EXPECT_EQ(
      read_index(kIndex, {"demo"}, "here", limits).error().text(), "the charts asked for have more than 2 versions"
  );
  EXPECT_TRUE(read_index(kIndex, {"alpine"}, "here", limits).has_value());
  limits = {};
  limits.entry_bytes = 100;
  EXPECT_EQ(read_index(kIndex, {"demo"}, "here", limits).error().text(), "an entry has more than 100 bytes");
}

}  // namespace
}  // namespace weir::helm
