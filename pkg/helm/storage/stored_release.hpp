#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/manifest/hook.hpp"
#include "pkg/json/describe.hpp"
#include "pkg/json/value.hpp"

/// Releases as Helm keeps them in the cluster: one record a revision, which helm 3 and 4, Flux and we read and write.
/// Source of the format: the Secrets that helm 4.2.4, helm 3.22 and helm-controller 1.6.4 write, observed.
/// Threads: any, pure.
namespace weir::helm {

/// What `info.status` and the label `status` of a record say. Both must agree: helm asks for the label and shows the
/// other.
namespace release_status {
inline constexpr std::string_view kUnknown = "unknown";
inline constexpr std::string_view kDeployed = "deployed";
inline constexpr std::string_view kUninstalled = "uninstalled";
inline constexpr std::string_view kSuperseded = "superseded";
inline constexpr std::string_view kFailed = "failed";
inline constexpr std::string_view kUninstalling = "uninstalling";
inline constexpr std::string_view kPendingInstall = "pending-install";
inline constexpr std::string_view kPendingUpgrade = "pending-upgrade";
inline constexpr std::string_view kPendingRollback = "pending-rollback";
}  // namespace release_status

/// Whether an action on the release was begun and has not ended.
bool is_pending(std::string_view status);

/// Times are RFC 3339 with nanoseconds and stay as they were written, because digests are made of them. Empty: never.
struct ReleaseInfo {
  std::string first_deployed;
  std::string last_deployed;
  std::string deleted;
  std::string description;
  std::string status;
  std::int64_t rollback_revision = 0;  ///< helm 4.3 and later; 0: this is no rollback
  std::string notes;
};
template <class Fields>
void describe(Fields& fields, ReleaseInfo& info) {
  fields.optional("first_deployed", info.first_deployed);
  fields.optional("last_deployed", info.last_deployed);
  fields.optional("deleted", info.deleted);
  fields.optional("description", info.description);
  fields.optional("status", info.status);
  fields.optional("rollback_revision", info.rollback_revision);
  fields.optional("notes", info.notes);
}

struct HookRun {
  std::string started_at;
  std::string completed_at;
  std::string phase;  ///< "", Unknown, Running, Succeeded, Failed
};
template <class Fields>
void describe(Fields& fields, HookRun& run) {
  fields.optional("started_at", run.started_at);
  fields.optional("completed_at", run.completed_at);
  fields.required("phase", run.phase);
}

/// A hook of a release, and how its last run ended. See Hook.
struct StoredHook {
  std::string name;
  std::string kind;
  std::string path;
  std::string manifest;
  std::vector<std::string> events;
  HookRun last_run;
  std::int64_t weight = 0;
  std::vector<std::string> delete_policies;
  std::vector<std::string> log_policies;

  bool runs_at(HookEvent event) const;
};
template <class Fields>
void describe(Fields& fields, StoredHook& hook) {
  fields.optional("name", hook.name);
  fields.optional("kind", hook.kind);
  fields.optional("path", hook.path);
  fields.optional("manifest", hook.manifest);
  fields.optional("events", hook.events);
  fields.optional("last_run", hook.last_run);
  fields.optional("weight", hook.weight);
  fields.optional("delete_policies", hook.delete_policies);
  fields.optional("output_log_policies", hook.log_policies);
}
/// As a new revision begins with it.
StoredHook stored_hook(const Hook& hook);

/// One revision of a release.
struct StoredRelease {
  std::string name;
  ReleaseInfo info;
  json::Value chart;   ///< see stored_chart()
  json::Value config;  ///< what the user gave: a table with sorted members; null: nothing
  std::string manifest;
  std::vector<StoredHook> hooks;
  std::int64_t version = 0;  ///< the revision, from 1
  std::string namespace_;
  std::string apply_method;  ///< "ssa" or "csa"; empty (Helm 3): csa

  std::string_view chart_name() const { return chart.text_at({"metadata", "name"}); }
  std::string_view chart_version() const { return chart.text_at({"metadata", "version"}); }
  std::string_view app_version() const { return chart.text_at({"metadata", "appVersion"}); }
};
template <class Fields>
void describe(Fields& fields, StoredRelease& release) {
  fields.required("name", release.name);
  fields.required("info", release.info);
  fields.optional("chart", release.chart);
  fields.optional("config", release.config);
  fields.optional("manifest", release.manifest);
  fields.optional("hooks", release.hooks);
  fields.required("version", release.version);
  fields.optional("namespace", release.namespace_);
  fields.optional("apply_method", release.apply_method);
}

/// How much of its chart a record keeps. Helm itself keeps all and reads neither again: a rollback applies the stored
/// manifest.
enum class StoredParts {
  kAll,
  kTemplates,  ///< no README, LICENSE, crds/, ...
  kNoFiles,
};

/// The chart as a record keeps it: metadata, lock, files, and the values with those of its dependencies. Dependencies
/// themselves are not kept, as in Helm.
/// @param chart  prepared (RenderedRelease::chart)
json::Value stored_chart(const Chart& chart, StoredParts parts = StoredParts::kAll);

/// The record as Go's encoding/json prints it: members in Helm's order, nothing that is empty.
std::string write_release(const StoredRelease& release);

/// Reads a record of helm 3, helm 4, Flux or our own.
/// @returns an error that names the member: "info.status: expected a string, got a number"
Result<StoredRelease> read_release(std::string_view json_text);

}  // namespace weir::helm
