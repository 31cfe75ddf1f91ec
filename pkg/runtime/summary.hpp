#pragma once

#include <string>
#include <string_view>

#include "api/meta/v1/object_meta.hpp"
#include "pkg/base/time.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/runtime/conditions.hpp"
#include "pkg/runtime/context.hpp"
#include "pkg/runtime/reconciler.hpp"

/// How the end of a pass reads in a kind whose conditions are Ready, Reconciling and Stalled only.  Threads: any, pure.
namespace weir::runtime {

/// What a status has of its own for the conditions.
struct StatusParts {
  const api::ObjectMeta& metadata;
  Conditions& conditions;
  std::int64_t& observed_generation;
};

void mark_ready(StatusParts status, std::string message, WallTime now);
/// Something failed or is missing; it is tried again.
void mark_failed(StatusParts status, std::string_view reason, const std::string& message, WallTime now);
/// Only a new spec can help.
void mark_stalled(StatusParts status, std::string_view reason, const std::string& message, WallTime now);

/// The words for a status that the API server did not take.
std::string status_refused_message(const kube::ApiError& error);
/// The status could not be written. @returns whether Ready says something new by it
bool mark_refused(StatusParts status, const std::string& message, WallTime now);

/// Marks what is no success, with an event when Ready says something new: a registry that is down for a day is one
/// event, not thousands. @returns false for a success, which is the caller's to tell
bool conclude_problem(
    Context& context, StatusParts status, const Conclusion& conclusion, std::string_view fallback_reason
);

}  // namespace weir::runtime
