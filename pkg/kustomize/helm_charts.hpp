#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kustomize/fields.hpp"

namespace weir::kustomize {

class Context;

enum class ValuesMerge {
  kOverride,  ///< inline values over those of the file
  kMerge,     ///< those of the file over inline values
  kReplace    ///< inline values instead of the file
};

/// One entry of helmCharts, or of the older helmChartInflationGenerator.
struct ChartArguments {
  std::string place;
  std::string field;  ///< "helmCharts[0]"; empty for an object of its own
  std::string name;
  std::string version;
  std::string repository;
  std::string release_name;
  std::string name_template;
  std::string space;
  std::string values_file;  ///< empty: values.yaml of the chart
  std::optional<json::Value> values_inline;
  ValuesMerge values_merge = ValuesMerge::kOverride;
  std::vector<std::string> additional_values_files;
  bool allows_prereleases = false;
  bool include_crds = false;
  bool skip_hooks = false;
  bool skip_tests = false;
  std::vector<std::string> api_versions;
  std::string kube_version;
};

inline constexpr std::string_view kChartHome = "charts";

/// @throws Failure naming line and field
ChartArguments read_chart(Fields& fields, Context& context);
/// An entry of helmChartInflationGenerator. Its releaseNamespace and extraArgs have no effect, as in kustomize.
/// @param home  set to the entry's chartHome when that is given
ChartArguments read_old_chart(Fields& fields, Context& context, std::string& home);
/// helmGlobals, or an object with its fields. @returns chartHome, empty when it is not given
std::string read_chart_home(Fields& fields);

/// Merges `patch` over `into` as kustomize merges values: objects member by member, a null of the patch takes the
/// member away, everything else is replaced.
/// @returns an error whose `where` is the dotted path of a member that is an object, list or plain value on one side
/// and something else on the other
/// Source: kustomize 5.8, observed.  Pure.  Threads: any.
Result<void> merge_values(json::Value& into, const json::Value& patch);

}  // namespace weir::kustomize
