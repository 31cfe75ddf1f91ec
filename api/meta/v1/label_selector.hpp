#pragma once

#include <map>
#include <string>
#include <vector>

#include "pkg/base/result.hpp"

namespace weir::api {

struct LabelRequirement {
  std::string key;
  std::string op;  ///< In, NotIn, Exists, DoesNotExist
  std::vector<std::string> values;
};
template <class Fields>
void describe(Fields& fields, LabelRequirement& requirement) {
  fields.required("key", requirement.key);
  fields.required("operator", requirement.op);
  fields.optional("values", requirement.values);
}

/// metav1.LabelSelector: all labels and all requirements must hold; an empty one fits everything.
struct LabelSelector {
  std::map<std::string, std::string> match_labels;
  std::vector<LabelRequirement> match_expressions;

  /// @returns an error that names the requirement: an unknown operator, values where none belong, no values for In
  Result<void> validate() const;
  /// Of a valid selector.
  bool fits(const std::map<std::string, std::string>& labels) const;
};
template <class Fields>
void describe(Fields& fields, LabelSelector& selector) {
  fields.optional("matchLabels", selector.match_labels);
  fields.optional("matchExpressions", selector.match_expressions);
}

}  // namespace weir::api
