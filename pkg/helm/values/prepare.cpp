#include "pkg/helm/values/prepare.hpp"

#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/coalesce.hpp"
#include "pkg/helm/values/dependencies.hpp"
#include "pkg/helm/values/schemas.hpp"

namespace weir::helm {

namespace {

InputError while_processing_dependencies(const InputError& error) {
  return InputError{"", text::cat("chart dependencies processing failed: ", error.message)};
}

}  // namespace

Result<Prepared> prepare(const Chart& chart, const json::Value& user_values, const PrepareOptions& options) {
  if (const auto checked = check_dependencies(chart); !checked)
    return InputError{
        "",
        text::cat(
            "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to "
            "fetch "
            "missing dependencies: ",
            checked.error().message
        )};
  Prepared prepared;
  auto enabled = enable_dependencies(chart, user_values, &prepared.warnings);
  if (!enabled) return while_processing_dependencies(enabled.error());
  auto imported = import_values(*enabled, &prepared.warnings);
  if (!imported) return while_processing_dependencies(imported.error());
  prepared.chart = std::make_shared<const Chart>(std::move(*imported));
  prepared.values = user_values;
  const auto filled = coalesce_chart(*prepared.chart, prepared.values, Nulls::kDrop, &prepared.warnings);
  if (!filled) return filled.error();
  if (!options.is_schema_skipped) {
    const auto valid = check_schemas(*prepared.chart, prepared.values, options.loader, prepared.warnings);
    if (!valid) return valid.error();
  }
  return prepared;
}

Result<void> check_installable(const Chart& chart) {
  if (chart.metadata.is_library()) return InputError{"", "library charts are not installable"};
  return {};
}

Result<void> check_kube_version(const Chart& chart, std::string_view version, std::string_view plain) {
  const std::string& range = chart.metadata.kube_version;
  if (range.empty() || is_compatible(range, plain)) return {};
  return InputError{
      "", text::cat("chart requires kubeVersion: ", range, " which is incompatible with Kubernetes ", version)};
}

}  // namespace weir::helm
