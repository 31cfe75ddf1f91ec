#include "controllers/helm/history.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/helm/storage/digests.hpp"

namespace weir::helm_controller {
namespace {

namespace release_status = helm::release_status;

constexpr std::string_view kForm = "v2";  ///< of snapshots whose digest is comparable

/// metav1.Time has no fractions. What cannot be read stays away.
std::string whole_seconds(std::string_view time) {
  const auto moment = parse_rfc3339(time);
  return moment ? to_rfc3339(*moment) : std::string{};
}

bool is_good(const Snapshot& snapshot, bool ignores_tests) {
  const bool was_deployed =
      snapshot.status == release_status::kDeployed || snapshot.status == release_status::kSuperseded;
  return was_deployed && (ignores_tests || !has_failed_tests(snapshot));
}

}  // namespace

Snapshot snapshot_of(const helm::StoredRelease& release, std::string_view action, std::string_view oci_digest) {
  Snapshot out;
  out.api_version = kForm;
  out.digest = helm::snapshot_digest(release, oci_digest);
  out.name = release.name;
  out.namespace_ = release.namespace_;
  out.version = release.version;
  out.status = release.info.status;
  out.action = action;
  out.chart_name = release.chart_name();
  out.chart_version = release.chart_version();
  out.app_version = release.app_version();
  out.config_digest = helm::config_digest(release.config);
  out.first_deployed = whole_seconds(release.info.first_deployed);
  out.last_deployed = whole_seconds(release.info.last_deployed);
  out.deleted = whole_seconds(release.info.deleted);
  out.oci_digest = oci_digest;
  return out;
}

bool is_record_of(const Snapshot& snapshot, const helm::StoredRelease& release) {
  if (snapshot.name != release.name || snapshot.version != release.version) return false;
  if (snapshot.api_version != kForm) return true;
  const std::string_view digest = snapshot.digest;
  const auto algorithm = parse_digest_algorithm(digest.substr(0, digest.find(':')));
  return algorithm && helm::snapshot_digest(release, snapshot.oci_digest, *algorithm) == digest;
}

void remember(std::vector<Snapshot>& history, Snapshot snapshot) {
  const auto same = std::ranges::find(history, snapshot.version, &Snapshot::version);
  if (same == history.end()) {
    history.insert(history.begin(), std::move(snapshot));
    return;
  }
  // Another record of the same revision has the same tests, unless it says so itself.
  if (!snapshot.test_hooks) snapshot.test_hooks = std::move(same->test_hooks);
  *same = std::move(snapshot);
}

bool has_failed_tests(const Snapshot& snapshot) {
  return snapshot.test_hooks &&
         std::ranges::any_of(*snapshot.test_hooks, [](const auto& hook) { return hook.second.phase == "Failed"; });
}

const Snapshot* rollback_target(const std::vector<Snapshot>& history, bool ignores_tests) {
  for (std::size_t i = 1; i < history.size(); ++i)
    if (is_good(history[i], ignores_tests)) return &history[i];
  return nullptr;
}

void truncate(std::vector<Snapshot>& history, bool ignores_tests, bool keeps_most) {
  std::size_t kept = kMostSnapshots;
  const auto* target = rollback_target(history, ignores_tests);
  if (!keeps_most && target != nullptr) kept = static_cast<std::size_t>(target - history.data()) + 1;
  if (history.size() > kept) history.resize(kept);
}

std::string full_release_name(const Snapshot& snapshot) {
  return text::cat(snapshot.namespace_, "/", snapshot.name, ".v", snapshot.version);
}

std::string versioned_chart_name(const Snapshot& snapshot) {
  return text::cat(snapshot.chart_name, "@", snapshot.chart_version);
}

}  // namespace weir::helm_controller
