#include "controllers/helm/decision.hpp"

#include <algorithm>
#include <utility>

#include "controllers/helm/history.hpp"
#include "pkg/base/text.hpp"

namespace weir::helm_controller {
namespace {

namespace release_status = helm::release_status;

constexpr std::string_view kRetryOnFailure = "RetryOnFailure";

void read_strategy(Remediation& out, const std::optional<api::helm::ActionStrategy>& strategy) {
  if (!strategy) return;
  out.only_retries = strategy->name == kRetryOnFailure;
  if (strategy->retry_interval) out.retry_interval = strategy->retry_interval->milliseconds();
}

template <class Spec>
Remediation remediation_of(const HelmRelease& object, const std::optional<Spec>& action) {
  Remediation out;
  out.ignores_test_failures = object.spec.test && object.spec.test->ignore_failures;
  if (!action) return out;
  read_strategy(out, action->strategy);
  if (!action->remediation) return out;
  out.retries = action->remediation->retries;
  out.ignores_test_failures = action->remediation->ignore_test_failures.value_or(out.ignores_test_failures);
  out.mends_last_failure = action->remediation->remediate_last_failure.value_or(false);
  return out;
}

/// What is deployed, held against what is to be.
Verdict judge_deployed(const HelmRelease& object, const helm::StoredRelease& newest, const Target& target) {
  const auto& status = object.status;
  const auto& current = status.history.front();
  if (newest.chart_name() != target.chart_name || newest.chart_version() != target.chart_version)
    return {State::kOutOfSync, "release chart changed"};
  if (current.config_digest != target.config_digest) return {State::kOutOfSync, "release config values changed"};
  if (status.observed_generation != object.metadata.generation) {
    if (status.observed_post_renderers_digest != target.post_renderers_digest)
      return {State::kOutOfSync, "postrenderers digest has changed"};
    if (status.observed_common_metadata_digest != target.common_metadata_digest)
      return {State::kOutOfSync, "common metadata digest has changed"};
  }
  if (runs_tests(object)) {
    if (!current.test_hooks) return {State::kUntested, ""};
    if (has_failed_tests(current) && !ignores_test_failures(object)) return {State::kFailed, "tests failed"};
  }
  if (target.has_drifted) return {State::kDrifted, ""};
  return {State::kInSync, ""};
}

struct Facts {
  const HelmRelease& object;
  bool is_forced;
  Remediation install;
  Remediation upgrade;
  std::optional<Remediation> active;
};

using When = bool (*)(const Facts&);

bool always(const Facts&) { return true; }
bool is_forced(const Facts& facts) { return facts.is_forced; }
bool may_install(const Facts& facts) { return facts.is_forced || !facts.install.is_used_up(); }
bool may_upgrade(const Facts& facts) { return facts.is_forced || !facts.upgrade.is_used_up(); }
bool corrects_drift(const Facts& facts) {
  const auto& drift = facts.object.spec.drift_detection;
  return drift && drift->mode == "enabled";
}
/// A failure that nothing undoes: the next attempt comes over it.
bool only_retries(const Facts& facts) { return !facts.active || facts.active->only_retries; }
/// The configuration has changed since, and the counters with it.
bool is_begun_anew(const Facts& facts) { return facts.active->failures <= 0; }
bool is_left_failed(const Facts& facts) { return facts.active->is_used_up() && !facts.active->mends_last_failure; }
bool uninstalls(const Facts& facts) { return facts.active->uninstalls; }

struct Row {
  State state;
  When when;
  Step step;
};

// The first row that fits decides.
constexpr Row kRows[] = {
    {State::kInSync, is_forced, Step::kUpgrade},
    {State::kInSync, always, Step::kNothing},
    {State::kLocked, always, Step::kUnlock},
    {State::kAbsent, may_install, Step::kInstall},
    {State::kAbsent, always, Step::kStall},
    {State::kUnmanaged, always, Step::kUpgradeAnew},
    {State::kOutOfSync, may_upgrade, Step::kUpgrade},
    {State::kOutOfSync, always, Step::kStall},
    {State::kDrifted, is_forced, Step::kUpgrade},
    {State::kDrifted, corrects_drift, Step::kCorrectDrift},
    {State::kDrifted, always, Step::kReportDrift},
    {State::kUntested, always, Step::kTest},
    {State::kFailed, only_retries, Step::kUpgrade},
    {State::kFailed, is_begun_anew, Step::kUpgrade},
    {State::kFailed, is_forced, Step::kUpgrade},
    {State::kFailed, is_left_failed, Step::kStall},
    {State::kFailed, uninstalls, Step::kUninstall},
    {State::kFailed, always, Step::kRollback},
};

}  // namespace

Result<Verdict> judge(const HelmRelease& object, const helm::StoredRelease* newest, const Target& target) {
  if (newest == nullptr) return Verdict{State::kAbsent, ""};
  const std::string_view status = newest->info.status;
  // An uninstallation, too, is nobody's when its controller is gone.
  if (helm::is_pending(status) || status == release_status::kUninstalling)
    return Verdict{State::kLocked, std::string{status}};
  const auto& history = object.status.history;
  if (history.empty()) return Verdict{status == release_status::kUninstalled ? State::kAbsent : State::kUnmanaged, ""};
  if (!is_record_of(history.front(), *newest)) return Verdict{State::kUnmanaged, "release is not managed by us"};
  if (status == release_status::kFailed) return Verdict{State::kFailed, newest->info.description};
  if (status == release_status::kUninstalled) return Verdict{State::kAbsent, ""};
  if (status == release_status::kDeployed) return judge_deployed(object, *newest, target);
  return InputError{"", text::cat("unable to determine state for release with status '", status, "'")};
}

std::string_view to_string(Step step) {
  switch (step) {
    case Step::kNothing: return "nothing";
    case Step::kInstall: return "install";
    case Step::kUpgrade:
    case Step::kUpgradeAnew: return "upgrade";
    case Step::kUnlock: return "unlock";
    case Step::kTest: return "test";
    case Step::kReportDrift: return "report drift";
    case Step::kCorrectDrift: return "correct drift";
    case Step::kRollback: return "rollback";
    case Step::kUninstall: return "uninstall";
    case Step::kStall: return "stall";
  }
  return "";
}

Step next_step(const HelmRelease& object, State state, bool is_forced_now) {
  const Facts facts{
      object, is_forced_now, install_remediation(object), upgrade_remediation(object), active_remediation(object)};
  return std::ranges::find_if(kRows, [&](const Row& row) { return row.state == state && row.when(facts); })->step;
}

Remediation install_remediation(const HelmRelease& object) {
  auto out = remediation_of(object, object.spec.install);
  out.uninstalls = true;
  out.failures = object.status.install_failures;
  return out;
}

Remediation upgrade_remediation(const HelmRelease& object) {
  auto out = remediation_of(object, object.spec.upgrade);
  out.failures = object.status.upgrade_failures;
  if (!object.spec.upgrade || !object.spec.upgrade->remediation) return out;
  const auto& remediation = *object.spec.upgrade->remediation;
  out.uninstalls = remediation.strategy == "uninstall";
  out.mends_last_failure = remediation.remediate_last_failure.value_or(remediation.retries > 0);
  return out;
}

std::optional<Remediation> active_remediation(const HelmRelease& object) {
  if (object.status.last_attempted_release_action == "install") return install_remediation(object);
  if (object.status.last_attempted_release_action == "upgrade") return upgrade_remediation(object);
  return std::nullopt;
}

bool runs_tests(const HelmRelease& object) { return object.spec.test && object.spec.test->enable; }

bool ignores_test_failures(const HelmRelease& object) {
  const auto active = active_remediation(object);
  if (active) return active->ignores_test_failures;
  return object.spec.test && object.spec.test->ignore_failures;
}

}  // namespace weir::helm_controller
