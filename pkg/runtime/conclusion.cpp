#include "pkg/runtime/conclusion.hpp"

#include <algorithm>
#include <variant>

#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

namespace condition = api::condition;

void set(
    StatusParts status,
    std::string_view type,
    std::string_view value,
    std::string_view reason,
    const std::string& message,
    WallTime now
) {
  set_condition(status.conditions, type, value, reason, message, status.metadata.generation, now);
}

/// Whether Ready says this already.
bool says(StatusParts status, std::string_view value, std::string_view reason, std::string_view message) {
  const auto* ready = api::find_condition(status.conditions, condition::kReady);
  return ready != nullptr && ready->status == value && ready->reason == reason &&
         ready->message == condition_message(message);
}

/// Takes away what the kind's own conditions say of failures, but for one.
void clear_failures(StatusParts status, const ConclusionRules& rules, std::string_view but) {
  for (const auto& rule : rules.ready_rules) {
    if (rule.polarity == Polarity::kNegative && rule.type != but) remove_condition(status.conditions, rule.type);
  }
}

/// Something is missing or did not work.
/// @param type  the condition that tells about it; empty: Ready
void mark_unready(
    StatusParts status,
    const ConclusionRules& rules,
    std::string_view type,
    std::string_view reason,
    const std::string& message,
    bool is_reconciling,
    WallTime now
) {
  clear_failures(status, rules, type);
  remove_condition(status.conditions, condition::kStalled);
  const auto rule = std::ranges::find(rules.ready_rules, type, &ConditionRule::type);
  const bool is_own = rule != rules.ready_rules.end();
  if (is_own) set(status, type, rule->polarity == Polarity::kPositive ? "False" : "True", reason, message, now);
  if (is_reconciling) {
    set(status, condition::kReconciling, "True", api::reason::kProgressingWithRetry, message, now);
  } else {
    remove_condition(status.conditions, condition::kReconciling);
  }
  if (is_own) {
    summarize_ready(status.conditions, rules.ready_rules, status.metadata.generation, now);
  } else {
    set(status, condition::kReady, "False", reason, message, now);
  }
}

void mark_stalled(StatusParts status, const ConclusionRules& rules, const Stall& stall, WallTime now) {
  clear_failures(status, rules, condition::kStalled);
  remove_condition(status.conditions, condition::kReconciling);
  set(status, condition::kStalled, "True", stall.reason, stall.message, now);
  if (stall.ready_reason.empty()) {
    set(status, condition::kReady, "False", stall.reason, stall.message, now);
  } else {
    set(status, condition::kReady, "False", stall.ready_reason, stall.ready_message, now);
  }
  status.observed_generation = status.metadata.generation;
}

}  // namespace

void mark_progressing(StatusParts status, const std::string& message, WallTime now) {
  remove_condition(status.conditions, condition::kStalled);
  set(status, condition::kReconciling, "True", api::reason::kProgressing, message, now);
  set(status, condition::kReady, "Unknown", api::reason::kProgressing, "Reconciliation in progress", now);
}

bool mark_ready(
    StatusParts status, const ConclusionRules& rules, std::string_view reason, const std::string& message, WallTime now
) {
  const bool is_news = !says(status, "True", reason, message);
  clear_failures(status, rules, "");
  remove_condition(status.conditions, condition::kReconciling);
  remove_condition(status.conditions, condition::kStalled);
  set(status, condition::kReady, "True", reason, message, now);
  status.observed_generation = status.metadata.generation;
  return is_news;
}

std::string status_refused_message(const kube::ApiError& error) {
  constexpr std::size_t kLongestBytes = 1024;  // it may quote all of what it refuses
  return text::cat(
      "the API server refuses the status of the last pass: ", text::shortened(error.what(), kLongestBytes)
  );
}

bool mark_refused(StatusParts status, const std::string& message, WallTime now) {
  const bool is_news = !says(status, "False", api::reason::kStatusRefused, message);
  mark_unready(
      status, ConclusionRules{api::reason::kStatusRefused}, "", api::reason::kStatusRefused, message, true, now
  );
  return is_news;
}

bool conclude(
    Context& context,
    StatusParts status,
    const ConclusionRules& rules,
    const Outcome& outcome,
    const std::map<std::string, std::string>& facts
) {
  const auto now = context.clock.wall_now();
  if (const auto* failed = std::get_if<Failed>(&outcome)) {
    mark_unready(status, rules, failed->condition, failed->reason, failed->message, true, now);
    context.events.send(Severity::kError, failed->reason, failed->message, facts);
    return true;
  }
  if (const auto* stall = std::get_if<Stall>(&outcome)) {
    mark_stalled(status, rules, *stall, now);
    context.events.send(Severity::kError, stall->reason, stall->message, facts);
    return true;
  }
  const auto* wait = std::get_if<Wait>(&outcome);
  if (wait == nullptr) return false;
  if (wait->reason == api::reason::kProgressing) {
    mark_progressing(status, wait->message, now);
    return true;
  }
  const bool is_news = !says(status, "False", wait->reason, wait->message);
  mark_unready(status, rules, wait->condition, wait->reason, wait->message, rules.waiting_is_reconciling, now);
  if (is_news && wait->telling == Telling::kNews) {
    context.events.send(Severity::kInfo, wait->reason, text::cat(rules.wait_prefix, wait->message), facts);
  }
  return true;
}

}  // namespace weir::runtime
