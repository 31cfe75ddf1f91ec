#include "controllers/cli/build_command.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controllers/cli/chart_renderer.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/secure_file_system.hpp"

namespace weir::cli {
namespace {

constexpr int kRefused = 1;
constexpr int kUsageError = 2;

constexpr std::string_view kUsage =
    "usage: weir build DIR [flags]\n"
    "\n"
    "Prints the resources of the kustomization in DIR, as kustomize 5.8 builds them.\n"
    "\n"
    "  --reorder none|legacy        keep the order of resources, or sort by kind (default: as sortOptions says, else "
    "legacy)\n"
    "  --load-restrictor LoadRestrictionsRootOnly|LoadRestrictionsNone\n"
    "                               files may lie below their kustomization only (default), or anywhere\n"
    "  --enable-managedby-label     add the label app.kubernetes.io/managed-by\n"
    "  --enable-helm                render the charts of helmCharts, from folders below chartHome or from their "
    "repositories;\n"
    "                               no helm is run and nothing is written: --helm-command and --helm-debug have no "
    "effect\n"
    "  --helm-kube-version VERSION  what charts see as the version of Kubernetes, unless kubeVersion says it\n"
    "  --helm-api-versions LIST     further API versions that charts see, unless apiVersions says them\n"
    "  -o, --output FILE|DIR        write to a file, or to one file for each resource in an existing directory\n";

struct Options {
  std::optional<std::string> directory;
  std::optional<std::string> output;
  bool wants_help = false;
  bool enables_helm = false;
  ChartRenderer::Defaults charts;
  kustomize::BuildOptions build;
};

Result<bool> read_switch(std::string_view flag, const std::optional<std::string_view>& value) {
  if (value && *value != "true" && *value != "false") return InputError{std::string{flag}, "expected true or false"};
  return !value || *value == "true";
}

/// Takes the flag's value from "--flag=value" or the next argument.
class Arguments {
 public:
  explicit Arguments(std::span<const std::string_view> rest) : rest_{rest} {}
  bool is_done() const { return rest_.empty(); }
  std::string_view take() {
    const auto first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }

 private:
  std::span<const std::string_view> rest_;
};

Result<Options> parse(std::span<const std::string_view> given) {
  Options options;
  Arguments arguments{given};
  while (!arguments.is_done()) {
    const auto argument = arguments.take();
    if (!argument.starts_with('-') || argument == "-") {
      if (options.directory)
        return InputError{"", text::cat("expected one directory, got ", text::quoted(argument), " as well")};
      options.directory = argument;
      continue;
    }
    const auto equals = argument.find('=');
    const auto flag = argument.substr(0, equals);
    std::optional<std::string_view> value;
    if (equals != argument.npos) value = argument.substr(equals + 1);
    const auto need_value = [&]() -> Result<std::string_view> {
      if (value) return *value;
      if (arguments.is_done()) return InputError{std::string{flag}, "expected a value"};
      return arguments.take();
    };
    if (flag == "--help" || flag == "-h") {
      options.wants_help = true;
    } else if (flag == "--enable-managedby-label") {
      const auto is_on = read_switch(flag, value);
      if (!is_on) return is_on.error();
      options.build.add_managed_by_label = *is_on;
    } else if (flag == "--enable-helm" || flag == "--helm-debug") {
      const auto is_on = read_switch(flag, value);
      if (!is_on) return is_on.error();
      if (flag == "--enable-helm") options.enables_helm = *is_on;
    } else if (flag == "--helm-command" || flag == "--helm-kube-version" || flag == "--helm-api-versions") {
      const auto word = need_value();
      if (!word) return word.error();
      if (flag == "--helm-kube-version") options.charts.kube_version = *word;
      if (flag == "--helm-api-versions") options.charts.api_versions.emplace_back(*word);
    } else if (flag == "--reorder") {
      const auto order = need_value();
      if (!order) return order.error();
      if (*order == "none") {
        options.build.reorder = kustomize::Reorder::kNone;
      } else if (*order == "legacy") {
        options.build.reorder = kustomize::Reorder::kLegacy;
      } else {
        return InputError{std::string{flag}, text::cat("expected none or legacy, got ", text::quoted(*order))};
      }
    } else if (flag == "--load-restrictor") {
      const auto restrictor = need_value();
      if (!restrictor) return restrictor.error();
      if (*restrictor == "LoadRestrictionsRootOnly") {
        options.build.load_restrictions = kustomize::LoadRestrictions::kRootOnly;
      } else if (*restrictor == "LoadRestrictionsNone") {
        options.build.load_restrictions = kustomize::LoadRestrictions::kNone;
      } else {
        return InputError{
            std::string{flag},
            text::cat("expected LoadRestrictionsRootOnly or LoadRestrictionsNone, got ", text::quoted(*restrictor))};
      }
    } else if (flag == "-o" || flag == "--output") {
      const auto output = need_value();
      if (!output) return output.error();
      options.output = *output;
    } else {
      return InputError{"", text::cat("unknown flag ", text::quoted(flag))};
    }
  }
  return options;
}

/// "apps_v1_deployment_web.yaml", with the namespace in front where there are several.
std::string file_name(const kustomize::Documents::Document& document, bool says_space) {
  std::string name;
  if (says_space && !document.space.empty()) text::append(name, document.space, "_");
  if (!document.api_version.empty()) text::append(name, text::replace_all(document.api_version, "/", "_"), "_");
  text::append(name, document.kind, "_", document.name);
  return text::lower(name) + ".yaml";
}

bool write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream file{path, std::ios::binary | std::ios::trunc};
  file << content;
  return static_cast<bool>(file.flush());
}

int write_directory(
    const kustomize::SecureFileSystem& files, const std::string& directory, const Options& options, std::ostream& err
) {
  const auto built = kustomize::build_documents(files, directory, options.build);
  if (!built) {
    err << "Error: " << built.error().text() << "\n";
    return kRefused;
  }
  for (const auto& warning : built->warnings) err << "Warning: " << warning << "\n";
  std::set<std::string_view> spaces;
  for (const auto& document : built->documents)
    if (!document.space.empty()) spaces.insert(document.space);
  for (const auto& document : built->documents) {
    const auto name = file_name(document, spaces.size() > 1);
    // It would leave the folder, or need one that kustomize does not make either.
    if (name.find('/') != name.npos) {
      err << "Error: no file can be named " << text::quoted(name) << ", it has a slash\n";
      return kRefused;
    }
    const auto path = std::filesystem::path{*options.output} / name;
    if (!write_file(path, document.text)) {
      err << "Error: cannot write " << path.string() << "\n";
      return kRefused;
    }
  }
  return 0;
}

}  // namespace

int build_command(std::span<const std::string_view> arguments, std::ostream& out, std::ostream& err) {
  auto options = parse(arguments);
  if (!options) {
    err << "weir build: " << options.error().text() << "\n\n" << kUsage;
    return kUsageError;
  }
  if (options->wants_help) {
    out << kUsage;
    return 0;
  }
  std::optional<ChartRenderer> charts;
  if (options->enables_helm) options->build.charts = &charts.emplace(options->charts, err);
  std::error_code failure;
  const std::string directory = std::filesystem::absolute(options->directory.value_or("."), failure).string();
  auto files = kustomize::SecureFileSystem::open("/");
  if (!files) {
    err << "Error: " << files.error().text() << "\n";
    return kRefused;
  }
  if (options->output && std::filesystem::is_directory(*options->output, failure))
    return write_directory(*files, directory, *options, err);

  const auto built = kustomize::build_text(*files, directory, options->build);
  if (!built) {
    err << "Error: " << built.error().text() << "\n";
    return kRefused;
  }
  for (const auto& warning : built->warnings) err << "Warning: " << warning << "\n";
  if (!options->output) {
    out << built->text << std::flush;
    return 0;
  }
  if (!write_file(*options->output, built->text)) {
    err << "Error: cannot write " << *options->output << "\n";
    return kRefused;
  }
  return 0;
}

}  // namespace weir::cli
