#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/helm/v2/helm_release.hpp"
#include "pkg/helm/storage/stored_release.hpp"

/// status.history: what is remembered of the revisions of a release, newest first.
/// Source: helm-controller 1.6.4.  Threads: any, pure.
namespace weir::helm_controller {

using api::helm::Snapshot;

/// How many snapshots are kept where no predecessor to go back to says how many.
inline constexpr std::size_t kMostSnapshots = 5;

/// @param action      "install", "upgrade", "rollback", ...
/// @param oci_digest  of the chart's artifact when it came from an OCIRepository; else empty
Snapshot snapshot_of(const helm::StoredRelease& release, std::string_view action, std::string_view oci_digest);

/// Whether the record in storage is the one that was remembered, unchanged since. A snapshot of an older form is
/// believed.
bool is_record_of(const Snapshot& snapshot, const helm::StoredRelease& release);

/// Puts a snapshot in: over the one of the same revision, else in front.
void remember(std::vector<Snapshot>& history, Snapshot snapshot);

bool has_failed_tests(const Snapshot& snapshot);

/// The newest revision before the first one that was good, and passed its tests where those count; nullptr: there is
/// none.
const Snapshot* rollback_target(const std::vector<Snapshot>& history, bool ignores_tests);

/// Cuts the history behind the revision that one would go back to.
/// @param keeps_most  there is no going back: always kMostSnapshots
void truncate(std::vector<Snapshot>& history, bool ignores_tests, bool keeps_most);

/// "ns/name.v3", "demo@1.2.3": how messages name a revision.
std::string full_release_name(const Snapshot& snapshot);
std::string versioned_chart_name(const Snapshot& snapshot);

}  // namespace weir::helm_controller
