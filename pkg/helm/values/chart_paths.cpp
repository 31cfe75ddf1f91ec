#include "pkg/helm/values/chart_paths.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "pkg/base/text.hpp"

namespace weir::helm {
namespace {

/// Names as they were loaded; a chart's copies share its files.
using Names = std::map<const Contents*, std::string>;

bool has_alias(const Chart& chart) {
  const auto& wanted = chart.metadata.dependencies;
  return std::any_of(wanted.begin(), wanted.end(), [](const auto& entry) { return !entry.alias.empty(); }) ||
         std::any_of(chart.dependencies.begin(), chart.dependencies.end(), [](const auto& child) {
           return has_alias(*child);
         });
}

void collect(const Chart& chart, Names& names) {
  names.emplace(chart.contents.get(), chart.name());
  for (const auto& child : chart.dependencies) collect(*child, names);
}

class Paths {
 public:
  Paths(const Names& names, const std::set<const Chart*>& settled) : names_{names}, settled_{settled} {}

  /// @param is_parent  what is below has this chart for its parent
  void set(Chart& chart, bool is_parent, const std::string& path, const std::string& loaded_path) {
    if (chart.dependencies.empty()) return;
    if (!is_parent) {
      if (path != loaded_path) chart.path_below = loaded_path;
      return;
    }
    for (auto& child : chart.dependencies) {
      if (child->dependencies.empty()) continue;
      const bool is_named = std::any_of(
          chart.metadata.dependencies.begin(),
          chart.metadata.dependencies.end(),
          [&child](const auto& entry) { return entry.name == child->name(); }
      );
      auto copy = std::make_shared<Chart>(*child);
      set(*copy,
          is_named || settled_.contains(child.get()),
          child_path(path, *child),
          text::cat(loaded_path, "/charts/", names_.at(child->contents.get())));
      child = std::move(copy);
    }
  }

 private:
  const Names& names_;
  const std::set<const Chart*>& settled_;
};

}  // namespace

void set_paths_below(Chart& top, const Chart& loaded, const std::set<const Chart*>& settled) {
  if (!has_alias(loaded)) return;
  Names names;
  collect(loaded, names);
  Paths{names, settled}.set(top, true, top.name(), loaded.name());
}

}  // namespace weir::helm
