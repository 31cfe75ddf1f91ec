// Charts put together from what was fetched, and charts that lie in memory only.

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/archive_folder.hpp"
#include "pkg/helm/repository/assemble.hpp"
#include "test/unit/helm/chart_support.hpp"

namespace weir::helm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ChartPtr chart_named(std::string_view name, std::string_view version, std::string_view more = "") {
  const std::string yaml = text::cat("apiVersion: v2\nname: ", name, "\nversion: ", version, "\n", more);
  return chart_of({{"Chart.yaml", yaml}});
}

std::vector<std::string> names_of(const Chart& chart) {
  std::vector<std::string> out;
  for (const auto& dependency : chart.dependencies)
    out.push_back(text::cat(dependency->name(), "-", dependency->metadata.version));
  return out;
}

TEST(RepositoryAssemble, FetchedChartsReplaceThoseOfTheirNames) {
  const auto parent = chart_named("parent", "1.0.0", "dependencies: [{name: base, version: ^1}, {name: extra}]\n");
  EXPECT_TRUE(has_missing_dependencies(*parent));
  const auto old = with_dependencies(*parent, {chart_named("base", "1.0.0"), chart_named("local", "0.1.0")});
  EXPECT_TRUE(has_missing_dependencies(*old));
  const auto whole = with_dependencies(
      *old, {chart_named("extra", "3.0.0"), chart_named("base", "1.4.0"), chart_named("base", "1.4.0")}
  );
  EXPECT_THAT(names_of(*whole), ElementsAre("base-1.4.0", "extra-3.0.0", "local-0.1.0"));
  EXPECT_FALSE(has_missing_dependencies(*whole));
  EXPECT_THAT(names_of(*parent), IsEmpty());
}

TEST(RepositoryAssemble, TwoVersionsOfAChartMayStandBesideEachOther) {
  const auto parent = chart_named("parent", "1.0.0");
  const auto both = with_dependencies(*parent, {chart_named("base", "2.0.0"), chart_named("base", "1.0.0")});
  EXPECT_THAT(names_of(*both), ElementsAre("base-2.0.0", "base-1.0.0"));
}

TEST(RepositoryAssemble, VersionsAreHeldAgainstTheRangesOfDependencies) {
  Dependency dependency;
  dependency.name = "base";
  dependency.version = "^1.2";
  EXPECT_TRUE(satisfies(dependency, *chart_named("base", "1.4.0")).value());
  EXPECT_FALSE(satisfies(dependency, *chart_named("base", "2.0.0")).value());
  EXPECT_FALSE(satisfies(dependency, *chart_named("base", "1.3.0-rc.1")).value());
  dependency.version = ">";
  EXPECT_EQ(
      satisfies(dependency, *chart_named("base", "1.0.0")).error().message,
      "dependency \"base\" has an invalid version/constraint format: improper constraint: \">\""
  );
}

TEST(ArchiveFolder, IsAFolderLikeAnyOther) {
  const auto text = [](std::string_view content) { return std::make_shared<const std::string>(content); };
  const ArchiveFolder folder{
      "top", {{"a.txt", text("one")}, {"b/c/d.txt", text("two")}, {"b-c", text("")}, {"a.txt", text("three")}}};
  EXPECT_EQ(folder.look("top").type, Folder::Type::kFolder);
  EXPECT_EQ(folder.look("top/b").type, Folder::Type::kFolder);
  EXPECT_EQ(folder.look("top/a.txt").type, Folder::Type::kFile);
  EXPECT_EQ(folder.look("top/a.txt").bytes, 5u);
  EXPECT_EQ(folder.look("top/a").type, Folder::Type::kNone);
  EXPECT_THAT(folder.names("top").value(), ElementsAre("a.txt", "b", "b-c"));
  EXPECT_THAT(folder.names("top/b").value(), ElementsAre("c"));
  EXPECT_EQ(folder.names("top/x").error().message, "open top/x: no such file or directory");
  EXPECT_EQ(folder.read("top/a.txt").value(), "three");
  EXPECT_EQ(folder.read("top/b").error().message, "open top/b: no such file or directory");
}

TEST(ArchiveFolder, LoadsAsAChart) {
  const auto text = [](std::string_view content) { return std::make_shared<const std::string>(content); };
  const ArchiveFolder folder{
      "shop",
      {{"Chart.yaml", text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")},
       {"templates/a.yaml", text("a: 1\n")},
       {"charts/sub/Chart.yaml", text("apiVersion: v2\nname: sub\nversion: 1.0.0\n")}}};
  const auto chart = load_folder(folder, "shop").value();
  EXPECT_EQ(chart->templates().size(), 1u);
  EXPECT_THAT(names_of(*chart), ElementsAre("sub-1.0.0"));
}

}  // namespace
}  // namespace weir::helm
