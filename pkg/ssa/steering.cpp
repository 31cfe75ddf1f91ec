#include "pkg/ssa/steering.hpp"

#include <optional>
#include <string>

#include "pkg/base/text.hpp"

namespace weir::ssa {

bool is_steered(const kube::Object& object, std::string_view group, std::string_view name, std::string_view value) {
  const std::string key = text::cat(group, "/", name);
  const auto matches = [&](const std::optional<std::string_view>& found) {
    return found && text::equal_ignoring_case(*found, value);
  };
  return matches(object.annotation(key)) || matches(object.label(key));
}

bool is_left_alone(const kube::Object& object, std::string_view group) {
  return is_steered(object, group, "reconcile", "disabled") || is_steered(object, group, "ssa", "Ignore");
}

}  // namespace weir::ssa
