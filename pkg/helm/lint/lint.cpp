#include "pkg/helm/lint/lint.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/metadata.hpp"
#include "pkg/helm/lint/rules.hpp"
#include "pkg/helm/values/coalesce.hpp"
#include "pkg/helm/values/prepare.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/helm/values/tables.hpp"

namespace weir::helm {
namespace {

constexpr std::string_view kSchemaHead =
    "values don't meet the specifications of the schema(s) in the following chart(s):\n";

bool is_folder(const Folder& folder, const std::string& path) {
  return folder.look(path).type == Folder::Type::kFolder;
}

/// The rules of one chart, in Helm's order.
class Linter {
 public:
  explicit Linter(const LintInput& input) : input_{input} {}

  Result<std::vector<Finding>> run() {
    const auto chart_yaml = input_.folder.read(text::cat(input_.path, "/Chart.yaml"));
    if (!chart_yaml)
      return InputError{
          "",
          text::cat(
              "unable to check Chart.yaml file in chart: stat ", input_.path, "/Chart.yaml: no such file or directory"
          )};
    lint_chart_yaml(*chart_yaml, findings_);
    lint_values_file();
    auto loaded = load_folder(input_.folder, input_.path);
    if (!loaded) {
      add(Severity::kError, "templates/", loaded.error().message);
      add(Severity::kError, "", text::cat("unable to load chart\n\t", loaded.error().message));
      return std::move(findings_);
    }
    chart_ = *loaded;
    lint_templates();
    lint_dependencies();
    for (const auto& file : chart_->files()) {
      if (file.name.starts_with("crds/")) lint_crd(file, findings_);
    }
    if (chart_->contents->values_text) {
      auto traps = lint_values(*chart_->contents->values_text, chart_->templates());
      std::ranges::move(traps, std::back_inserter(findings_));
    }
    return std::move(findings_);
  }

 private:
  void add(Severity severity, std::string path, std::string message) {
    findings_.push_back({severity, std::move(path), std::move(message)});
  }

  void lint_values_file() {
    const auto text = input_.folder.read(text::cat(input_.path, "/values.yaml"));
    if (!text) return add(Severity::kInfo, "values.yaml", "file does not exist");
    auto values = read_yaml(*text);
    if (!values)
      return add(Severity::kError, "values.yaml", text::cat("unable to parse YAML: ", values.error().message));
    if (values->is_null()) values = json::Value::object();
    if (!values->is_object()) {
      return add(
          Severity::kError,
          "values.yaml",
          text::cat(
              "unable to parse YAML: error unmarshaling JSON: while decoding JSON: ",
              go_unmarshal_error(*values, "map[string]interface {}")
          )
      );
    }
  }

  void lint_templates() {
    if (!is_folder(input_.folder, text::cat(input_.path, "/templates")))
      add(Severity::kWarning, "templates/", "directory does not exist");
    if (!check_installable(*chart_)) return;  // a library has nothing to render
    // A missing dependency is a finding of its own.
    Chart complete = *chart_;
    std::erase_if(complete.metadata.dependencies, [&](const Dependency& entry) { return !has_chart(entry.name); });
    auto prepared = prepare(complete, input_.user_values, {input_.skips_schemas, nullptr});
    if (!prepared) {
      const std::string& message = prepared.error().message;
      // Helm tells of the top chart's schema twice.
      const std::string own = text::cat(kSchemaHead, chart_->name(), ":\n");
      if (message.starts_with(own)) add(Severity::kError, "values.yaml", message.substr(own.size()));
      return add(Severity::kError, "templates/", message);
    }
    RenderInput rendering;
    rendering.chart = prepared->chart;
    rendering.values = std::make_shared<const json::Value>(std::move(prepared->values));
    rendering.release.name = "test-release";
    rendering.release.ns = input_.ns;
    rendering.capabilities = input_.capabilities;
    rendering.functions = input_.functions;
    rendering.strictness = Strictness::kLint;
    const auto rendered = render(rendering);
    if (!rendered) return add(Severity::kError, "templates/", rendered.error().words);
    for (const auto& file : chart_->templates()) lint_template(file.name, rendered->files);
  }

  void lint_template(const std::string& name, const std::vector<RenderedFile>& rendered) {
    lint_extension(name, findings_);
    if (!name.ends_with(".yaml")) return;
    const std::string path = text::cat(chart_->name(), "/", name);
    for (const auto& file : rendered) {
      if (file.name == path) lint_objects(name, file.text, findings_);
    }
  }

  void lint_dependencies() {
    std::vector<std::string> missing, unknown;
    const auto has_entry = [&](const std::string& name) {
      return std::ranges::find(chart_->metadata.dependencies, name, &Dependency::name) !=
             chart_->metadata.dependencies.end();
    };
    for (const auto& entry : chart_->metadata.dependencies) {
      if (!has_chart(entry.name)) missing.push_back(entry.name);
    }
    for (const auto& chart : chart_->dependencies) {
      if (!has_entry(chart->name())) unknown.push_back(chart->name());
    }
    if (!unknown.empty())
      add(Severity::kError,
          input_.path,
          text::cat("chart metadata is missing these dependencies: ", text::join(unknown, ",")));
    if (!missing.empty()) {
      add(Severity::kWarning,
          input_.path,
          text::cat("chart directory is missing these dependencies: ", text::join(missing, ",")));
    }
  }

  bool has_chart(const std::string& name) const {
    return std::ranges::any_of(chart_->dependencies, [&](const auto& chart) { return chart->name() == name; });
  }

  const LintInput& input_;
  ChartPtr chart_;
  std::vector<Finding> findings_;
};

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kError: return "ERROR";
    case Severity::kWarning: return "WARNING";
    default: return "INFO";
  }
}

std::string Finding::text() const { return text::cat("[", name_of(severity), "] ", path, ": ", message); }

Result<std::vector<Finding>> lint_chart(const LintInput& input) { return Linter{input}.run(); }

}  // namespace weir::helm
