#pragma once

#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"

/// Charts put together from what Chart.yaml names and what was fetched for it.  Threads: any, pure.
namespace weir::helm {

/// Whether charts/ lacks a chart that Chart.yaml names, enabled or not.
bool has_missing_dependencies(const Chart& chart);

/// Whether a chart's version is in the range that an entry of Chart.yaml asks for.
/// @returns an error in Helm's words: dependency "x" has an invalid version/constraint format: improper constraint: ">"
Result<bool> satisfies(const Dependency& dependency, const Chart& chart);

/// The chart with these below charts/; one of the same name that was there is gone.
ChartPtr with_dependencies(const Chart& chart, std::vector<ChartPtr> dependencies);

}  // namespace weir::helm
