#include "api/meta/v1/access_from.hpp"

#include <algorithm>

namespace weir::api {

bool NamespaceSelector::fits(const std::map<std::string, std::string>& labels) const {
  return std::ranges::all_of(match_labels, [&](const auto& wanted) {
    const auto at = labels.find(wanted.first);
    return at != labels.end() && at->second == wanted.second;
  });
}

bool AccessFrom::allows(const std::map<std::string, std::string>& namespace_labels) const {
  return std::ranges::any_of(namespace_selectors, [&](const auto& selector) {
    return selector.fits(namespace_labels);
  });
}

}  // namespace weir::api
