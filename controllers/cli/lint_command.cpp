#include "controllers/cli/lint_command.hpp"

#include <algorithm>

#include "controllers/cli/chart_arguments.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/chart/archive_folder.hpp"
#include "pkg/helm/chart/disk_folder.hpp"
#include "pkg/helm/chart/load.hpp"
#include "pkg/helm/functions/functions.hpp"
#include "pkg/helm/functions/system_outside.hpp"
#include "pkg/helm/lint/lint.hpp"
#include "pkg/helm/release/capabilities.hpp"

namespace weir::cli {
namespace {

struct Settings {
  helm::Severity fails_at = helm::Severity::kError;
  bool is_quiet = false;
};

/// What is said about one chart, from this machine or from elsewhere.
Result<std::vector<helm::Finding>> findings_of(
    const helm::LintInput& input, const ChartWanted& wanted, ChartFetcher& fetcher
) {
  if (wanted.is_local()) return helm::lint_chart(input);
  const auto located = locate_chart(wanted, fetcher);
  if (!located) return located.error();
  const auto files = helm::unpack_archive(located->archive.value_or(""));
  if (!files) return files.error();
  const helm::ArchiveFolder folder{input.path, *files};
  helm::LintInput fetched{folder};
  fetched.path = input.path;
  fetched.user_values = input.user_values;
  fetched.ns = input.ns;
  fetched.capabilities = input.capabilities;
  fetched.functions = input.functions;
  fetched.skips_schemas = input.skips_schemas;
  return helm::lint_chart(fetched);
}

/// Prints what was found in one chart. @returns whether it failed
bool lint_one(
    const helm::LintInput& input,
    const ChartWanted& wanted,
    ChartFetcher& fetcher,
    const Settings& settings,
    std::ostream& out
) {
  const auto findings = findings_of(input, wanted, fetcher);
  if (!findings) {
    out << "==> Linting " << input.path << "\nError " << findings.error().message << "\n\n";
    return true;
  }
  const auto counts = [&](const helm::Finding& finding) { return finding.severity >= settings.fails_at; };
  const bool has_failed = std::ranges::any_of(*findings, counts);
  const auto is_shown = [&](const helm::Finding& finding) {
    return !settings.is_quiet || finding.severity >= helm::Severity::kWarning;
  };
  if (settings.is_quiet && std::ranges::none_of(*findings, is_shown)) return has_failed;
  out << "==> Linting " << input.path << "\n";
  for (const auto& finding : *findings) {
    if (is_shown(finding)) out << finding.text() << "\n";
  }
  out << "\n";
  return has_failed;
}

int run(const Given& given, const Terminal& terminal) {
  auto paths = given.words;
  if (paths.empty()) paths.emplace_back(".");
  const auto refuse = [&](const InputError& error) {
    terminal.err << "Error: " << error.text() << "\n";
    return kRefused;
  };
  ChartFetcher fetcher{access_of(given), terminal.err};
  const auto user = user_values(given, fetcher);
  if (!user) return refuse(user.error());
  auto values = helm::merge_user_values(*user, set_file_reader(fetcher));
  if (!values) return refuse(values.error());
  const helm::DiskFolder disk;
  helm::LintInput input{disk};
  input.user_values = *std::move(values);
  input.ns = given.value("namespace", "default");
  input.capabilities = helm::default_capabilities();
  if (given.has("kube-version")) {
    const auto set = helm::set_kube_version(input.capabilities, given.value("kube-version"));
    if (!set) return refuse(set.error());
  }
  input.functions = std::make_shared<const templates::Functions>(helm::chart_functions(helm::system_outside()));
  input.skips_schemas = given.has("skip-schema-validation");
  Settings settings;
  if (given.has("strict")) settings.fails_at = helm::Severity::kWarning;
  settings.is_quiet = given.has("quiet");

  std::size_t failed = 0;
  for (const auto& path : paths) {
    input.path = path;
    if (lint_one(input, wanted_chart(given, path), fetcher, settings, terminal.out)) ++failed;
  }
  const std::string summary = text::cat(paths.size(), " chart(s) linted, ", failed, " chart(s) failed");
  terminal.out << std::flush;
  if (failed > 0) {
    terminal.err << "Error: " << summary << "\n";
    return kRefused;
  }
  if (!settings.is_quiet) terminal.out << summary << "\n" << std::flush;
  return 0;
}

}  // namespace

Command lint_command() {
  std::vector<Flag> flags = values_flags();
  for (const Flag& flag : std::vector<Flag>{
           {"namespace", 'n', "NAMESPACE", "what templates see as the release's namespace"},
           {"kube-version", '\0', "VERSION", "what templates see as the version of Kubernetes"},
           {"strict", '\0', "", "warnings fail a chart too"},
           {"quiet", '\0', "", "print only warnings and errors"},
           {"skip-schema-validation", '\0', "", "do not hold values against values.schema.json"},
       })
    flags.push_back(flag);
  for (const auto& flag : fetch_flags()) flags.push_back(flag);
  return {
      "lint",
      "tell what is wrong with Helm charts",
      "lint [CHART...] [flags]\n\nTells what is wrong with charts in folders, repositories and registries, as `helm "
      "lint` does, and which of their "
      "values "
      "templates will see otherwise\nthan they look: large numbers, nulls, unquoted words.\n",
      std::move(flags),
      {},
      run};
}

}  // namespace weir::cli
