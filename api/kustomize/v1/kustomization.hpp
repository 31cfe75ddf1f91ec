#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/v1/condition.hpp"
#include "api/meta/v1/health_check_expr.hpp"
#include "api/meta/v1/inventory.hpp"
#include "api/meta/v1/kind.hpp"
#include "api/meta/v1/references.hpp"
#include "api/meta/v1/rendering.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/json/describe.hpp"

/// Kustomization: a folder of a source, built and kept applied.
/// Source of fields and names: Flux's kustomize.toolkit.fluxcd.io/v1 and v1beta2.
namespace weir::api::kustomize {

using Duration = weir::Duration;
using api::CommonMetadata;
using api::DependencyReference;
using api::HealthCheckExpr;
using api::IgnoreRule;
using api::Image;
using api::JsonPatch;
using api::JsonPatchOperation;
using api::KubeConfigReference;
using api::Patch;
using api::Selector;

struct SourceReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string namespace_;
};
template <class Fields>
void describe(Fields& fields, SourceReference& reference) {
  fields.optional("apiVersion", reference.api_version);
  fields.required("kind", reference.kind);
  fields.required("name", reference.name);
  fields.optional("namespace", reference.namespace_);
}

struct HealthCheck {
  std::string api_version{"apps/v1"};
  std::string kind;
  std::string name;
  std::string namespace_;
};
template <class Fields>
void describe(Fields& fields, HealthCheck& check) {
  fields.optional("apiVersion", check.api_version);
  fields.required("kind", check.kind);
  fields.required("name", check.name);
  fields.optional("namespace", check.namespace_);
}

struct SubstituteReference {
  std::string kind;
  std::string name;
  bool optional = false;
};
template <class Fields>
void describe(Fields& fields, SubstituteReference& reference) {
  fields.required("kind", reference.kind);
  fields.required("name", reference.name);
  fields.defaulted("optional", reference.optional);
}

struct PostBuild {
  std::map<std::string, std::string> substitute;
  std::vector<SubstituteReference> substitute_from;
  std::string substitute_strategy{"WithVariables"};
};
template <class Fields>
void describe(Fields& fields, PostBuild& post_build) {
  fields.optional("substitute", post_build.substitute);
  fields.optional("substituteFrom", post_build.substitute_from);
  fields.optional("substituteStrategy", post_build.substitute_strategy);
}

struct Decryption {
  std::string provider;
  std::optional<LocalObjectReference> secret_ref;
  std::string service_account_name;
};
template <class Fields>
void describe(Fields& fields, Decryption& decryption) {
  fields.required("provider", decryption.provider);
  fields.optional("secretRef", decryption.secret_ref);
  fields.optional("serviceAccountName", decryption.service_account_name);
}

struct KustomizationSpec {
  SourceReference source_ref;
  std::string path;
  Duration interval;
  std::optional<Duration> retry_interval;
  std::optional<Duration> timeout;
  bool prune = false;
  std::string deletion_policy;
  bool force = false;
  bool wait = false;
  bool suspend = false;
  std::vector<HealthCheck> health_checks;
  std::vector<HealthCheckExpr> health_check_exprs;
  std::vector<DependencyReference> depends_on;
  std::string target_namespace;
  std::string name_prefix;
  std::string name_suffix;
  std::optional<CommonMetadata> common_metadata;
  std::vector<Patch> patches;
  std::vector<json::Value> patches_strategic_merge;  ///< v1beta2
  std::vector<JsonPatch> patches_json6902;           ///< v1beta2
  std::vector<Image> images;
  std::vector<std::string> components;
  bool ignore_missing_components = false;
  std::vector<std::string> build_metadata;
  std::optional<PostBuild> post_build;
  std::optional<Decryption> decryption;
  std::optional<KubeConfigReference> kube_config;
  std::string service_account_name;
  std::vector<IgnoreRule> ignore;
  std::string validation;  ///< v1beta2, without effect

  /// What a failed pass waits: `retryInterval`, else `interval`.
  Duration retry() const { return retry_interval.value_or(interval); }
  /// For health checks and stage waits: `timeout`, else `interval` less 30 s; never below 30 s.
  Duration effective_timeout() const {
    const auto wanted = timeout ? timeout->length : interval.length - std::chrono::seconds{30};
    return Duration{std::max<std::chrono::nanoseconds>(wanted, std::chrono::seconds{30})};
  }
};
template <class Fields>
void describe(Fields& fields, KustomizationSpec& spec) {
  fields.required("sourceRef", spec.source_ref);
  fields.optional("path", spec.path);
  fields.required("interval", spec.interval);
  fields.optional("retryInterval", spec.retry_interval);
  fields.optional("timeout", spec.timeout);
  fields.required("prune", spec.prune);
  fields.optional("deletionPolicy", spec.deletion_policy);
  fields.optional("force", spec.force);
  fields.optional("wait", spec.wait);
  fields.optional("suspend", spec.suspend);
  fields.optional("healthChecks", spec.health_checks);
  fields.optional("healthCheckExprs", spec.health_check_exprs);
  fields.optional("dependsOn", spec.depends_on);
  fields.optional("targetNamespace", spec.target_namespace);
  fields.optional("namePrefix", spec.name_prefix);
  fields.optional("nameSuffix", spec.name_suffix);
  fields.optional("commonMetadata", spec.common_metadata);
  fields.optional("patches", spec.patches);
  fields.optional("patchesStrategicMerge", spec.patches_strategic_merge);
  fields.optional("patchesJson6902", spec.patches_json6902);
  fields.optional("images", spec.images);
  fields.optional("components", spec.components);
  fields.optional("ignoreMissingComponents", spec.ignore_missing_components);
  fields.optional("buildMetadata", spec.build_metadata);
  fields.optional("postBuild", spec.post_build);
  fields.optional("decryption", spec.decryption);
  fields.optional("kubeConfig", spec.kube_config);
  fields.optional("serviceAccountName", spec.service_account_name);
  fields.optional("ignore", spec.ignore);
  fields.optional("validation", spec.validation);
}

/// One outcome that lasted: equal rendered manifests and equal status share an entry.
struct HistoryEntry {
  std::string digest;
  std::string first_reconciled;
  std::string last_reconciled;
  std::string last_reconciled_duration;
  std::string last_reconciled_status;
  std::int64_t total_reconciliations = 0;
  std::map<std::string, std::string> metadata;
};
template <class Fields>
void describe(Fields& fields, HistoryEntry& entry) {
  fields.required("digest", entry.digest);
  fields.required("firstReconciled", entry.first_reconciled);
  fields.required("lastReconciled", entry.last_reconciled);
  fields.required("lastReconciledDuration", entry.last_reconciled_duration);
  fields.required("lastReconciledStatus", entry.last_reconciled_status);
  fields.required("totalReconciliations", entry.total_reconciliations);
  fields.optional("metadata", entry.metadata);
}

struct KustomizationStatus {
  std::int64_t observed_generation = -1;
  std::vector<Condition> conditions;
  std::string last_applied_revision;
  std::string last_applied_origin_revision;
  std::string last_attempted_revision;
  std::string last_handled_reconcile_at;
  std::optional<Inventory> inventory;
  std::vector<HistoryEntry> history;  ///< newest first, at most 5
};
template <class Fields>
void describe(Fields& fields, KustomizationStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("lastAppliedRevision", status.last_applied_revision);
  fields.optional("lastAppliedOriginRevision", status.last_applied_origin_revision);
  fields.optional("lastAttemptedRevision", status.last_attempted_revision);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
  fields.optional("inventory", status.inventory);
  fields.optional("history", status.history);
}

struct Kustomization {
  static constexpr KindNames kNames{"kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations"};
  ObjectMeta metadata;
  KustomizationSpec spec;
  KustomizationStatus status;
};
template <class Fields>
void describe(Fields& fields, Kustomization& object) {
  describe_object(fields, object);
}

namespace condition {
inline constexpr std::string_view kHealthy = "Healthy";
/// Ours: True while somebody else, another Kustomization or a field manager, writes objects of this one.
inline constexpr std::string_view kConflict = "Conflict";
}  // namespace condition

namespace reason {
inline constexpr std::string_view kReconciliationSucceeded = "ReconciliationSucceeded";
inline constexpr std::string_view kReconciliationFailed = "ReconciliationFailed";
inline constexpr std::string_view kArtifactFailed = "ArtifactFailed";
inline constexpr std::string_view kBuildFailed = "BuildFailed";
inline constexpr std::string_view kPruneFailed = "PruneFailed";
inline constexpr std::string_view kHealthCheckFailed = "HealthCheckFailed";
inline constexpr std::string_view kDependencyNotReady = "DependencyNotReady";
inline constexpr std::string_view kAccessDenied = "AccessDenied";
inline constexpr std::string_view kMultipleWriters = "MultipleWriters";  ///< ours
}  // namespace reason

}  // namespace weir::api::kustomize
