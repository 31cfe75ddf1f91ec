#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/base/duration.hpp"
#include "pkg/kube/object.hpp"

namespace weir::ssa {

enum class HealthStatus { kCurrent, kInProgress, kFailed, kTerminating, kNotFound, kUnknown };
/// kstatus' words: "Current", "InProgress", ...
std::string_view to_string(HealthStatus status);

struct Health {
  HealthStatus status = HealthStatus::kUnknown;
  std::string message;  ///< what it waits for; free of times, so that equal states stay equal
  /// Hopeless when it stays so for this long: the caller's own clock tells, not the object's times.
  std::optional<Milliseconds> fails_after = std::nullopt;
};

/// Whether an object has reached what its spec asks for.
/// Source: the rules of kstatus and Flux's reader for Jobs (docs/upstream-rules.md, "Health").
/// Threads: any, pure.
Health compute_health(const kube::Object& object);

}  // namespace weir::ssa
