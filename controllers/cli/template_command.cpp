#include "controllers/cli/template_command.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <stdexcept>

#include <malloc.h>

#include "controllers/cli/chart_arguments.hpp"
#include "controllers/cli/chart_cluster.hpp"
#include "controllers/cli/chart_dependencies.hpp"
#include "controllers/cli/schema_loader.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/functions/functions.hpp"
#include "pkg/helm/functions/system_outside.hpp"
#include "pkg/helm/release/capabilities.hpp"
#include "pkg/helm/release/print.hpp"
#include "pkg/helm/release/release.hpp"
#include "pkg/helm/repository/assemble.hpp"
#include "pkg/template/functions.hpp"

namespace weir::cli {
namespace {

constexpr std::string_view kHint = "\n\nUse --debug flag to render out invalid YAML";

const std::vector<RefusedFlag>& refused_flags() {
  static const std::vector<RefusedFlag> kRefused{
      {{"insecure-skip-tls-verify", '\0', "", ""}, "servers must prove who they are; give --ca-file"},
      {{"post-renderer", '\0', "NAME", ""}, "no other program is run"},
      {{"post-renderer-args", '\0', "ARGUMENT", ""}, "no other program is run"},
  };
  return kRefused;
}

std::vector<Flag> flags() {
  std::vector<Flag> out{
      {"namespace", 'n', "NAMESPACE", "the release's namespace (default: default)"},
      {"include-crds", '\0', "", "print the files of crds/ first"},
      {"skip-tests", '\0', "", "print no hooks that are tests"},
      {"no-hooks", '\0', "", "print no hooks"},
      {"show-only", 's', "FILE", "print only what comes from these templates; patterns as templates/*.yaml"},
      {"kube-version", '\0', "VERSION", "what templates see as the version of Kubernetes"},
      {"api-versions", 'a', "LIST", "further API versions that templates see"},
      {"is-upgrade", '\0', "", "set .Release.IsUpgrade instead of .Release.IsInstall"},
      {"skip-schema-validation", '\0', "", "do not hold values against values.schema.json"},
      {"output-dir", '\0', "DIR", "write files into a folder instead of printing"},
      {"release-name", '\0', "", "with --output-dir: into a folder with the release's name"},
      {"generate-name", 'g', "", "make up the release's name"},
      {"name-template", '\0', "TEMPLATE", "a template that gives the release's name"},
      {"dry-run",
       '\0',
       "client|server",
       "server: what templates see is the cluster's, its version, its API versions and its objects",
       FlagValue::kOptional},
      {"validate", '\0', "", "the same as --dry-run=server", FlagValue::kByName, true},
      {"kubeconfig", '\0', "FILE", "how to reach the cluster (default: $KUBECONFIG, the pod's own, ~/.kube/config)"},
      {"kube-context", '\0', "NAME", "the context of the kubeconfig (default: its current one)"},
      {"dependency-update",
       '\0',
       "",
       "fetch the dependencies of Chart.yaml when charts/ lacks one; nothing is written to charts/"},
      {"enable-dns", '\0', "", "let templates look up hosts: getHostByName"},
      {"debug", '\0', "", "print what templates gave even when it is no YAML"},
  };
  const auto fetching = fetch_flags();
  out.insert(out.end(), fetching.begin(), fetching.end());
  const auto values = values_flags();
  out.insert(out.begin(), values.begin(), values.end());
  // Flags that change nothing of what is printed.
  for (const std::string_view name :
       {"skip-crds",
        "render-subchart-notes",
        "disable-openapi-validation",
        "create-namespace",
        "replace",
        "hide-notes"})
    out.push_back({name, '\0', "", "no effect", FlagValue::kByName, true});
  for (const std::string_view name : {"timeout", "description", "labels"})
    out.push_back({name, '\0', "VALUE", "no effect", FlagValue::kByName, true});
  for (const auto& refused : refused_flags()) {
    auto flag = refused.flag;
    flag.is_hidden = true;
    out.push_back(flag);
  }
  return out;
}

/// What went wrong before the release was begun.
struct Refusal {
  std::string words;
};

template <class T>
T expect(Result<T> result) {
  if (!result) throw Refusal{result.error().text()};
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// The release's name and the chart's path out of the words.
std::pair<std::string, std::string> name_and_chart(
    const Given& given, const std::shared_ptr<const templates::Functions>& known
) {
  const auto& words = given.words;
  const std::string name_template = given.value("name-template");
  if (words.size() == 2) {
    if (given.has("generate-name")) throw Refusal{"cannot set --generate-name and also specify a name"};
    if (!name_template.empty()) throw Refusal{"cannot set --name-template and also specify a name"};
    return {words[0], words[1]};
  }
  if (!name_template.empty()) return {expect(name_of_template(name_template, known)), words[0]};
  // --generate-name makes up nothing here: helm template has a name already.
  return {"release-name", words[0]};
}

helm::PrintOptions print_options(const Given& given) {
  return {given.has("include-crds"), !given.has("no-hooks"), !given.has("skip-tests")};
}

void print_selected(const std::string& all, const std::vector<std::string>& patterns, std::ostream& out) {
  std::string selected;
  for (const auto& pattern : patterns) {
    const auto documents = helm::documents_from(all, pattern);
    if (documents.empty()) throw Refusal{text::cat("could not find template ", pattern, " in chart")};
    for (const auto& document : documents) text::append(selected, "---\n", document, "\n");
  }
  out << selected << std::flush;
}

/// Writes documents into the files of their templates below a folder, as Helm does: a file's first document replaces
/// it.
class FolderWriter {
 public:
  FolderWriter(std::filesystem::path folder, std::ostream& out) : folder_{std::move(folder)}, out_{out} {}

  void write(const std::string& path, std::string_view text) {
    const auto target = folder_ / path;
    std::error_code failure;
    std::filesystem::create_directories(target.parent_path(), failure);
    const bool is_first = written_.insert(path).second;
    std::ofstream file{target, std::ios::binary | (is_first ? std::ios::trunc : std::ios::app)};
    std::string document;
    helm::append_document(document, path, text);
    file << document;
    if (!file.flush()) throw Refusal{text::cat("cannot write ", target.string())};
    out_ << "wrote " << target.string() << "\n";
  }

 private:
  std::filesystem::path folder_;
  std::ostream& out_;
  std::set<std::string> written_;
};

void write_folder(
    const helm::RenderedRelease& release, const Given& given, const std::string& name, std::ostream& out
) {
  const std::filesystem::path folder{given.value("output-dir")};
  const auto own = given.has("release-name") ? folder / name : folder;
  FolderWriter crds{folder, out}, objects{own, out};
  if (given.has("include-crds")) {
    for (const auto& crd : release.crds) crds.write(crd.path, crd.file.view());
  }
  for (const auto& manifest : release.manifests) objects.write(manifest.path, manifest.text);
  for (const auto& hook : release.hooks) {
    if (helm::is_printed(hook, print_options(given))) objects.write(hook.path, hook.text);
  }
  out << "\n" << std::flush;  // where the manifest would stand
}

void warn(const std::vector<std::string>& lines, std::ostream& err) {
  for (const auto& line : lines) err << "level=WARN msg=" << text::quoted(line) << "\n";
}

int report(const helm::ReleaseFailure& failure, const Given& given, const Terminal& terminal) {
  warn(failure.warnings, terminal.err);
  const bool shows_all = given.has("debug");
  if (shows_all && failure.is_of_rendering) terminal.out << text::trim(failure.rendered) << "\n" << std::flush;
  terminal.err << "Error: " << failure.words;
  if (failure.is_of_rendering && !shows_all) terminal.err << kHint;
  terminal.err << "\n";
  if (!failure.explanation.empty()) terminal.err << "\n" << failure.explanation << "\n";
  return kRefused;
}

/// Freeing a large chart text by text takes a fifth of the command's time: it is left to the end of the process.
helm::ReleaseInput& lasting_input() {
  static auto* const kInputs = new std::vector<std::unique_ptr<helm::ReleaseInput>>;
  return *kInputs->emplace_back(std::make_unique<helm::ReleaseInput>());
}

bool asks_cluster(const Given& given) { return given.has("validate") || given.value("dry-run") == "server"; }

/// What was freed is used again instead of being given back and asked for: the process ends soon.
void keep_freed_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 512 << 20);
  ::mallopt(M_TOP_PAD, 256 << 10);
}

int render(const Given& given, const Terminal& terminal) {
  keep_freed_memory();
  const auto hosts = given.has("enable-dns") ? helm::HostLookups::kServed : helm::HostLookups::kNone;
  helm::ReleaseInput& input = lasting_input();
  input.functions = std::make_shared<const templates::Functions>(helm::chart_functions(helm::system_outside(hosts)));
  const auto [name, path] = name_and_chart(given, input.functions);
  std::vector<std::string> log;
  ChartFetcher fetcher{access_of(given), terminal.err};
  // In the order in which Helm misses them.
  const auto located = expect(locate_chart(wanted_chart(given, path), fetcher));
  const auto user = expect(user_values(given, fetcher));
  input.user_values = expect(helm::merge_user_values(user, set_file_reader(fetcher)));
  input.chart = expect(load_chart(located, log));
  if (given.has("dependency-update") && helm::has_missing_dependencies(*input.chart)) {
    if (located.archive || !std::filesystem::is_directory(located.name))
      throw Refusal{"only unpacked charts can be updated"};
    input.chart = expect(update_dependencies(input.chart, located.name, fetcher));
  }
  SchemaLoader schemas{fetcher};
  input.schema_loader = &schemas;
  warn(log, terminal.err);
  input.release.name = name;
  input.release.ns = given.value("namespace", "default");
  input.release.is_upgrade = given.has("is-upgrade");
  std::optional<ChartCluster> cluster;
  if (asks_cluster(given)) {
    try {
      cluster.emplace(kube::ClusterChoice{given.value("kubeconfig"), given.value("kube-context")});
    } catch (const std::runtime_error& error) {
      throw Refusal{text::cat("cluster reachability check failed: kubernetes cluster unreachable: ", error.what())};
    }
    input.lookup = &*cluster;
    if (!given.has("namespace") && !cluster->namespace_().empty()) input.release.ns = cluster->namespace_();
    std::vector<std::string> warnings;
    input.capabilities = expect(cluster->capabilities(warnings));
    if (!helm::crd_files(*input.chart).empty() && !given.has("skip-crds"))
      warnings.emplace_back(
          "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies."
      );
    warn(warnings, terminal.err);
  } else {
    input.capabilities = helm::default_capabilities();
    if (given.has("kube-version")) expect(helm::set_kube_version(input.capabilities, given.value("kube-version")));
    for (auto& version : all_words(given, "api-versions"))
      input.capabilities.api_versions.push_back(std::move(version));
  }
  input.skips_schemas = given.has("skip-schema-validation");

  const auto release = helm::render_release(input);
  if (!release) return report(release.error(), given, terminal);
  warn(release->warnings, terminal.err);
  if (cluster) expect(cluster->check(release->manifests, input.release, !input.release.is_upgrade));
  if (!given.value("output-dir").empty()) {
    write_folder(*release, given, name, terminal.out);
    return 0;
  }
  const auto patterns = all_values(given, "show-only");
  if (patterns.empty()) {
    helm::print(*release, print_options(given), terminal.out);
    terminal.out.flush();
  } else {
    print_selected(helm::print(*release, print_options(given)), patterns, terminal.out);
  }
  return 0;
}

int run(const Given& given, const Terminal& terminal) {
  if (given.words.empty() || given.words.size() > 2)
    return refuse_usage("template", "expected a name and a chart, or a chart", terminal);
  if (const auto refused = check_refused(given, refused_flags()); !refused)
    return refuse_usage("template", refused.error().text(), terminal);
  if (given.has("validate") && given.has("dry-run"))
    return refuse_usage(
        "template",
        "if any flags in the group [validate dry-run] are set none of the others can be; [dry-run validate] were all "
        "set",
        terminal
    );
  const std::string dry_run = given.value("dry-run", "client");
  if (dry_run != "server" && dry_run != "client" && dry_run != "true") {
    terminal.err << "Error: invalid dry-run value (" << text::quoted(dry_run)
                 << "). Must be \"server\" or \"client\"\n";
    return kRefused;
  }
  try {
    return render(given, terminal);
  } catch (const Refusal& refusal) {
    terminal.err << "Error: " << refusal.words << "\n";
    return kRefused;
  }
}

}  // namespace

Command template_command() {
  return {
      "template",
      "print what a Helm chart gives",
      "template [NAME] CHART [flags]\n\nPrints the objects of a chart as `helm template` of Helm 4.2 prints "
      "them. CHART is a folder, an\narchive, an http or https address of one, oci://HOST/PATH/NAME[:VERSION], or a "
      "name "
      "in the repository of --repo.\n",
      flags(),
      {},
      run};
}

}  // namespace weir::cli
