#pragma once

#include <map>
#include <string>
#include <vector>

namespace weir::api {

/// Namespaces by their labels: every label must be there; none fits every namespace.
struct NamespaceSelector {
  std::map<std::string, std::string> match_labels;

  bool fits(const std::map<std::string, std::string>& labels) const;
};
template <class Fields>
void describe(Fields& fields, NamespaceSelector& selector) {
  fields.optional("matchLabels", selector.match_labels);
}

/// From which other namespaces an object may be referred to; one selector must fit.
/// Source: Flux, `spec.accessFrom`.
struct AccessFrom {
  std::vector<NamespaceSelector> namespace_selectors;

  bool allows(const std::map<std::string, std::string>& namespace_labels) const;
};
template <class Fields>
void describe(Fields& fields, AccessFrom& access) {
  fields.required("namespaceSelectors", access.namespace_selectors);
}

}  // namespace weir::api
