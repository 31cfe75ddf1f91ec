#pragma once

#include <cstdint>
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

/// HelmRelease: a chart with values, kept installed as a release of Helm's.
/// Source of fields and names: Flux's helm.toolkit.fluxcd.io/v2, v2beta2 and v2beta1.
namespace weir::api::helm {

using Duration = weir::Duration;

/// A source or a chart, perhaps of another namespace.
struct CrossNamespaceReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string namespace_;
};
template <class Fields>
void describe(Fields& fields, CrossNamespaceReference& reference) {
  fields.optional("apiVersion", reference.api_version);
  fields.required("kind", reference.kind);
  fields.required("name", reference.name);
  fields.optional("namespace", reference.namespace_);
}

struct ChartVerification {
  std::string provider{"cosign"};
  std::optional<LocalObjectReference> secret_ref;
};
template <class Fields>
void describe(Fields& fields, ChartVerification& verify) {
  fields.defaulted("provider", verify.provider);
  fields.optional("secretRef", verify.secret_ref);
}

struct ChartTemplateMetadata {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};
template <class Fields>
void describe(Fields& fields, ChartTemplateMetadata& metadata) {
  fields.optional("labels", metadata.labels);
  fields.optional("annotations", metadata.annotations);
}

struct ChartTemplateSpec {
  std::string chart;  ///< its name in the repository, or a path in the source
  std::string version{"*"};
  CrossNamespaceReference source_ref;
  std::optional<Duration> interval;
  std::string reconcile_strategy{"ChartVersion"};
  std::string values_file;  ///< v2beta2 and before, first of the files
  std::vector<std::string> values_files;
  bool ignore_missing_values_files = false;
  std::optional<ChartVerification> verify;
};
template <class Fields>
void describe(Fields& fields, ChartTemplateSpec& spec) {
  fields.required("chart", spec.chart);
  fields.defaulted("version", spec.version);
  fields.required("sourceRef", spec.source_ref);
  fields.optional("interval", spec.interval);
  fields.defaulted("reconcileStrategy", spec.reconcile_strategy);
  fields.optional("valuesFile", spec.values_file);
  fields.optional("valuesFiles", spec.values_files);
  fields.optional("ignoreMissingValuesFiles", spec.ignore_missing_values_files);
  fields.optional("verify", spec.verify);
}

/// The HelmChart that is made for a release.
struct ChartTemplate {
  std::optional<ChartTemplateMetadata> metadata;
  ChartTemplateSpec spec;
};
template <class Fields>
void describe(Fields& fields, ChartTemplate& chart) {
  fields.optional("metadata", chart.metadata);
  fields.required("spec", chart.spec);
}

struct ValuesReference {
  std::string kind;
  std::string name;
  std::string values_key;   ///< "values.yaml" when empty
  std::string target_path;  ///< empty: the text is YAML that is merged
  bool optional = false;
  bool literal = false;
};
template <class Fields>
void describe(Fields& fields, ValuesReference& reference) {
  fields.required("kind", reference.kind);
  fields.required("name", reference.name);
  fields.optional("valuesKey", reference.values_key);
  fields.optional("targetPath", reference.target_path);
  fields.optional("optional", reference.optional);
  fields.optional("literal", reference.literal);
}

struct KustomizePostRenderer {
  std::vector<Patch> patches;
  std::vector<json::Value> patches_strategic_merge;  ///< v2beta2 and before
  std::vector<JsonPatch> patches_json6902;           ///< v2beta2 and before
  std::vector<Image> images;
};
template <class Fields>
void describe(Fields& fields, KustomizePostRenderer& renderer) {
  fields.optional("patches", renderer.patches);
  fields.optional("patchesStrategicMerge", renderer.patches_strategic_merge);
  fields.optional("patchesJson6902", renderer.patches_json6902);
  fields.optional("images", renderer.images);
}

struct PostRenderer {
  std::optional<KustomizePostRenderer> kustomize;
};
template <class Fields>
void describe(Fields& fields, PostRenderer& renderer) {
  fields.optional("kustomize", renderer.kustomize);
}

struct WaitStrategy {
  std::string name;  ///< poller, legacy
};
template <class Fields>
void describe(Fields& fields, WaitStrategy& strategy) {
  fields.required("name", strategy.name);
}

struct DriftDetection {
  std::string mode;  ///< enabled, warn, disabled (when empty)
  std::vector<IgnoreRule> ignore;
};
template <class Fields>
void describe(Fields& fields, DriftDetection& drift) {
  fields.optional("mode", drift.mode);
  fields.optional("ignore", drift.ignore);
}

struct ActionStrategy {
  std::string name;  ///< RemediateOnFailure, RetryOnFailure
  std::optional<Duration> retry_interval;
};
template <class Fields>
void describe(Fields& fields, ActionStrategy& strategy) {
  fields.required("name", strategy.name);
  fields.optional("retryInterval", strategy.retry_interval);
}

struct Remediation {
  std::int64_t retries = 0;  ///< negative: for ever
  std::optional<bool> ignore_test_failures;
  std::optional<bool> remediate_last_failure;
  std::string strategy;  ///< of an upgrade: rollback (when empty), uninstall
};
struct InstallRemediation : Remediation {};
template <class Fields>
void describe(Fields& fields, InstallRemediation& remediation) {
  fields.optional("retries", remediation.retries);
  fields.optional("ignoreTestFailures", remediation.ignore_test_failures);
  fields.optional("remediateLastFailure", remediation.remediate_last_failure);
}
struct UpgradeRemediation : Remediation {};
template <class Fields>
void describe(Fields& fields, UpgradeRemediation& remediation) {
  fields.optional("retries", remediation.retries);
  fields.optional("ignoreTestFailures", remediation.ignore_test_failures);
  fields.optional("remediateLastFailure", remediation.remediate_last_failure);
  fields.optional("strategy", remediation.strategy);
}

struct Install {
  std::optional<Duration> timeout;
  std::optional<ActionStrategy> strategy;
  std::optional<InstallRemediation> remediation;
  bool disable_take_ownership = false;
  bool disable_wait = false;
  bool disable_wait_for_jobs = false;
  bool disable_hooks = false;
  bool disable_open_api_validation = false;
  bool disable_schema_validation = false;
  bool replace = false;
  bool skip_crds = false;
  std::string crds;
  bool create_namespace = false;
  std::optional<bool> server_side_apply;
};
template <class Fields>
void describe(Fields& fields, Install& install) {
  fields.optional("timeout", install.timeout);
  fields.optional("strategy", install.strategy);
  fields.optional("remediation", install.remediation);
  fields.optional("disableTakeOwnership", install.disable_take_ownership);
  fields.optional("disableWait", install.disable_wait);
  fields.optional("disableWaitForJobs", install.disable_wait_for_jobs);
  fields.optional("disableHooks", install.disable_hooks);
  fields.optional("disableOpenAPIValidation", install.disable_open_api_validation);
  fields.optional("disableSchemaValidation", install.disable_schema_validation);
  fields.optional("replace", install.replace);
  fields.optional("skipCRDs", install.skip_crds);
  fields.optional("crds", install.crds);
  fields.optional("createNamespace", install.create_namespace);
  fields.optional("serverSideApply", install.server_side_apply);
}

struct Upgrade {
  std::optional<Duration> timeout;
  std::optional<ActionStrategy> strategy;
  std::optional<UpgradeRemediation> remediation;
  bool disable_take_ownership = false;
  bool disable_wait = false;
  bool disable_wait_for_jobs = false;
  bool disable_hooks = false;
  bool disable_open_api_validation = false;
  bool disable_schema_validation = false;
  bool force = false;
  bool preserve_values = false;
  bool cleanup_on_fail = false;
  std::string crds;
  std::string server_side_apply;           ///< enabled, disabled, auto (when empty)
  std::string chart_name_change_strategy;  ///< InPlaceUpdate, Reinstall (when empty)
};
template <class Fields>
void describe(Fields& fields, Upgrade& upgrade) {
  fields.optional("timeout", upgrade.timeout);
  fields.optional("strategy", upgrade.strategy);
  fields.optional("remediation", upgrade.remediation);
  fields.optional("disableTakeOwnership", upgrade.disable_take_ownership);
  fields.optional("disableWait", upgrade.disable_wait);
  fields.optional("disableWaitForJobs", upgrade.disable_wait_for_jobs);
  fields.optional("disableHooks", upgrade.disable_hooks);
  fields.optional("disableOpenAPIValidation", upgrade.disable_open_api_validation);
  fields.optional("disableSchemaValidation", upgrade.disable_schema_validation);
  fields.optional("force", upgrade.force);
  fields.optional("preserveValues", upgrade.preserve_values);
  fields.optional("cleanupOnFail", upgrade.cleanup_on_fail);
  fields.optional("crds", upgrade.crds);
  fields.optional("serverSideApply", upgrade.server_side_apply);
  fields.optional("chartNameChangeStrategy", upgrade.chart_name_change_strategy);
}

struct TestFilter {
  std::string name;
  bool exclude = false;
};
template <class Fields>
void describe(Fields& fields, TestFilter& filter) {
  fields.required("name", filter.name);
  fields.optional("exclude", filter.exclude);
}

struct Test {
  bool enable = false;
  std::optional<Duration> timeout;
  bool ignore_failures = false;
  std::vector<TestFilter> filters;
};
template <class Fields>
void describe(Fields& fields, Test& test) {
  fields.optional("enable", test.enable);
  fields.optional("timeout", test.timeout);
  fields.optional("ignoreFailures", test.ignore_failures);
  fields.optional("filters", test.filters);
}

struct Rollback {
  std::optional<Duration> timeout;
  bool disable_wait = false;
  bool disable_wait_for_jobs = false;
  bool disable_hooks = false;
  bool recreate = false;  ///< without effect
  bool force = false;
  bool cleanup_on_fail = false;
  std::string server_side_apply;
};
template <class Fields>
void describe(Fields& fields, Rollback& rollback) {
  fields.optional("timeout", rollback.timeout);
  fields.optional("disableWait", rollback.disable_wait);
  fields.optional("disableWaitForJobs", rollback.disable_wait_for_jobs);
  fields.optional("disableHooks", rollback.disable_hooks);
  fields.optional("recreate", rollback.recreate);
  fields.optional("force", rollback.force);
  fields.optional("cleanupOnFail", rollback.cleanup_on_fail);
  fields.optional("serverSideApply", rollback.server_side_apply);
}

struct Uninstall {
  std::optional<Duration> timeout;
  bool disable_hooks = false;
  bool keep_history = false;
  bool disable_wait = false;
  std::string deletion_propagation{"background"};
};
template <class Fields>
void describe(Fields& fields, Uninstall& uninstall) {
  fields.optional("timeout", uninstall.timeout);
  fields.optional("disableHooks", uninstall.disable_hooks);
  fields.optional("keepHistory", uninstall.keep_history);
  fields.optional("disableWait", uninstall.disable_wait);
  fields.defaulted("deletionPropagation", uninstall.deletion_propagation);
}

struct HelmReleaseSpec {
  std::optional<ChartTemplate> chart;
  std::optional<CrossNamespaceReference> chart_ref;
  Duration interval;
  std::optional<KubeConfigReference> kube_config;
  bool suspend = false;
  std::string release_name;
  std::string target_namespace;
  std::string storage_namespace;
  std::vector<DependencyReference> depends_on;
  std::optional<Duration> timeout;
  std::optional<std::int64_t> max_history;
  std::string service_account_name;
  std::optional<bool> persistent_client;  ///< without effect: there is one client
  std::optional<DriftDetection> drift_detection;
  std::optional<Install> install;
  std::optional<Upgrade> upgrade;
  std::optional<Test> test;
  std::optional<Rollback> rollback;
  std::optional<Uninstall> uninstall;
  std::vector<ValuesReference> values_from;
  json::Value values;
  std::optional<CommonMetadata> common_metadata;
  std::vector<PostRenderer> post_renderers;
  std::string post_render_strategy;
  std::optional<WaitStrategy> wait_strategy;
  std::vector<HealthCheckExpr> health_check_exprs;
};
template <class Fields>
void describe(Fields& fields, HelmReleaseSpec& spec) {
  fields.optional("chart", spec.chart);
  fields.optional("chartRef", spec.chart_ref);
  fields.required("interval", spec.interval);
  fields.optional("kubeConfig", spec.kube_config);
  fields.optional("suspend", spec.suspend);
  fields.optional("releaseName", spec.release_name);
  fields.optional("targetNamespace", spec.target_namespace);
  fields.optional("storageNamespace", spec.storage_namespace);
  fields.optional("dependsOn", spec.depends_on);
  fields.optional("timeout", spec.timeout);
  fields.optional("maxHistory", spec.max_history);
  fields.optional("serviceAccountName", spec.service_account_name);
  fields.optional("persistentClient", spec.persistent_client);
  fields.optional("driftDetection", spec.drift_detection);
  fields.optional("install", spec.install);
  fields.optional("upgrade", spec.upgrade);
  fields.optional("test", spec.test);
  fields.optional("rollback", spec.rollback);
  fields.optional("uninstall", spec.uninstall);
  fields.optional("valuesFrom", spec.values_from);
  fields.optional("values", spec.values);
  fields.optional("commonMetadata", spec.common_metadata);
  fields.optional("postRenderers", spec.post_renderers);
  fields.optional("postRenderStrategy", spec.post_render_strategy);
  fields.optional("waitStrategy", spec.wait_strategy);
  fields.optional("healthCheckExprs", spec.health_check_exprs);
}

struct TestHookStatus {
  std::string last_started;
  std::string last_completed;
  std::string phase;
};
template <class Fields>
void describe(Fields& fields, TestHookStatus& hook) {
  fields.optional("lastStarted", hook.last_started);
  fields.optional("lastCompleted", hook.last_completed);
  fields.optional("phase", hook.phase);
}

/// What is remembered of one revision of the release.
struct Snapshot {
  std::string api_version;
  std::string digest;
  std::string name;
  std::string namespace_;
  std::int64_t version = 0;
  std::string status;
  std::string action;
  std::string chart_name;
  std::string chart_version;
  std::string app_version;
  std::string config_digest;
  std::string first_deployed;
  std::string last_deployed;
  std::string deleted;
  std::optional<std::map<std::string, TestHookStatus>> test_hooks;  ///< nullopt: tests never ran
  std::string oci_digest;
};
template <class Fields>
void describe(Fields& fields, Snapshot& snapshot) {
  fields.optional("apiVersion", snapshot.api_version);
  fields.required("digest", snapshot.digest);
  fields.required("name", snapshot.name);
  fields.required("namespace", snapshot.namespace_);
  fields.required("version", snapshot.version);
  fields.required("status", snapshot.status);
  fields.optional("action", snapshot.action);
  fields.required("chartName", snapshot.chart_name);
  fields.required("chartVersion", snapshot.chart_version);
  fields.optional("appVersion", snapshot.app_version);
  fields.required("configDigest", snapshot.config_digest);
  fields.required("firstDeployed", snapshot.first_deployed);
  fields.required("lastDeployed", snapshot.last_deployed);
  fields.optional("deleted", snapshot.deleted);
  fields.optional("testHooks", snapshot.test_hooks);
  fields.optional("ociDigest", snapshot.oci_digest);
}

struct HelmReleaseStatus {
  std::int64_t observed_generation = -1;
  std::string observed_post_renderers_digest;
  std::string observed_common_metadata_digest;
  std::int64_t last_attempted_generation = 0;
  std::vector<Condition> conditions;
  std::string helm_chart;  ///< "namespace/name"
  std::string storage_namespace;
  std::vector<Snapshot> history;  ///< newest first
  std::optional<Inventory> inventory;
  std::string last_attempted_release_action;
  std::string last_attempted_release_action_duration;
  std::int64_t failures = 0;
  std::int64_t install_failures = 0;
  std::int64_t upgrade_failures = 0;
  std::string last_applied_revision;  ///< v2beta2 and before, not written
  std::string last_attempted_revision;
  std::string last_attempted_revision_digest;
  std::string last_attempted_values_checksum;  ///< not written
  std::int64_t last_release_revision = 0;      ///< not written
  std::string last_attempted_config_digest;
  std::string last_handled_reconcile_at;
  std::string last_handled_force_at;
  std::string last_handled_reset_at;
};
template <class Fields>
void describe(Fields& fields, HelmReleaseStatus& status) {
  fields.optional("observedGeneration", status.observed_generation);
  fields.optional("observedPostRenderersDigest", status.observed_post_renderers_digest);
  fields.optional("observedCommonMetadataDigest", status.observed_common_metadata_digest);
  fields.optional("lastAttemptedGeneration", status.last_attempted_generation);
  fields.optional("conditions", status.conditions);
  fields.optional("helmChart", status.helm_chart);
  fields.optional("storageNamespace", status.storage_namespace);
  fields.optional("history", status.history);
  fields.optional("inventory", status.inventory);
  fields.optional("lastAttemptedReleaseAction", status.last_attempted_release_action);
  fields.optional("lastAttemptedReleaseActionDuration", status.last_attempted_release_action_duration);
  fields.optional("failures", status.failures);
  fields.optional("installFailures", status.install_failures);
  fields.optional("upgradeFailures", status.upgrade_failures);
  fields.optional("lastAppliedRevision", status.last_applied_revision);
  fields.optional("lastAttemptedRevision", status.last_attempted_revision);
  fields.optional("lastAttemptedRevisionDigest", status.last_attempted_revision_digest);
  fields.optional("lastAttemptedValuesChecksum", status.last_attempted_values_checksum);
  fields.optional("lastReleaseRevision", status.last_release_revision);
  fields.optional("lastAttemptedConfigDigest", status.last_attempted_config_digest);
  fields.optional("lastHandledReconcileAt", status.last_handled_reconcile_at);
  fields.optional("lastHandledForceAt", status.last_handled_force_at);
  fields.optional("lastHandledResetAt", status.last_handled_reset_at);
}

struct HelmRelease {
  static constexpr KindNames kNames{"helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"};
  ObjectMeta metadata;
  HelmReleaseSpec spec;
  HelmReleaseStatus status;
};
template <class Fields>
void describe(Fields& fields, HelmRelease& object) {
  describe_object(fields, object);
}

/// Condition types besides Ready, Reconciling and Stalled.
namespace condition {
inline constexpr std::string_view kReleased = "Released";
inline constexpr std::string_view kRemediated = "Remediated";
inline constexpr std::string_view kTestSuccess = "TestSuccess";
inline constexpr std::string_view kDrifted = "Drifted";
}  // namespace condition

namespace reason {
inline constexpr std::string_view kInstallSucceeded = "InstallSucceeded";
inline constexpr std::string_view kInstallFailed = "InstallFailed";
inline constexpr std::string_view kUpgradeSucceeded = "UpgradeSucceeded";
inline constexpr std::string_view kUpgradeFailed = "UpgradeFailed";
inline constexpr std::string_view kTestSucceeded = "TestSucceeded";
inline constexpr std::string_view kTestFailed = "TestFailed";
inline constexpr std::string_view kAwaitingTests = "AwaitingTests";
inline constexpr std::string_view kRollbackSucceeded = "RollbackSucceeded";
inline constexpr std::string_view kRollbackFailed = "RollbackFailed";
inline constexpr std::string_view kUninstallSucceeded = "UninstallSucceeded";
inline constexpr std::string_view kUninstallFailed = "UninstallFailed";
inline constexpr std::string_view kPendingRelease = "PendingRelease";
inline constexpr std::string_view kDriftDetected = "DriftDetected";
inline constexpr std::string_view kDriftCorrected = "DriftCorrected";
inline constexpr std::string_view kDriftCorrectionFailed = "DriftCorrectionFailed";
inline constexpr std::string_view kNoDriftDetected = "NoDriftDetected";
inline constexpr std::string_view kArtifactFailed = "ArtifactFailed";
inline constexpr std::string_view kSourceNotReady = "SourceNotReady";
inline constexpr std::string_view kDependencyNotReady = "DependencyNotReady";
inline constexpr std::string_view kValuesError = "ValuesError";
inline constexpr std::string_view kChartMutateError = "ChartMutateError";
inline constexpr std::string_view kRestClientError = "RESTClientError";
inline constexpr std::string_view kStateError = "StateError";
inline constexpr std::string_view kRetriesExceeded = "RetriesExceeded";
inline constexpr std::string_view kMissingRollbackTarget = "MissingRollbackTarget";
inline constexpr std::string_view kReconcileError = "ReconcileError";
inline constexpr std::string_view kReconciliationFailed = "ReconciliationFailed";
inline constexpr std::string_view kAccessDenied = "AccessDenied";
inline constexpr std::string_view kUninstallGuarded = "UninstallGuarded";  ///< ours
inline constexpr std::string_view kHelmChartCreated = "HelmChartCreated";
inline constexpr std::string_view kHelmChartConfigured = "HelmChartConfigured";
inline constexpr std::string_view kHelmChartDeleted = "HelmChartDeleted";
inline constexpr std::string_view kHelmChartSyncErr = "HelmChartSyncErr";
}  // namespace reason

}  // namespace weir::api::helm
