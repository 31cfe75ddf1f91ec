#include "controllers/cli/chart_dependencies.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/charts/oci_repository.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/helm/chart/folder.hpp"
#include "pkg/helm/chart/load.hpp"
#include "pkg/helm/repository/assemble.hpp"
#include "pkg/template/quote.hpp"

namespace weir::cli {
namespace {

using helm::ChartPtr;
using helm::Dependency;
using templates::quote;

constexpr std::string_view kFile = "file://";

InputError no_version(const Dependency& dependency) {
  return InputError{
      "",
      text::cat(
          "can't get a valid version for 1 subchart(s): ",
          quote(dependency.name),
          " (repository ",
          quote(dependency.repository),
          ", version ",
          quote(dependency.version),
          "). Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml"
      )};
}

Result<ChartPtr> checked(Result<ChartPtr> chart, const Dependency& dependency) {
  if (!chart) return InputError{"", text::cat("dependency ", quote(dependency.name), ": ", chart.error().message)};
  const auto fits = helm::satisfies(dependency, **chart);
  if (!fits) return fits.error();
  if (!*fits) return no_version(dependency);
  return chart;
}

/// One that charts/ has already.
Result<ChartPtr> local_chart(const helm::Chart& chart, const std::string& path, const Dependency& dependency) {
  const auto found = std::ranges::find_if(chart.dependencies, [&dependency](const ChartPtr& known) {
    return known->name() == dependency.name;
  });
  if (found == chart.dependencies.end())
    return InputError{"", text::cat("directory ", path, "/charts/", dependency.name, " not found")};
  return *found;
}

Result<ChartPtr> folder_chart(const std::string& path, const Dependency& dependency) {
  const std::filesystem::path named = dependency.repository.substr(kFile.size());
  const std::string folder = (std::filesystem::path{path} / named).lexically_normal().string();
  const helm::DiskFolder disk;
  if (disk.look(folder).type == helm::Folder::Type::kNone)
    return InputError{"", text::cat("directory ", folder, " not found")};
  return helm::load_folder(disk, folder);
}

/// The name behind "@ours" and "alias:ours"; empty for an address.
std::string added_repository(std::string_view repository) {
  for (const std::string_view mark : {"@", "alias:"}) {
    if (repository.starts_with(mark)) return std::string{repository.substr(mark.size())};
  }
  return "";
}

Result<ChartPtr> fetched_chart(const Dependency& dependency, ChartFetcher& fetcher, ChartFetcher& anonymous) {
  if (const auto name = added_repository(dependency.repository); !name.empty()) {
    const ChartWanted added{text::cat(name, "/", dependency.name), "", dependency.version};
    const auto archive = anonymous.fetch(added);
    if (!archive) return InputError{"", archive.error().message};
    return helm::load_archive(archive->archive, added.chart);
  }
  const auto scheme = dependency.repository.substr(0, dependency.repository.find("://"));
  if (scheme != "http" && scheme != "https" && scheme != "oci")
    return InputError{
        "",
        text::cat(
            "no repository definition for ",
            dependency.repository,
            "\n\nexpected an http, https, oci or file URL, or @NAME of a repository that was added"
        )};
  ChartWanted wanted{dependency.name, dependency.repository, dependency.version};
  const bool is_oci = charts::is_oci(dependency.repository);
  if (is_oci) {
    while (wanted.repository.ends_with('/')) wanted.repository.pop_back();
    wanted.chart = text::cat(wanted.repository, "/", dependency.name);
    wanted.repository.clear();
  }
  const auto archive = (is_oci ? fetcher : anonymous).fetch(wanted);
  if (!archive) return InputError{"", archive.error().message};
  return helm::load_archive(archive->archive, text::cat(dependency.repository, "/", dependency.name));
}

}  // namespace

Result<ChartPtr> update_dependencies(const ChartPtr& chart, const std::string& path, ChartFetcher& fetcher) {
  ChartFetcher anonymous{fetcher.anonymous_access(), fetcher.log()};
  std::vector<ChartPtr> found;
  std::map<std::string, ChartPtr> known;  // a chart may stand under several aliases
  for (const auto& dependency : chart->metadata.dependencies) {
    const std::string key = text::cat(dependency.repository, "\n", dependency.name, "\n", dependency.version);
    if (known.contains(key)) continue;
    Result<ChartPtr> one = dependency.repository.empty()              ? local_chart(*chart, path, dependency)
                           : dependency.repository.starts_with(kFile) ? folder_chart(path, dependency)
                                                                      : fetched_chart(dependency, fetcher, anonymous);
    one = checked(std::move(one), dependency);
    if (!one) return one.error();
    known.emplace(key, *one);
    found.push_back(*std::move(one));
  }
  return helm::with_dependencies(*chart, std::move(found));
}

}  // namespace weir::cli
