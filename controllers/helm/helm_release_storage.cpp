// How actions leave what is stored, and how releases end.
#include <algorithm>
#include <utility>

#include "controllers/helm/helm_release_run.hpp"
#include "controllers/helm/helm_release_status.hpp"
#include "controllers/helm/history.hpp"
#include "pkg/access/cluster.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/ssa/execute.hpp"
#include "pkg/ssa/plan.hpp"

namespace weir::helm_controller {
namespace {

namespace reason = api::helm::reason;
namespace release_status = helm::release_status;
using runtime::Done;
using runtime::Failed;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;
using runtime::Telling;
using runtime::Wait;

constexpr std::int64_t kDefaultHistory = 5;

}  // namespace

/// All deployed revisions but the newest are superseded by it.
asio::awaitable<void> HelmReleaseReconciler::supersede(Run& run, std::int64_t newest) {
  for (auto& entry : run.entries) {
    if (entry.version == newest || entry.status != release_status::kDeployed) continue;
    auto stored = co_await run.store->read(entry.secret);
    if (!stored) continue;
    stored->release.info.status = release_status::kSuperseded;
    co_await run.store->update(*stored);
    entry.status = release_status::kSuperseded;
    for (auto& snapshot : run.object.status.history) {
      if (snapshot.version != entry.version) continue;
      auto changed = snapshot_of(stored->release, "", snapshot.oci_digest);
      changed.test_hooks = snapshot.test_hooks;
      snapshot = std::move(changed);
    }
  }
}

/// Takes the oldest revisions away, never the one that is deployed.
asio::awaitable<void> HelmReleaseReconciler::prune_history(Run& run) {
  const std::int64_t most = run.object.spec.max_history.value_or(kDefaultHistory);
  if (most <= 0) co_return;
  auto& entries = run.entries;  // without the one that was just made
  std::ranges::sort(entries, std::ranges::greater{}, &ReleaseStore::Entry::version);
  while (static_cast<std::int64_t>(entries.size()) + 1 > most) {
    const auto oldest = std::ranges::find_if(entries.rbegin(), entries.rend(), [](const ReleaseStore::Entry& entry) {
      return entry.status != release_status::kDeployed;
    });
    if (oldest == entries.rend()) co_return;
    co_await run.store->remove(oldest->secret);
    entries.erase(std::next(oldest).base());
  }
}

asio::awaitable<void> HelmReleaseReconciler::end_uninstall(Run& run, const std::optional<std::string>& failure) {
  auto& running = *run.memory.running;
  auto& release = running.record.release;
  if (failure) {
    release.info.status = release_status::kFailed;
    release.info.description = text::cat("Uninstallation ", text::quoted(release.name), " failed: ", *failure);
    running.record.resource_version = co_await run.store->update(running.record);
    co_return;
  }
  release.hooks = running.action.hooks();
  release.info.status = release_status::kUninstalled;
  release.info.description = "Uninstallation complete";
  const auto& uninstall = run.object.spec.uninstall;
  run.object.status.inventory.reset();
  run.applied.clear();
  if (uninstall && uninstall->keep_history) {
    running.record.resource_version = co_await run.store->update(running.record);
    co_return;
  }
  const auto entries = co_await run.store->list(release.name);
  for (const auto& entry : entries) co_await run.store->remove(entry.secret);
}

/// Whether objects in the cluster are others than the release's; false where nobody wants to know.
asio::awaitable<bool> HelmReleaseReconciler::has_drifted(Run& run) {
  const auto& drift = run.object.spec.drift_detection;
  if (!drift || drift->mode.empty() || drift->mode == "disabled" || !run.newest) co_return false;
  if (run.newest->release.info.status != release_status::kDeployed) co_return false;
  // Asked of the API server itself, by a dry run of what is not known to be untouched.
  run.drift = co_await plan_drift(run);
  run.drifted.clear();
  for (const auto& object : run.drift->objects)
    if (object.is_written()) run.drifted.push_back(object.id());
  co_return !run.drifted.empty();
}

asio::awaitable<ssa::Plan> HelmReleaseReconciler::plan_drift(Run& run) {
  auto work = [&run](std::stop_token) -> Result<std::vector<ssa::Desired>> {
    auto objects = objects_of_manifest(run.newest->release.manifest);
    if (!objects) return objects.error();
    std::erase_if(*objects, [](const json::Value& object) {
      constexpr std::string_view kAnnotation = "helm.toolkit.fluxcd.io/driftDetection";
      return object.text_at({"metadata", "annotations", kAnnotation}) == "disabled" ||
             object.text_at({"metadata", "labels", kAnnotation}) == "disabled";
    });
    return desired_objects(std::move(*objects), run.release);
  };
  auto reading = parts_.cpu.run(std::move(work));
  auto desired = co_await std::move(reading);
  if (!desired) throw ReasonedError{reason::kStateError, desired.error().text()};
  auto client = client_for(run.object);
  const ssa::Cluster cluster{client, parts_.mapper, options_.apply, parts_.clock, parts_.log};
  ssa::PlanRequest wanted;
  wanted.objects = std::move(*desired);
  wanted.findings.on_applied = [this, &run](const ssa::Desired& object, const kube::Object& live) {
    learn_applied(run, object, live);
  };
  wanted.is_unchanged = [&run](const ssa::Desired& object) {
    const auto* record = run.applied.find(object.id());
    return record != nullptr && record->desired_hash == object.hash() && run.applied.is_settled(*record, true);
  };
  wanted.is_expected = [](const ssa::ObjectId&) { return true; };
  co_return co_await ssa::make_plan(cluster, std::move(wanted));
}

asio::awaitable<void> HelmReleaseReconciler::correct_drift(Context& context, Run& run) {
  auto client = client_for(run.object);
  const ssa::Cluster cluster{client, parts_.mapper, options_.apply, context.clock, context.log};
  ssa::ExecuteRequest manner;
  manner.findings.on_applied = [this, &run](const ssa::Desired& object, const kube::Object& live) {
    learn_applied(run, object, live);
  };
  auto plan = std::move(*run.drift);
  run.drift.reset();
  const auto result = co_await ssa::execute(cluster, std::move(plan), std::move(manner));
  if (!result.errors.empty()) {
    const std::string message = text::cat(
        "Cluster state of release ",
        run.release.namespace_,
        "/",
        run.release.name,
        " could not be corrected: ",
        text::join(result.errors, "; ")
    );
    throw ReasonedError{reason::kDriftCorrectionFailed, message};
  }
  context.events.send(
      Severity::kInfo,
      reason::kDriftCorrected,
      text::cat(
          "Cluster state of release ",
          full_release_name(run.object.status.history.front()),
          " has been corrected:\n",
          ssa::changed_lines(result.changes)
      ),
      facts_of(run.object)
  );
}

/// The release under its old name, namespace or store goes before the new one comes.
asio::awaitable<std::optional<Outcome>> HelmReleaseReconciler::uninstall_old(Context& context, Run& run) {
  auto& status = run.object.status;
  const auto last = status.history.front();
  Run old{run.object, run.memory, run.applied};
  old.release = {last.name, last.namespace_};
  old.inputs = run.inputs;
  old.store.emplace(store_for(run.object, status.storage_namespace));
  auto outcome = co_await uninstall_whole(context, old);
  if (outcome) co_return outcome;
  status.history.clear();
  clear_failures(run.object);
  co_return std::nullopt;
}

/// Uninstalls a release without making it a remedy. @returns how the pass ends while that goes on
asio::awaitable<std::optional<Outcome>> HelmReleaseReconciler::uninstall_whole(Context& context, Run& run) {
  if (!run.memory.running) {
    run.entries = co_await run.store->list(run.release.name);
    if (run.entries.empty()) co_return std::nullopt;
    run.newest = co_await run.store->read(run.entries.front().secret);
    if (!run.newest || run.newest->release.info.status == release_status::kUninstalled) co_return std::nullopt;
    co_await begin_uninstall(run, *run.newest);
  }
  auto& running = *run.memory.running;
  const auto [pause, failure] = co_await advance(context, run);
  if (pause) {
    co_return Outcome{Wait{
        api::reason::kProgressing,
        text::cat("Running 'uninstall' action: waiting for ", running.action.awaited()),
        *pause,
        Telling::kNothing}};
  }
  co_await end_uninstall(run, failure);
  const auto made = snapshot_of(running.record.release, "uninstall", running.oci_digest);
  run.memory.running.reset();
  const std::string subject = text::cat(full_release_name(made), " with chart ", versioned_chart_name(made));
  if (failure) {
    throw ReasonedError{
        reason::kUninstallFailed, text::cat("Helm uninstall failed for release ", subject, ": ", *failure)};
  }
  context.events.send(
      Severity::kInfo,
      reason::kUninstallSucceeded,
      text::cat("Helm uninstall succeeded for release ", subject),
      facts_of(run.object)
  );
  co_return std::nullopt;
}

asio::awaitable<Outcome> HelmReleaseReconciler::finalize(Context& context, HelmRelease& object) {
  const auto key = kube::key_of(object);
  applied_.begin_pass(key);  // never ends: nothing is put right any more
  auto& memory = memories_[key];
  if (memory.running && memory.running->step != Step::kUninstall) memory.running.reset();
  Run run{object, memory, applied_.of(key)};
  auto& status = object.status;
  bool leaves_release = object.spec.suspend || status.storage_namespace.empty() || status.history.empty();
  if (!leaves_release && !service_account(object).empty()) {
    const kube::ObjectKey account{object.metadata.namespace_, service_account(object)};
    const bool exists = co_await access::has_service_account(parts_.client, account);
    leaves_release = !exists;
  }
  if (!leaves_release) {
    if (auto refused = unsupported_field(object.spec); refused && object.spec.kube_config)
      co_return Stall{refused->reason, text::cat("nothing is uninstalled: ", refused->message)};
    const auto& last = status.history.front();
    run.release = {last.name, last.namespace_};
    run.store.emplace(store_for(object, status.storage_namespace));
    std::optional<Failed> failed;
    std::optional<Outcome> outcome;
    try {
      outcome = co_await uninstall_whole(context, run);
    } catch (const ReasonedError& error) {
      failed.emplace(error.reason(), error.what());
    }
    if (failed) co_return std::move(*failed);
    if (outcome) co_return std::move(*outcome);
  }
  co_await remove_chart_object(context, object);
  co_return Done{Milliseconds{0}};
}

}  // namespace weir::helm_controller
