#include "pkg/helm/chart/load.hpp"

#include <map>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/chart/archive.hpp"
#include "pkg/helm/chart/metadata.hpp"
#include "pkg/helm/values/read_yaml.hpp"

namespace weir::helm {
namespace {

InputError failed(std::string_view file, const InputError& error) {
  return InputError{"", text::cat("cannot load ", file, ": ", error.message)};
}

/// Reads one chart and, through itself, those below charts/.
class Loader {
 public:
  Loader(LoadBudget& budget, LoadLog* log) : budget_{budget}, log_{log} {}

  Result<ChartPtr> load(std::vector<File> files, std::size_t depth) {
    if (depth > budget_.limits.depth)
      return InputError{"", text::cat("charts are nested deeper than ", budget_.limits.depth, " levels")};
    chart_.contents = std::make_shared<Contents>();
    auto contents = std::make_shared<Contents>();
    chart_.values = std::make_shared<const json::Value>(json::Value::object());
    for (const auto& file : files) {
      contents->raw.push_back(file);
      if (file.name != "Chart.yaml") continue;
      has_metadata_ = true;
      const auto read = read_metadata(file.view(), chart_.metadata);
      if (!read) return failed(file.name, read.error());
      // Helm 2 took charts without one.
      if (chart_.metadata.api_version.empty()) chart_.metadata.api_version = "v1";
    }
    for (auto& file : files) {
      const auto taken = take(file, *contents);
      if (!taken) return taken.error();
    }
    if (!has_metadata_) return InputError{"", "Chart.yaml file is missing"};
    const auto valid = validate(chart_.metadata);
    if (!valid) return valid.error();
    chart_.contents = std::move(contents);
    for (auto& [name, inner] : inner_) {
      if (name.starts_with('_') || name.starts_with('.')) continue;
      auto child = load_child(name, std::move(inner), depth + 1);
      if (!child)
        return InputError{
            "", text::cat("error unpacking subchart ", name, " in ", chart_.name(), ": ", child.error().message)};
      chart_.dependencies.push_back(std::move(*child));
    }
    return std::make_shared<const Chart>(std::move(chart_));
  }

 private:
  void note(std::string line) {
    if (log_ != nullptr) log_->push_back(std::move(line));
  }

  bool is_first_version() const { return chart_.metadata.api_version == "v1"; }

  Result<void> take(const File& file, Contents& contents) {
    const std::string_view name = file.name;
    if (name == "Chart.yaml") return {};
    if (name == "Chart.lock" || name == "requirements.lock") return take_lock(file, contents);
    if (name == "values.yaml") return take_values(file, contents);
    if (name == "requirements.yaml") return take_requirements(file, contents);
    if (name == "values.schema.json") {
      contents.schema = file.text;
    } else if (name.starts_with("templates/")) {
      contents.templates.push_back(file);
    } else if (name.starts_with("charts/") && !name.ends_with(".prov")) {
      File inner{std::string{name.substr(std::string_view{"charts/"}.size())}, file.text};
      auto& group = inner_[inner.name.substr(0, inner.name.find('/'))];
      group.push_back(std::move(inner));
    } else {
      contents.files.push_back(file);
    }
    return {};
  }

  Result<void> take_values(const File& file, Contents& contents) {
    auto values = read_values(file.view());
    if (!values) return failed(file.name, values.error());
    contents.values_text = file.text;
    chart_.values = std::make_shared<const json::Value>(std::move(*values));
    return {};
  }

  Result<void> take_lock(const File& file, Contents& contents) {
    auto lock = read_lock(file.view());
    if (!lock) return failed(file.name, lock.error());
    chart_.lock = std::make_shared<const Lock>(std::move(*lock));
    if (file.name != "requirements.lock") return {};
    has_metadata_ = true;
    if (is_first_version()) {
      contents.files.push_back(file);
    } else {
      note(
          "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend migrating to "
          "Chart.lock."
      );
    }
    return {};
  }

  Result<void> take_requirements(const File& file, Contents& contents) {
    has_metadata_ = true;
    if (!is_first_version())
      note(
          "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend migrating "
          "dependencies "
          "to Chart.yaml."
      );
    const auto read = read_metadata(file.view(), chart_.metadata);
    if (!read) return failed(file.name, read.error());
    if (is_first_version()) contents.files.push_back(file);
    return {};
  }

  Result<ChartPtr> load_child(const std::string& name, std::vector<File> files, std::size_t depth) {
    Loader loader{budget_, log_};
    if (name.ends_with(".tgz")) {
      if (files.front().name != name) return InputError{"", text::cat("expected ", name, ", got ", files.front().name)};
      auto unpacked = unpack_archive(files.front().view(), budget_);
      if (!unpacked) return unpacked.error();
      return loader.load(std::move(*unpacked), depth);
    }
    std::vector<File> below;
    below.reserve(files.size());
    for (auto& file : files) {
      // A plain file in charts/ is no chart: what is missing then is its Chart.yaml.
      const auto slash = file.name.find('/');
      if (slash == std::string::npos) continue;
      below.push_back({file.name.substr(slash + 1), std::move(file.text)});
    }
    return loader.load(std::move(below), depth);
  }

  LoadBudget& budget_;
  LoadLog* log_;
  Chart chart_;
  bool has_metadata_ = false;
  std::map<std::string, std::vector<File>> inner_;
};

}  // namespace

Result<ChartPtr> load_files(std::vector<File> files, const LoadLimits& limits, LoadLog* log) {
  LoadBudget budget{limits};
  for (const auto& file : files) {
    const auto counted = budget.count(file.name, file.view().size());
    if (!counted) return counted.error();
  }
  return Loader{budget, log}.load(std::move(files), 0);
}

Result<ChartPtr> load_archive(std::string_view bytes, std::string_view name, const LoadLimits& limits, LoadLog* log) {
  if (auto refusal = check_is_archive(bytes, name)) return std::move(*refusal);
  LoadBudget budget{limits};
  auto files = unpack_archive(bytes, budget);
  if (!files) return InputError{files.error().message, "unable to load chart archive"};
  for (const auto& file : *files) {
    if (file.name != "Chart.yaml") continue;
    const auto version = check_api_version(file.view());
    if (!version) return version.error();
    return check_loaded(Loader{budget, log}.load(std::move(*files), 0));
  }
  return InputError{"", "unable to detect chart version, no Chart.yaml found"};
}

Result<void> check_api_version(std::string_view chart_yaml) {
  const auto version = read_api_version(chart_yaml);
  if (!version) return failed("Chart.yaml", version.error());
  for (const std::string_view known : {"", "v1", "v2", "v3"})
    if (*version == known) return {};
  return InputError{"", "unsupported chart version"};
}

Result<ChartPtr> check_loaded(Result<ChartPtr> chart) {
  if (chart && (*chart)->metadata.api_version == "v3") return InputError{"", "invalid chart apiVersion"};
  return chart;
}

}  // namespace weir::helm
