#include "pkg/runtime/summary.hpp"

#include <optional>
#include <variant>

#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

namespace condition = api::condition;

void set(
    StatusParts status, std::string_view type, std::string_view value, std::string_view reason, const std::string& message, WallTime now
) {
  set_condition(status.conditions, type, value, reason, message, status.metadata.generation, now);
}

bool says(StatusParts status, std::string_view reason, std::string_view message) {
  const auto* ready = api::find_condition(status.conditions, condition::kReady);
  return ready != nullptr && ready->is_false() && ready->reason == reason && ready->message == condition_message(message);
}

}  // namespace

void mark_ready(StatusParts status, std::string message, WallTime now) {
  remove_condition(status.conditions, condition::kReconciling);
  remove_condition(status.conditions, condition::kStalled);
  set(status, condition::kReady, "True", api::reason::kSucceeded, message, now);
  status.observed_generation = status.metadata.generation;
}

void mark_failed(StatusParts status, std::string_view reason, const std::string& message, WallTime now) {
  remove_condition(status.conditions, condition::kStalled);
  set(status, condition::kReconciling, "True", api::reason::kProgressingWithRetry, message, now);
  set(status, condition::kReady, "False", reason, message, now);
}

void mark_stalled(StatusParts status, std::string_view reason, const std::string& message, WallTime now) {
  remove_condition(status.conditions, condition::kReconciling);
  set(status, condition::kStalled, "True", reason, message, now);
  set(status, condition::kReady, "False", reason, message, now);
  status.observed_generation = status.metadata.generation;
}

std::string status_refused_message(const kube::ApiError& error) {
  constexpr std::size_t kLongestBytes = 1024;  // it may quote all of what it refuses
  return text::cat("the API server refuses the status of the last pass: ", text::shortened(error.what(), kLongestBytes));
}

bool mark_refused(StatusParts status, const std::string& message, WallTime now) {
  const bool is_news = !says(status, api::reason::kStatusRefused, message);
  mark_failed(status, api::reason::kStatusRefused, message, now);
  return is_news;
}

bool conclude_problem(
    Context& context, StatusParts status, const Conclusion& conclusion, std::string_view fallback_reason
) {
  const auto now = context.clock.wall_now();
  std::string reason{fallback_reason};
  std::string message;
  auto severity = Severity::kError;
  bool stalled = false;
  if (conclusion.failure) {
    try {
      std::rethrow_exception(conclusion.failure);
    } catch (const ReasonedError& failure) {
      reason = failure.reason();
      message = failure.what();
    } catch (...) {
      message = async::describe(conclusion.failure);
    }
  } else if (const auto* wait = std::get_if<Wait>(&conclusion.outcome)) {
    reason = wait->reason;
    message = wait->message;
    severity = wait->severity;
  } else if (const auto* stall = std::get_if<Stall>(&conclusion.outcome)) {
    reason = stall->reason;
    message = stall->message;
    stalled = true;
  } else {
    return false;
  }
  const bool is_news = !says(status, reason, message);
  if (stalled) {
    mark_stalled(status, reason, message, now);
  } else {
    mark_failed(status, reason, message, now);
  }
  if (is_news) context.events.send(severity, reason, message);
  return true;
}

}  // namespace weir::runtime
