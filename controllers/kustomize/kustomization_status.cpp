#include "controllers/kustomize/kustomization_status.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/runtime/conditions.hpp"

namespace weir::kustomize_controller {
namespace {

namespace condition = api::kustomize::condition;
namespace reason = api::kustomize::reason;

constexpr std::size_t kLongestHistory = 5;

void set(
    Kustomization& object,
    std::string_view type,
    std::string_view status,
    std::string_view why,
    const std::string& message,
    WallTime now
) {
  runtime::set_condition(object.status.conditions, type, status, why, message, object.metadata.generation, now);
}

void remove(Kustomization& object, std::string_view type) { runtime::remove_condition(object.status.conditions, type); }

}  // namespace

void mark_healthy(Kustomization& object, const std::string& message, WallTime now) {
  // A time in the message would make every check a write: it is told once, when health begins.
  if (api::is_condition_true(object.status.conditions, condition::kHealthy)) return;
  set(object, condition::kHealthy, "True", api::reason::kSucceeded, message, now);
}

void mark_unhealthy(Kustomization& object, const std::string& message, WallTime now) {
  set(object, condition::kHealthy, "False", reason::kHealthCheckFailed, message, now);
}

void mark_health_unknown(Kustomization& object, const std::string& message, WallTime now) {
  set(object, condition::kHealthy, "Unknown", api::reason::kProgressing, message, now);
}

void remove_health(Kustomization& object) { remove(object, condition::kHealthy); }

bool mark_conflict(Kustomization& object, const std::string& message, WallTime now) {
  const auto* known = api::find_condition(object.status.conditions, condition::kConflict);
  const bool is_news = known == nullptr || known->message != message;
  set(object, condition::kConflict, "True", reason::kMultipleWriters, message, now);
  return is_news;
}

void remove_conflict(Kustomization& object) { remove(object, condition::kConflict); }

void remember(
    Kustomization& object,
    const std::string& digest,
    std::string_view status,
    std::string_view revision,
    std::chrono::nanoseconds took,
    WallTime now
) {
  auto& history = object.status.history;
  const auto at = std::ranges::find_if(history, [&](const auto& entry) {
    return entry.digest == digest && entry.last_reconciled_status == status;
  });
  api::kustomize::HistoryEntry entry;
  if (at != history.end()) {
    entry = std::move(*at);
    history.erase(at);
  } else {
    entry.digest = digest;
    entry.first_reconciled = to_rfc3339(now);
    entry.last_reconciled_status = status;
  }
  entry.last_reconciled = to_rfc3339(now);
  entry.last_reconciled_duration = to_string(Duration{std::chrono::round<Milliseconds>(took)});
  ++entry.total_reconciliations;
  entry.metadata["revision"] = revision;
  history.insert(history.begin(), std::move(entry));
  if (history.size() > kLongestHistory) history.resize(kLongestHistory);
}

std::optional<runtime::Stall> unsupported_field(
    const api::kustomize::KustomizationSpec& spec, const sources::Sources& sources
) {
  const auto refuse = [](std::string_view field) {
    return runtime::Stall{
        api::reason::kFieldNotSupported, text::cat(field, " is not supported by this version of Weir")};
  };
  if (spec.decryption) return refuse("spec.decryption");
  if (spec.kube_config) return refuse("spec.kubeConfig");
  if (!spec.health_check_exprs.empty()) return refuse("spec.healthCheckExprs");
  if (!spec.ignore.empty()) return refuse("spec.ignore");
  for (const auto& dependency : spec.depends_on) {
    if (!dependency.ready_expr.empty()) return refuse("spec.dependsOn.readyExpr");
  }
  if (!sources.serves(spec.source_ref.kind)) {
    return runtime::Stall{
        api::reason::kFieldNotSupported,
        text::cat(
            "spec.sourceRef.kind: ", text::quoted(spec.source_ref.kind), " is not supported by this version of Weir"
        )};
  }
  return std::nullopt;
}

}  // namespace weir::kustomize_controller
