#pragma once

#include <set>

#include "pkg/helm/chart/chart.hpp"

namespace weir::helm {

/// Tells charts below an alias the path that Helm prints for what is below them. Helm copies a chart for an alias, and
/// its dependencies with it, but no further: what is below those still has the chart as it was loaded for its parent,
/// with the name that it had, unless the dependencies in between were sorted out too. So a chart that two aliases have
/// in common is printed once, and the later of the two gives the values.
/// @param top      enabled dependencies under their aliases; is changed
/// @param loaded   the same chart as it was loaded
/// @param settled  charts of `top` whose own dependencies were sorted out
void set_paths_below(Chart& top, const Chart& loaded, const std::set<const Chart*>& settled);

}  // namespace weir::helm
