#pragma once

#include <map>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/values/tables.hpp"

namespace weir::helm {

/// Some paths of values, as a tree of keys: what is not on one of them is not looked at.
struct PathTree {
  std::map<std::string, PathTree, std::less<>> children;
};

/// The part of a table that lies on the paths; a table at the end of a path is empty.
json::Value project(const json::Value& table, const PathTree& paths);

/// Fills values with the defaults of a chart and of its dependencies, level by level: the chart's own into the table,
/// those of a dependency into the table under its name, after the globals of its parent.
///
/// Tables in the members of `global` are, in Helm, one object for a chart and its dependencies: what a dependency's
/// defaults add there is seen by the parent and by its other dependencies too. The values come out the same.
///
/// @param values    a table; changed in place
/// @param warnings  nullptr: nobody listens
/// @param only      nullptr: everything; else values have been projected on these paths, and defaults are too
/// @returns an error in Helm's words: "type mismatch on sub: %!t(string=text)"
/// Threads: any, pure. Cost: linear in the size of all values; the globals count once for every chart.
Result<void> coalesce_chart(
    const Chart& chart, json::Value& values, Nulls nulls, Warnings* warnings, const PathTree* only = nullptr
);

}  // namespace weir::helm
