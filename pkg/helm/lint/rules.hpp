#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/helm/lint/lint.hpp"

/// The rules of `helm lint` for single files. Each adds what it finds.
namespace weir::helm {

void lint_chart_yaml(std::string_view chart_yaml, std::vector<Finding>& findings);
/// @param name  "templates/x.yaml"
void lint_extension(const std::string& name, std::vector<Finding>& findings);
/// What a template gave.
void lint_objects(const std::string& name, std::string_view rendered, std::vector<Finding>& findings);
void lint_crd(const File& file, std::vector<Finding>& findings);

}  // namespace weir::helm
