#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/helm/v2/helm_release.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/base/result.hpp"
#include "pkg/helm/storage/stored_release.hpp"

/// What state a release is in, and what is done about it: the rules of Flux's helm-controller, as tables.
/// Source: helm-controller 1.6.4, its documentation and behaviour.  Threads: any, pure.
namespace weir::helm_controller {

using api::helm::HelmRelease;

enum class State : std::uint8_t {
  kAbsent,     ///< nothing is installed
  kLocked,     ///< an action was begun, and whoever began it is gone
  kUnmanaged,  ///< somebody else, helm or another controller, made the newest revision
  kOutOfSync,  ///< chart, values or what is done with the result are others than those installed
  kUntested,
  kDrifted,
  kFailed,
  kInSync,
};

struct Verdict {
  State state = State::kInSync;
  std::string why;  ///< "release chart changed"; empty where the state says all
};

/// What is to be installed, and what has to be known to judge what is.
struct Target {
  std::string chart_name;
  std::string chart_version;
  std::string config_digest;
  std::string post_renderers_digest;  ///< empty: there are none
  std::string common_metadata_digest;
  bool has_drifted = false;  ///< objects in the cluster differ, and drift detection is on
};

/// @param newest  the newest revision in storage; nullptr: there is none
/// @returns an error for a status that no decision can be made of: "release is superseded"
Result<Verdict> judge(const HelmRelease& object, const helm::StoredRelease* newest, const Target& target);

enum class Step : std::uint8_t {
  kNothing,
  kInstall,
  kUpgrade,
  kUpgradeAnew,  ///< what is remembered of the release is forgotten first
  kUnlock,
  kTest,
  kReportDrift,
  kCorrectDrift,
  kRollback,
  kUninstall,
  kStall,  ///< retries are used up
};
std::string_view to_string(Step step);

/// @param is_forced  the user asked for one install or upgrade, whatever the state
Step next_step(const HelmRelease& object, State state, bool is_forced);

/// How an action that failed is followed.
struct Remediation {
  std::int64_t retries = 0;  ///< negative: for ever
  bool ignores_test_failures = false;
  bool mends_last_failure = false;
  bool uninstalls = false;               ///< else: rolls back
  bool only_retries = false;             ///< RetryOnFailure: neither
  Milliseconds retry_interval{300'000};  ///< of RetryOnFailure
  std::int64_t failures = 0;

  bool is_used_up() const { return !only_retries && retries >= 0 && failures > retries; }
};
Remediation install_remediation(const HelmRelease& object);
Remediation upgrade_remediation(const HelmRelease& object);
/// That of the last attempt; nullopt: there was none.
std::optional<Remediation> active_remediation(const HelmRelease& object);

/// Whether tests are run, and whether their failures do not count.
bool runs_tests(const HelmRelease& object);
bool ignores_test_failures(const HelmRelease& object);

}  // namespace weir::helm_controller
