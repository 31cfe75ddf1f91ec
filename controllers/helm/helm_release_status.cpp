#include "controllers/helm/helm_release_status.hpp"

#include <algorithm>
#include <iterator>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/conditions.hpp"

namespace weir::helm_controller {
namespace {

namespace condition = api::helm::condition;
namespace reason = api::helm::reason;

constexpr std::size_t kLongestName = 53;
constexpr std::size_t kKeptOfName = 40;
constexpr std::size_t kHashOfName = 12;

void set(
    HelmRelease& object,
    std::string_view type,
    std::string_view status,
    std::string_view why,
    const std::string& message,
    WallTime now
) {
  runtime::set_condition(object.status.conditions, type, status, why, message, object.metadata.generation, now);
}

void remove(HelmRelease& object, std::string_view type) { runtime::remove_condition(object.status.conditions, type); }

}  // namespace

std::optional<runtime::Stall> unsupported_field(const api::helm::HelmReleaseSpec& spec) {
  const auto refuse = [](std::string_view field) {
    return runtime::Stall{
        api::reason::kFieldNotSupported, text::cat(field, " is not supported by this version of Weir")};
  };
  if (spec.kube_config) return refuse("spec.kubeConfig");
  if (!spec.health_check_exprs.empty()) return refuse("spec.healthCheckExprs");
  for (const auto& dependency : spec.depends_on)
    if (!dependency.ready_expr.empty()) return refuse("spec.dependsOn.readyExpr");
  if (spec.chart && spec.chart->spec.verify) return refuse("spec.chart.spec.verify");
  if (spec.chart && spec.chart->spec.source_ref.kind == "Bucket")
    return refuse("spec.chart.spec.sourceRef.kind: Bucket");
  if (spec.chart_ref && spec.chart_ref->kind == "ExternalArtifact")
    return refuse("spec.chartRef.kind: ExternalArtifact");
  if (spec.drift_detection && !spec.drift_detection->ignore.empty()) return refuse("spec.driftDetection.ignore");
  if (spec.install && spec.install->server_side_apply == false) return refuse("spec.install.serverSideApply: false");
  if (spec.upgrade && spec.upgrade->server_side_apply == "disabled")
    return refuse("spec.upgrade.serverSideApply: disabled");
  if (spec.rollback && spec.rollback->server_side_apply == "disabled")
    return refuse("spec.rollback.serverSideApply: disabled");
  return std::nullopt;
}

std::string release_name(const HelmRelease& object) {
  if (!object.spec.release_name.empty()) return object.spec.release_name;
  std::string name = object.spec.target_namespace.empty()
                         ? object.metadata.name
                         : text::cat(object.spec.target_namespace, "-", object.metadata.name);
  if (name.size() <= kLongestName) return name;
  return text::cat(name.substr(0, kKeptOfName), "-", sha256_hex(name).substr(0, kHashOfName));
}

std::string release_namespace(const HelmRelease& object) {
  return object.spec.target_namespace.empty() ? object.metadata.namespace_ : object.spec.target_namespace;
}

std::string storage_namespace(const HelmRelease& object) {
  return object.spec.storage_namespace.empty() ? object.metadata.namespace_ : object.spec.storage_namespace;
}

void mark_action(
    HelmRelease& object,
    std::string_view type,
    bool is_good,
    std::string_view why,
    const std::string& message,
    WallTime now
) {
  // A new attempt makes what came of the one before it old; a remedy does not undo that the attempt failed.
  if (type == condition::kReleased) {
    remove(object, condition::kTestSuccess);
    remove(object, condition::kRemediated);
    remove(object, condition::kDrifted);
  }
  set(object, type, is_good ? "True" : "False", why, message, now);
}

void mark_awaiting_tests(HelmRelease& object, const std::string& message, WallTime now) {
  set(object, condition::kTestSuccess, "Unknown", reason::kAwaitingTests, message, now);
}

Summary summary_of(const HelmRelease& object) {
  const auto& conditions = object.status.conditions;
  if (const auto* remedied = api::find_condition(conditions, condition::kRemediated))
    return {false, remedied->reason, remedied->message};
  const auto* tested = api::find_condition(conditions, condition::kTestSuccess);
  if (tested != nullptr && runs_tests(object) && !ignores_test_failures(object))
    return {tested->is_true(), tested->reason, tested->message};
  if (const auto* released = api::find_condition(conditions, condition::kReleased))
    return {released->is_true(), released->reason, released->message};
  return {};
}

std::string_view reason_of(const Summary& summary) {
  constexpr std::string_view kReasons[] = {
      reason::kInstallSucceeded,
      reason::kInstallFailed,
      reason::kUpgradeSucceeded,
      reason::kUpgradeFailed,
      reason::kTestSucceeded,
      reason::kTestFailed,
      reason::kAwaitingTests,
      reason::kRollbackSucceeded,
      reason::kRollbackFailed,
      reason::kUninstallSucceeded,
      reason::kUninstallFailed};
  const auto known = std::ranges::find(kReasons, std::string_view{summary.reason});
  return known == std::end(kReasons) ? reason::kReconcileError : *known;
}

void clear_failures(HelmRelease& object) {
  object.status.failures = 0;
  object.status.install_failures = 0;
  object.status.upgrade_failures = 0;
}

}  // namespace weir::helm_controller
