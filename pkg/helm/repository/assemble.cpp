#include "pkg/helm/repository/assemble.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/semver/range.hpp"
#include "pkg/semver/version.hpp"
#include "pkg/template/quote.hpp"

namespace weir::helm {
namespace {

bool has_chart(const std::vector<ChartPtr>& charts, std::string_view name) {
  return std::ranges::any_of(charts, [name](const ChartPtr& chart) { return chart->name() == name; });
}

}  // namespace

bool has_missing_dependencies(const Chart& chart) {
  return std::ranges::any_of(chart.metadata.dependencies, [&chart](const Dependency& dependency) {
    return !has_chart(chart.dependencies, dependency.name);
  });
}

Result<bool> satisfies(const Dependency& dependency, const Chart& chart) {
  const auto range = semver::Range::parse(dependency.version);
  if (!range)
    return InputError{
        "",
        text::cat(
            "dependency ",
            templates::quote(dependency.name),
            " has an invalid version/constraint format: ",
            range.error().text()
        )};
  const auto version = semver::Version::parse_lenient(chart.metadata.version);
  return version.has_value() && range->contains(*version);
}

ChartPtr with_dependencies(const Chart& chart, std::vector<ChartPtr> dependencies) {
  Chart out = chart;
  std::erase_if(out.dependencies, [&dependencies](const ChartPtr& old) {
    return has_chart(dependencies, old->name());
  });
  for (auto& dependency : dependencies) {
    const bool is_known = std::ranges::any_of(out.dependencies, [&dependency](const ChartPtr& known) {
      return known->name() == dependency->name() && known->metadata.version == dependency->metadata.version;
    });
    if (!is_known) out.dependencies.push_back(std::move(dependency));
  }
  std::stable_sort(out.dependencies.begin(), out.dependencies.end(), [](const ChartPtr& left, const ChartPtr& right) {
    return left->name() < right->name();
  });
  return std::make_shared<const Chart>(std::move(out));
}

}  // namespace weir::helm
