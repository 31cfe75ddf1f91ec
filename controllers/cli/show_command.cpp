#include "controllers/cli/show_command.hpp"

#include <algorithm>

#include "controllers/cli/chart_arguments.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/release/metadata_document.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::cli {
namespace {

constexpr std::string_view kReadmes[] = {"readme.md", "readme.txt", "readme"};

std::string values_of(const helm::Chart& chart) {
  return chart.contents->values_text ? *chart.contents->values_text + "\n" : "";
}

/// The first readme in the order of the names above.
std::string readme_of(const helm::Chart& chart) {
  for (const auto name : kReadmes) {
    for (const auto& file : chart.files()) {
      if (text::lower(file.name) == name) return text::cat(file.view(), "\n");
    }
  }
  return "";
}

std::string crds_of(const helm::Chart& chart) {
  std::string out;
  for (const auto& crd : helm::crd_files(chart)) {
    const auto view = crd.file.view();
    text::append(out, view.starts_with("---") ? "" : "---\n", view, "\n");
  }
  return out;
}

std::string shown(const helm::Chart& chart, std::string_view what) {
  const bool is_all = what == "all";
  std::string out;
  if (is_all || what == "chart") out += yaml::write(helm::metadata_document(chart.metadata)) + "\n";
  const auto add = [&](std::string_view name, const std::string& part, bool has_dashes) {
    if (!is_all && what != name) return;
    if (is_all && has_dashes && !part.empty()) out += "---\n";
    out += part;
  };
  add("values", values_of(chart), true);
  add("readme", readme_of(chart), true);
  add("crds", crds_of(chart), false);
  return out;
}

int run(const Given& given, const Terminal& terminal) {
  constexpr std::string_view kParts[] = {"chart", "values", "readme", "crds", "all"};
  const auto& words = given.words;
  if (words.size() != 2 || std::ranges::find(kParts, words[0]) == std::end(kParts))
    return refuse_usage("show", "expected chart, values, readme, crds or all, and a chart", terminal);
  std::vector<std::string> log;
  ChartFetcher fetcher{access_of(given), terminal.err};
  const auto chart = load_chart(wanted_chart(given, words[1]), fetcher, log);
  if (!chart) {
    terminal.err << "Error: " << chart.error().message << "\n";
    return kRefused;
  }
  terminal.out << shown(**chart, words[0]) << std::flush;
  return 0;
}

}  // namespace

Command show_command() {
  return {
      "show",
      "print parts of a Helm chart",
      "show chart|values|readme|crds|all CHART [flags]\n\nPrints Chart.yaml, values.yaml, the readme or the CRDs of a "
      "chart, as `helm "
      "show` does.\n",
      fetch_flags(),
      {"chart", "values", "readme", "crds", "all"},
      run};
}

}  // namespace weir::cli
