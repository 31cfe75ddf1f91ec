#include "pkg/ssa/health.hpp"

#include <array>
#include <cstdint>
#include <optional>

#include "pkg/base/text.hpp"
#include "pkg/kube/resource.hpp"

namespace weir::ssa {
namespace {

using kube::Object;

/// How long a scheduler may look for a node.  Source: docs/upstream-rules.md, "Health".
constexpr Milliseconds kScheduleWindow{15'000};

Health current() { return {HealthStatus::kCurrent, "", {}}; }
Health in_progress(std::string message) { return {HealthStatus::kInProgress, std::move(message), {}}; }
Health failed(std::string message) { return {HealthStatus::kFailed, std::move(message), {}}; }

std::int64_t number(const Object& object, std::initializer_list<std::string_view> path, std::int64_t fallback = 0) {
  const auto* value = object.document().find_path(path);
  return value != nullptr ? value->integer().value_or(fallback) : fallback;
}

const json::Value* condition(const Object& object, std::string_view type) {
  const auto* conditions = object.document().find_path({"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const auto& candidate : conditions->as_array()) {
    if (candidate.text_at({"type"}) == type) return &candidate;
  }
  return nullptr;
}

bool has_condition(const Object& object, std::string_view type, std::string_view status) {
  const auto* found = condition(object, type);
  return found != nullptr && found->text_at({"status"}) == status;
}

std::string message_of(const Object& object, std::string_view type) {
  const auto* found = condition(object, type);
  return found != nullptr ? std::string{found->text_at({"message"})} : "";
}

std::string counted(std::string_view what, std::int64_t have, std::int64_t want) {
  return text::cat(what, ": ", have, "/", want);
}

Health deployment(const Object& object) {
  const auto* progressing = condition(object, "Progressing");
  if (progressing != nullptr && progressing->text_at({"reason"}) == "ProgressDeadlineExceeded") {
    return failed("Progress deadline exceeded");
  }
  const auto want = number(object, {"spec", "replicas"}, 1);
  const auto have = number(object, {"status", "replicas"});
  const auto updated = number(object, {"status", "updatedReplicas"});
  const auto ready = number(object, {"status", "readyReplicas"});
  const auto available = number(object, {"status", "availableReplicas"});
  if (have < want) return in_progress(counted("Replicas", have, want));
  if (updated < want) return in_progress(counted("Updated", updated, want));
  if (have > want) return in_progress(text::cat("Pending termination: ", have - want));
  if (updated > available) return in_progress(counted("Available", available, updated));
  if (ready < want) return in_progress(counted("Ready", ready, want));
  if (progressing != nullptr && progressing->text_at({"reason"}) != "NewReplicaSetAvailable") {
    return in_progress("ReplicaSet not Available");
  }
  if (!has_condition(object, "Available", "True")) return in_progress("Deployment not Available");
  return current();
}

Health stateful_set(const Object& object) {
  if (object.document().text_at({"spec", "updateStrategy", "type"}) == "OnDelete") return current();
  const auto want = number(object, {"spec", "replicas"}, 1);
  const auto have = number(object, {"status", "replicas"});
  const auto ready = number(object, {"status", "readyReplicas"});
  const auto at_current = number(object, {"status", "currentReplicas"});
  const auto updated = number(object, {"status", "updatedReplicas"});
  const auto partition = number(object, {"spec", "updateStrategy", "rollingUpdate", "partition"}, -1);
  if (want > have) return in_progress(counted("Replicas", have, want));
  if (want > ready) return in_progress(counted("Ready", ready, want));
  if (have > want) return in_progress(text::cat("Pending termination: ", have - want));
  if (partition > 0) {
    if (updated < want - partition) return in_progress(counted("Partition rollout", updated, want - partition));
    return current();
  }
  if (want > at_current) return in_progress(counted("current", at_current, want));
  const auto& document = object.document();
  if (document.text_at({"status", "currentRevision"}) != document.text_at({"status", "updateRevision"})) {
    return in_progress("Waiting for updated revision to match current");
  }
  return current();
}

Health daemon_set(const Object& object) {
  const auto* desired = object.document().find_path({"status", "desiredNumberScheduled"});
  if (object.document().find_path({"status", "observedGeneration"}) == nullptr || desired == nullptr) {
    return in_progress("Missing .status.desiredNumberScheduled");
  }
  const auto want = desired->integer().value_or(0);
  const auto scheduled = number(object, {"status", "currentNumberScheduled"});
  const auto updated = number(object, {"status", "updatedNumberScheduled"});
  const auto available = number(object, {"status", "numberAvailable"});
  const auto ready = number(object, {"status", "numberReady"});
  if (scheduled < want) return in_progress(counted("Current", scheduled, want));
  if (updated < want) return in_progress(counted("Updated", updated, want));
  if (available < want) return in_progress(counted("Available", available, want));
  if (ready < want) return in_progress(counted("Ready", ready, want));
  return current();
}

Health replica_set(const Object& object) {
  if (has_condition(object, "ReplicaFailure", "True")) {
    return in_progress(text::cat("Replica Failure condition: ", message_of(object, "ReplicaFailure")));
  }
  const auto want = number(object, {"spec", "replicas"}, 1);
  const auto have = number(object, {"status", "replicas"});
  const auto labelled = number(object, {"status", "fullyLabeledReplicas"});
  const auto available = number(object, {"status", "availableReplicas"});
  const auto ready = number(object, {"status", "readyReplicas"});
  if (want > labelled) return in_progress(counted("Labelled", labelled, want));
  if (want > available) return in_progress(counted("Available", available, want));
  if (want > ready) return in_progress(counted("Ready", ready, want));
  if (have > want) return in_progress(text::cat("Pending termination: ", have - want));
  return current();
}

/// The first container whose waiting reason says that it will not start by itself.
std::optional<std::string> hopeless_container(const Object& pod) {
  for (const auto* list : {"initContainerStatuses", "containerStatuses"}) {
    const auto* statuses = pod.document().find_path({"status", list});
    if (statuses == nullptr || !statuses->is_array()) continue;
    for (const auto& status : statuses->as_array()) {
      if (status.text_at({"state", "waiting", "reason"}) == "CrashLoopBackOff") {
        return std::string{status.text_at({"name"})};
      }
    }
  }
  return std::nullopt;
}

Health pod(const Object& object) {
  const auto phase = object.document().text_at({"status", "phase"});
  if (phase == "Succeeded") return current();
  if (phase == "Failed") return current();  // as kstatus has it: the pod has come to its end
  if (phase == "Running") {
    if (has_condition(object, "Ready", "True")) return current();
    if (const auto container = hopeless_container(object)) {
      return failed(text::cat("Containers in CrashLoop state: ", *container));
    }
    return in_progress("Pod is running but is not Ready");
  }
  if (phase == "Pending") {
    const auto* scheduled = condition(object, "PodScheduled");
    if (scheduled != nullptr && scheduled->text_at({"reason"}) == "Unschedulable") {
      auto health = in_progress("Pod could not be scheduled");
      health.fails_after = kScheduleWindow;
      return health;
    }
    if (const auto container = hopeless_container(object)) {
      return failed(text::cat("Containers in CrashLoop state: ", *container));
    }
    return in_progress("Pod is in the Pending phase");
  }
  return in_progress("Phase unknown");
}

Health job(const Object& object) {
  if (has_condition(object, "Complete", "True")) return current();
  if (has_condition(object, "Failed", "True")) {
    return failed(text::cat("Job Failed: ", message_of(object, "Failed")));
  }
  if (has_condition(object, "Suspended", "True")) return current();
  return in_progress("Job in progress");
}

Health custom_resource_definition(const Object& object) {
  if (has_condition(object, "NamesAccepted", "False")) {
    return failed(message_of(object, "NamesAccepted"));
  }
  if (has_condition(object, "Established", "True")) return current();
  return in_progress("Install in progress");
}

Health service(const Object& object) {
  const auto& document = object.document();
  const bool needs_ip = document.text_at({"spec", "type"}) == "LoadBalancer";
  if (needs_ip && document.text_at({"spec", "clusterIP"}).empty()) {
    return in_progress("ClusterIP not set. Service type: LoadBalancer");
  }
  return current();
}

Health volume_claim(const Object& object) {
  const auto phase = object.document().text_at({"status", "phase"});
  if (phase == "Bound") return current();
  return in_progress(text::cat("PVC is not Bound. phase: ", phase.empty() ? "unknown" : phase));
}

/// What every object may say of itself. nullopt: nothing that decides.
std::optional<Health> generic(const Object& object) {
  if (object.is_deleting()) return Health{HealthStatus::kTerminating, "Resource scheduled for deletion", {}};
  const auto* observed = object.document().find_path({"status", "observedGeneration"});
  if (observed != nullptr && observed->integer() && *observed->integer() != object.generation()) {
    return in_progress(text::cat(
        object.kind(),
        " generation is ",
        object.generation(),
        ", but latest observed generation is ",
        *observed->integer()
    ));
  }
  if (has_condition(object, "Reconciling", "True")) return in_progress(message_of(object, "Reconciling"));
  if (has_condition(object, "Stalled", "True")) return failed(message_of(object, "Stalled"));
  return std::nullopt;
}

struct Rule {
  std::string_view group;
  std::string_view kind;
  Health (*compute)(const Object&);
};

Health always_current(const Object&) { return current(); }

constexpr std::array kRules{
    Rule{"apps", "Deployment", deployment},
    Rule{"apps", "StatefulSet", stateful_set},
    Rule{"apps", "DaemonSet", daemon_set},
    Rule{"apps", "ReplicaSet", replica_set},
    Rule{"batch", "Job", job},
    Rule{"batch", "CronJob", always_current},
    Rule{"", "Pod", pod},
    Rule{"", "Service", service},
    Rule{"", "PersistentVolumeClaim", volume_claim},
    Rule{"", "Secret", always_current},
    Rule{"", "ConfigMap", always_current},
    Rule{"policy", "PodDisruptionBudget", always_current},
    Rule{"apiextensions.k8s.io", "CustomResourceDefinition", custom_resource_definition},
};

Health by_ready_condition(const Object& object) {
  const auto* ready = condition(object, "Ready");
  if (ready == nullptr || ready->text_at({"status"}) == "True") return current();
  return in_progress(std::string{ready->text_at({"message"})});
}

}  // namespace

std::string_view to_string(HealthStatus status) {
  switch (status) {
    case HealthStatus::kCurrent: return "Current";
    case HealthStatus::kInProgress: return "InProgress";
    case HealthStatus::kFailed: return "Failed";
    case HealthStatus::kTerminating: return "Terminating";
    case HealthStatus::kNotFound: return "NotFound";
    case HealthStatus::kUnknown: return "Unknown";
  }
  return "";
}

Health compute_health(const Object& object) {
  if (auto decided = generic(object)) return *decided;
  const auto group = kube::split_api_version(object.api_version()).group;
  for (const auto& rule : kRules) {
    if (rule.group == group && rule.kind == object.kind()) return rule.compute(object);
  }
  return by_ready_condition(object);
}

}  // namespace weir::ssa
