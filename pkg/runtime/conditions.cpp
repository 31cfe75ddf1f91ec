#include "pkg/runtime/conditions.hpp"

#include <optional>

#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

enum Group { kBadTrue, kBadFalse, kGoodTrue, kGoodFalse, kUnknown };

Group group_of(const api::Condition& condition, Polarity polarity) {
  const bool negative = polarity == Polarity::kNegative;
  if (condition.is_true()) return negative ? kBadTrue : kGoodTrue;
  if (condition.is_false()) return negative ? kGoodFalse : kBadFalse;
  return kUnknown;
}

std::string_view ready_status(Group group) {
  switch (group) {
    case kBadTrue:
    case kBadFalse: return "False";
    case kGoodTrue:
    case kGoodFalse: return "True";
    case kUnknown: return "Unknown";
  }
  return "Unknown";
}

constexpr std::size_t kLongestMessageBytes = 32'768;

}  // namespace

std::string condition_message(std::string_view message) { return text::shortened(message, kLongestMessageBytes); }

void set_condition(
    Conditions& conditions,
    std::string_view type,
    std::string_view status,
    std::string_view reason,
    std::string_view message,
    std::int64_t generation,
    WallTime now
) {
  auto* condition = api::find_condition(conditions, type);
  if (condition == nullptr) {
    condition = &conditions.emplace_back();
    condition->type = type;
  }
  if (condition->status != status) condition->last_transition_time = to_rfc3339(now);
  condition->status = status;
  condition->reason = reason;
  condition->message = condition_message(message);
  condition->observed_generation = generation;
}

void remove_condition(Conditions& conditions, std::string_view type) {
  std::erase_if(conditions, [type](const auto& condition) { return condition.type == type; });
}

void summarize_ready(
    Conditions& conditions, std::span<const ConditionRule> rules, std::int64_t generation, WallTime now
) {
  const api::Condition* winner = nullptr;
  Group best = kUnknown;
  for (const auto& rule : rules) {
    const auto* condition = api::find_condition(conditions, rule.type);
    if (condition == nullptr) continue;
    const Group group = group_of(*condition, rule.polarity);
    if (winner == nullptr || group < best) {
      winner = condition;
      best = group;
    }
  }
  if (winner == nullptr) return;
  // set_condition may move the winner when it adds Ready.
  const std::string reason = winner->reason;
  const std::string message = winner->message;
  set_condition(conditions, api::condition::kReady, ready_status(best), reason, message, generation, now);
}

}  // namespace weir::runtime
