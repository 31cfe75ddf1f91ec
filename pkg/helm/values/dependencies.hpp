#pragma once

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/values/tables.hpp"

namespace weir::helm {

/// Whether every dependency that Chart.yaml names is in charts/, the disabled ones too.
/// @returns an error in Helm's words: "found in Chart.yaml, but missing in charts/ directory: a, b"
Result<void> check_dependencies(const Chart& chart);

/// Whether a version is in a range; a range or version that is none contains nothing and is in nothing.
bool is_compatible(std::string_view range, std::string_view version);

/// The chart with the dependencies that are on, under their aliases, level by level; a chart of charts/ that Chart.yaml
/// does not name stays. Conditions and tags are read from the values as they are before imports.
/// @param warnings  nullptr: nobody listens
/// @returns an error in Helm's words: "type mismatch on sub: …"
/// Threads: any, pure. Cost: linear in the number of charts and of the paths that they ask for, not in the size of
/// values.
Result<Chart> enable_dependencies(const Chart& chart, const json::Value& user_values, Warnings* warnings);

/// Takes what `import-values` name over into the parents' defaults, from the leaves up. Every chart with dependencies
/// then has theirs in its own values, as Helm leaves them.
Result<Chart> import_values(const Chart& chart, Warnings* warnings);

}  // namespace weir::helm
