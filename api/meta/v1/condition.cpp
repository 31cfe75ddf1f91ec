#include "api/meta/v1/condition.hpp"

#include <algorithm>

namespace weir::api {

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type) {
  const auto at = std::ranges::find(conditions, type, &Condition::type);
  return at == conditions.end() ? nullptr : &*at;
}

Condition* find_condition(std::vector<Condition>& conditions, std::string_view type) {
  const auto at = std::ranges::find(conditions, type, &Condition::type);
  return at == conditions.end() ? nullptr : &*at;
}

bool is_condition_true(const std::vector<Condition>& conditions, std::string_view type) {
  const auto* found = find_condition(conditions, type);
  return found != nullptr && found->is_true();
}

}  // namespace weir::api
