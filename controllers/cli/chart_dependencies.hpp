#pragma once

#include <string>

#include "controllers/cli/chart_fetcher.hpp"
#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"

namespace weir::cli {

/// What `helm dependency update` does to a chart in a folder, in memory: the newest version in the range of Chart.yaml
/// of each dependency, whatever Chart.lock says; charts/ and Chart.lock on the disk stay as they are. As with Helm,
/// repositories over http get no credentials, dependencies of dependencies are not looked for, and what Chart.yaml
/// names without a repository must be in charts/.
/// @param path  of the chart's folder
/// @returns an error naming the dependency
Result<helm::ChartPtr> update_dependencies(const helm::ChartPtr& chart, const std::string& path, ChartFetcher& fetcher);

}  // namespace weir::cli
