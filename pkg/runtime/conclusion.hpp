#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "api/meta/v1/object_meta.hpp"
#include "pkg/base/time.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/runtime/conditions.hpp"
#include "pkg/runtime/context.hpp"
#include "pkg/runtime/outcome.hpp"

/// How the end of a pass reads in conditions and events, for every kind.  Threads: any, pure.
namespace weir::runtime {

/// What a status has of its own for the conditions.
struct StatusParts {
  const api::ObjectMeta& metadata;
  Conditions& conditions;
  std::int64_t& observed_generation;
};

/// What a kind says in its own way.
struct ConclusionRules {
  explicit ConclusionRules(std::string_view failure_reason_) : failure_reason{failure_reason_} {}
  std::string_view failure_reason;     ///< of a failure that is no step's: a pass that took too long
  std::string_view failure_condition;  ///< the type that tells of it; empty: Ready
  /// Conditions of its own from which Ready is made, in the order in which they count, Stalled included. A failed step
  /// sets the one that it speaks through; the negative ones hold one failure at a time. Empty: Ready speaks for itself.
  std::span<const ConditionRule> ready_rules;
  bool waiting_is_reconciling = true;  ///< whether a Wait is told as work that is tried again
  std::string wait_prefix;             ///< of the event that tells of a Wait
};

/// Work goes on: nobody knows yet how it ends.
void mark_progressing(StatusParts status, const std::string& message, WallTime now);
/// What the spec asks for is so, and nothing of an earlier failure is left. @returns whether Ready says something new
bool mark_ready(
    StatusParts status, const ConclusionRules& rules, std::string_view reason, const std::string& message, WallTime now
);

/// The words for a status that the API server did not take.
std::string status_refused_message(const kube::ApiError& error);
/// The status could not be written. @returns whether Ready says something new by it
bool mark_refused(StatusParts status, const std::string& message, WallTime now);

/// Marks what is no success and tells of it. A failure is an event in every pass: the recorder counts equal ones, and
/// who receives notifications decides what to make of a repetition. A wait is one when it is news.
/// @param facts  for machines, of the events
/// @returns      false for a success, which is the kind's to tell
bool conclude(
    Context& context,
    StatusParts status,
    const ConclusionRules& rules,
    const Outcome& outcome,
    const std::map<std::string, std::string>& facts
);

}  // namespace weir::runtime
