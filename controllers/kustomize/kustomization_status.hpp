#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/kustomize/v1/kustomization.hpp"
#include "pkg/base/time.hpp"
#include "pkg/runtime/outcome.hpp"
#include "pkg/sources/sources.hpp"

/// The condition vocabulary of a Kustomization: how a pass reads while it runs and when it ends.  Threads: any, pure.
namespace weir::kustomize_controller {

using api::kustomize::Kustomization;

void mark_healthy(Kustomization& object, const std::string& message, WallTime now);
void mark_unhealthy(Kustomization& object, const std::string& message, WallTime now);
void mark_health_unknown(Kustomization& object, const std::string& message, WallTime now);
void remove_health(Kustomization& object);

/// Somebody else writes objects of this Kustomization. @returns whether that is news
bool mark_conflict(Kustomization& object, const std::string& message, WallTime now);
void remove_conflict(Kustomization& object);

/// Adds an outcome to the history: equal digest and status share an entry, the newest comes first, five are kept.
void remember(
    Kustomization& object,
    const std::string& digest,
    std::string_view status,
    std::string_view revision,
    std::chrono::nanoseconds took,
    WallTime now
);

/// The field that this version refuses by name, if the spec uses one.
std::optional<runtime::Stall> unsupported_field(
    const api::kustomize::KustomizationSpec& spec, const sources::Sources& sources
);

}  // namespace weir::kustomize_controller
