#include "api/meta/v1/label_selector.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::api {
namespace {

bool takes_values(const LabelRequirement& requirement) { return requirement.op == "In" || requirement.op == "NotIn"; }

/// Source: Kubernetes, "Labels and Selectors": NotIn and DoesNotExist also fit objects without the label.
bool fits(const LabelRequirement& requirement, const std::map<std::string, std::string>& labels) {
  const auto at = labels.find(requirement.key);
  const bool is_there = at != labels.end();
  if (requirement.op == "Exists") return is_there;
  if (requirement.op == "DoesNotExist") return !is_there;
  const bool is_listed = is_there && std::ranges::find(requirement.values, at->second) != requirement.values.end();
  return (requirement.op == "In") == is_listed;
}

}  // namespace

Result<void> LabelSelector::validate() const {
  for (std::size_t i = 0; i < match_expressions.size(); ++i) {
    const auto& requirement = match_expressions[i];
    const auto where = text::cat("matchExpressions[", i, "]");
    if (requirement.key.empty()) return InputError{text::cat(where, ".key"), "must not be empty"};
    if (takes_values(requirement)) {
      if (requirement.values.empty()) {
        return InputError{
            text::cat(where, ".values"), text::cat("must not be empty for the operator ", requirement.op)};
      }
    } else if (requirement.op != "Exists" && requirement.op != "DoesNotExist") {
      return InputError{
          text::cat(where, ".operator"),
          text::cat("expected In, NotIn, Exists or DoesNotExist, got ", text::quoted(requirement.op))};
    } else if (!requirement.values.empty()) {
      return InputError{text::cat(where, ".values"), text::cat("must be empty for the operator ", requirement.op)};
    }
  }
  return {};
}

bool LabelSelector::fits(const std::map<std::string, std::string>& labels) const {
  const auto has = [&](const auto& wanted) {
    const auto at = labels.find(wanted.first);
    return at != labels.end() && at->second == wanted.second;
  };
  const auto holds = [&](const LabelRequirement& requirement) { return api::fits(requirement, labels); };
  return std::ranges::all_of(match_labels, has) && std::ranges::all_of(match_expressions, holds);
}

}  // namespace weir::api
