#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/helm/chart/folder.hpp"
#include "pkg/helm/render/render.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm {

enum class Severity { kInfo, kWarning, kError };
/// "INFO", "WARNING", "ERROR".
std::string_view name_of(Severity severity);

/// "[WARNING] templates/: directory does not exist"
struct Finding {
  Severity severity = Severity::kInfo;
  std::string path;  ///< relative to the chart, with ":LINE" where one is known; empty for the chart itself
  std::string message;

  std::string text() const;
};

struct LintInput {
  explicit LintInput(const Folder& folder_) : folder{folder_} {}

  const Folder& folder;
  std::string path;
  json::Value user_values = json::Value::object();
  std::string ns = "default";
  Capabilities capabilities;
  std::shared_ptr<const templates::Functions> functions;
  bool skips_schemas = false;
};

/// What is wrong with a chart in a folder: first as `helm lint` says it, in its words and its order, then the traps of
/// its values (lint_values). Rules of Helm that are left out: deprecated API versions, and what it says of labels and
/// annotations of lists.
/// @returns an error when the folder has no Chart.yaml
Result<std::vector<Finding>> lint_chart(const LintInput& input);

/// Traps in a values.yaml, each with its line: large whole numbers that print with an exponent, nulls, plain scalars
/// that are read as something else than they look like (1.10, 0644, yes).
/// @param templates  those in which such a value is looked for
std::vector<Finding> lint_values(std::string_view values_yaml, const std::vector<File>& templates);

}  // namespace weir::helm
