#pragma once

#include <vector>

#include "pkg/helm/chart/chart.hpp"
#include "pkg/template/value.hpp"

namespace weir::helm {

/// What templates see as `.Files`: a map from names to bytes that shares the chart's texts, with the methods Get,
/// GetBytes, Glob, Lines, AsConfig and AsSecrets.
templates::Value files_value(const std::vector<File>& files);

}  // namespace weir::helm
