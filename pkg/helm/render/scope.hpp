#pragma once

#include <map>
#include <string>
#include <vector>

#include "pkg/helm/render/render.hpp"
#include "pkg/template/value.hpp"

namespace weir::helm {

/// One template file of a release.
struct ReleaseTemplate {
  std::shared_ptr<const std::string> text;
  templates::Value scope;  ///< the chart's, shared by its templates: their dot
  std::string base_path;   ///< "chart/charts/sub/templates"
};

/// Every template of a chart and its dependencies, by names such as "chart/charts/sub/templates/x.yaml", and the graph
/// of data that they work on: made once; the scope of a subchart holds the same maps as the values of its parent.
std::map<std::string, ReleaseTemplate> release_templates(const RenderInput& input);

/// common.Values: what Helm calls the maps of values and scopes.
const templates::NamedType& values_type();

/// A document as templates see it: float64 and int64 as values/number.hpp says.
templates::Value value_of(const json::Value& document);

}  // namespace weir::helm
