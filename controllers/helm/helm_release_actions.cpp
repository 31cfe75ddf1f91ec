// What is done about the state of a release: the decision loop and its actions.
#include <algorithm>
#include <utility>

#include "controllers/helm/helm_release_run.hpp"
#include "controllers/helm/helm_release_status.hpp"
#include "controllers/helm/history.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/live/inventory.hpp"
#include "pkg/runtime/conclusion.hpp"

namespace weir::helm_controller {
namespace {

namespace condition = api::helm::condition;
namespace reason = api::helm::reason;
namespace release_status = helm::release_status;
using runtime::Failed;
using runtime::Next;
using runtime::Outcome;
using runtime::Severity;
using runtime::Stall;
using runtime::Telling;
using runtime::Wait;

/// A wait that takes no longer is told together with its end.
constexpr Milliseconds kUntold{1'000};

/// How an action is called in conditions, events and records.
struct Words {
  Step step;
  std::string_view verb;       ///< "Helm upgrade succeeded for …", "Running 'upgrade' action"
  std::string_view condition;  ///< the type that tells of it
  std::string_view good;
  std::string_view bad;
};
constexpr Words kWords[] = {
    {Step::kInstall, "install", condition::kReleased, reason::kInstallSucceeded, reason::kInstallFailed},
    {Step::kUpgrade, "upgrade", condition::kReleased, reason::kUpgradeSucceeded, reason::kUpgradeFailed},
    {Step::kUpgradeAnew, "upgrade", condition::kReleased, reason::kUpgradeSucceeded, reason::kUpgradeFailed},
    {Step::kRollback, "rollback", condition::kRemediated, reason::kRollbackSucceeded, reason::kRollbackFailed},
    {Step::kUninstall, "uninstall", condition::kRemediated, reason::kUninstallSucceeded, reason::kUninstallFailed},
    {Step::kTest, "test", condition::kTestSuccess, reason::kTestSucceeded, reason::kTestFailed},
};
const Words& words_of(Step step) { return *std::ranges::find(kWords, step, &Words::step); }

bool makes_release(Step step) { return words_of(step).condition == condition::kReleased; }

Work work_of(Step step) {
  switch (step) {
    case Step::kTest: return Work::kTest;
    case Step::kUnlock: return Work::kUnlock;
    case Step::kCorrectDrift: return Work::kCorrect;
    case Step::kRollback:
    case Step::kUninstall: return Work::kRemedy;
    default: return Work::kRelease;
  }
}

/// "Helm upgrade failed for release ns/name with chart demo@1.2.3: why"
std::string failure_text(
    const Words& words, const ReleaseIdentity& release, std::string_view chart, std::string_view why
) {
  return text::cat(
      "Helm ",
      words.verb,
      " failed for release ",
      release.namespace_,
      "/",
      release.name,
      " with chart ",
      chart,
      ": ",
      why
  );
}

std::string success_text(const Words& words, const Snapshot& made, std::size_t tests) {
  const std::string subject = text::cat(full_release_name(made), " with chart ", versioned_chart_name(made));
  if (words.step == Step::kRollback) return text::cat("Helm rollback to previous release ", subject, " succeeded");
  if (words.step == Step::kUninstall)
    return text::cat("Helm uninstall remediation for release ", subject, " succeeded");
  std::string out = text::cat("Helm ", words.verb, " succeeded for release ", subject);
  if (words.step != Step::kTest) return out;
  if (tests == 0) return out + ": no test hooks";
  return text::cat(out, ": ", tests, " test hook", tests == 1 ? "" : "s", " completed successfully");
}

void put_tests(Snapshot& snapshot, const std::vector<helm::StoredHook>& hooks) {
  auto& tests = snapshot.test_hooks.emplace();
  for (const auto& hook : hooks) {
    if (!hook.runs_at(helm::HookEvent::kTest) || hook.last_run.phase.empty()) continue;
    api::helm::TestHookStatus status;
    if (const auto time = parse_rfc3339(hook.last_run.started_at)) status.last_started = to_rfc3339(*time);
    if (const auto time = parse_rfc3339(hook.last_run.completed_at)) status.last_completed = to_rfc3339(*time);
    status.phase = hook.last_run.phase;
    tests.emplace(hook.name, std::move(status));
  }
}

}  // namespace

asio::awaitable<Outcome> HelmReleaseReconciler::bring_about(Context& context, Run& run) {
  auto& memory = run.memory;
  if (memory.running && memory.running->inputs != run.inputs) co_await abandon(context, run);
  if (memory.running) {
    run.done.insert(work_of(memory.running->step));
    auto outcome = co_await go_on(context, run);
    if (outcome) co_return std::move(*outcome);
  }
  for (;;) {
    run.entries = co_await run.store->list(run.release.name);
    run.newest.reset();
    if (!run.entries.empty()) run.newest = co_await run.store->read(run.entries.front().secret);
    Target target;
    target.chart_name = run.chart->name();
    target.chart_version = run.chart_version;
    target.config_digest = run.config_digest;
    target.post_renderers_digest = post_renderers_digest(run.object.spec);
    target.common_metadata_digest = common_metadata_digest(run.object.spec);
    target.has_drifted = co_await has_drifted(run);
    const auto verdict = judge(run.object, run.newest ? &run.newest->release : nullptr, target);
    if (!verdict) co_return Failed{reason::kStateError, verdict.error().text()};
    const Step step = next_step(run.object, verdict->state, run.is_forced);
    context.log.debug("state of the release", {{"step", std::string{to_string(step)}}, {"why", verdict->why}});
    if (step == Step::kNothing) co_return settle(context, run);
    if (step == Step::kStall) co_return used_up(run);
    if (step == Step::kReportDrift) co_return settle(context, run);
    if (!run.done.insert(work_of(step)).second) {
      // Once a pass: the next one goes on, after a while when something failed.
      const auto summary = summary_of(run.object);
      co_return Failed{reason_of(summary), summary.message};
    }
    if (step == Step::kUnlock) {
      co_await unlock(context, run);
      continue;
    }
    if (step == Step::kCorrectDrift) {
      co_await correct_drift(context, run);
      continue;
    }
    if (step == Step::kUpgradeAnew) run.object.status.history.clear();
    run.is_forced = false;
    auto begun = co_await begin(context, run, step);
    if (begun) co_return std::move(*begun);
    auto outcome = co_await go_on(context, run);
    if (outcome) co_return std::move(*outcome);
  }
}

asio::awaitable<HelmReleaseReconciler::Advance> HelmReleaseReconciler::advance(Context& context, Run& run) {
  auto& running = *run.memory.running;
  auto client = client_for(run.object);
  auto options = options_.apply;
  options.propagation = running.propagation;
  const ssa::Cluster cluster{client, parts_.mapper, options, context.clock, context.log};
  ActionTools tools{
      cluster,
      run.applied,
      parts_.drift,
      parts_.watches,
      kube::key_of(run.object),
      [this, &context, &run](const std::vector<ssa::ObjectId>& ids) { return record_inventory(context, run, ids); },
      [this, &run](const ssa::Desired& desired, const kube::Object& live) { learn_applied(run, desired, live); }};
  Advance out;
  try {
    out.pause = co_await running.action.advance(tools);
  } catch (const ActionFailed& failed) {
    out.failure = failed.what();
  }
  co_return out;
}

/// The action goes on. @returns how the pass ends; nullopt: it is done, and the next step is decided
asio::awaitable<std::optional<Outcome>> HelmReleaseReconciler::go_on(Context& context, Run& run) {
  auto& running = *run.memory.running;
  Advance reached;
  try {
    reached = co_await advance(context, run);
  } catch (const kube::ApiError& error) {
    reached.failure = error.what();
  }
  auto& [pause, failure] = reached;
  if (pause) {
    const auto& words = words_of(running.step);
    const auto waited = context.clock.now() - running.started;
    const bool is_young = waited < kUntold;
    std::string message = text::cat(
        "Running '",
        words.verb,
        "' action with timeout of ",
        to_string(Duration{running.timeout}),
        ": waiting for ",
        running.action.awaited()
    );
    if (is_young) pause = std::min(*pause, std::chrono::ceil<Milliseconds>(kUntold - waited));
    co_return Outcome{
        Wait{api::reason::kProgressing, std::move(message), *pause, is_young ? Telling::kLater : Telling::kNothing}};
  }
  const Step step = running.step;
  const auto remediation = active_remediation(run.object);
  co_await end(context, run, failure);
  run.memory.running.reset();
  if (!failure && (step == Step::kRollback || step == Step::kUninstall)) {
    // A remedy ends the pass: what failed is tried again, after a while, if it may be.
    if (remediation && remediation->is_used_up()) co_return used_up(run);
    const auto summary = summary_of(run.object);
    co_return Outcome{Failed{reason_of(summary), summary.message}};
  }
  if (failure && remediation && makes_release(step)) {
    const auto now = active_remediation(run.object);
    if (now && now->only_retries) {
      const auto summary = summary_of(run.object);
      co_return Outcome{Failed{reason_of(summary), summary.message, now->retry_interval}};
    }
  }
  if (failure && !makes_release(step) && step != Step::kTest) {
    const auto summary = summary_of(run.object);
    co_return Outcome{Failed{reason_of(summary), summary.message}};
  }
  co_return std::nullopt;
}

/// The record says how the action ended, and so does the status.
asio::awaitable<void> HelmReleaseReconciler::end(Context& context, Run& run, std::optional<std::string> failure) {
  auto& running = *run.memory.running;
  auto& status = run.object.status;
  auto& release = running.record.release;
  const auto& words = words_of(running.step);
  const auto now = context.clock.wall_now();
  if (running.step != Step::kUninstall) release.hooks = running.action.hooks();
  std::string message;
  if (running.step == Step::kUninstall) {
    co_await end_uninstall(run, failure);
  } else {
    if (running.step != Step::kTest) {
      release.info.status = failure ? release_status::kFailed : release_status::kDeployed;
      release.info.description = failure ? text::cat(running.failure_prefix, *failure) : running.success;
    }
    running.record.resource_version = co_await run.store->update(running.record);
    if (!failure && running.step != Step::kTest) co_await supersede(run, release.version);
  }
  auto made = snapshot_of(release, words.verb, running.oci_digest);
  if (running.step == Step::kTest) {
    if (!status.history.empty()) made.action = status.history.front().action;
    put_tests(made, release.hooks);
  }
  const auto tests = made.test_hooks ? made.test_hooks->size() : 0;
  remember(status.history, made);
  if (makes_release(running.step)) {
    status.last_attempted_release_action_duration =
        to_string(Duration{std::chrono::round<Milliseconds>(context.clock.now() - running.started)});
  }
  if (failure) {
    message = failure_text(words, run.release, versioned_chart_name(made), *failure);
  } else {
    message = success_text(words, running.target ? *running.target : made, tests);
  }
  if (failure && (makes_release(running.step) || running.step == Step::kTest)) {
    ++status.failures;
    if (status.last_attempted_release_action == "install") {
      ++status.install_failures;
    } else {
      ++status.upgrade_failures;
    }
  }
  mark_action(run.object, words.condition, !failure, failure ? words.bad : words.good, message, now);
  if (!failure && makes_release(running.step) && runs_tests(run.object)) {
    mark_awaiting_tests(
        run.object,
        text::cat(
            "Helm release ", full_release_name(made), " with chart ", versioned_chart_name(made), " is awaiting tests"
        ),
        now
    );
  }
  if (!failure && running.step != Step::kTest && running.step != Step::kUninstall) {
    live::Inventory wanted;
    for (const auto& id : running.action.applied()) wanted.insert(id);
    for (const auto& id : running.definitions) wanted.insert(id);
    status.inventory = wanted.stored();
    std::set<std::string> names;
    for (const auto& id : running.action.applied()) names.insert(id.identity());
    run.applied.keep_only(names);
    co_await prune_history(run);
  }
  context.events.send(
      failure ? Severity::kError : Severity::kInfo, failure ? words.bad : words.good, message, facts_of(run.object)
  );
}

Outcome HelmReleaseReconciler::settle(Context& context, Run& run) {
  auto& object = run.object;
  const auto now = context.clock.wall_now();
  if (!object.status.history.empty()) {
    const auto active = active_remediation(object);
    truncate(object.status.history, ignores_test_failures(object), active && active->only_retries);
    // What failed has come right by itself, or by the remedy.
    if (const auto summary = summary_of(object); !summary.is_ready) {
      const auto& made = object.status.history.front();
      const bool is_install = object.status.last_attempted_release_action == "install" && made.version == 1;
      mark_action(
          object,
          condition::kReleased,
          true,
          is_install ? reason::kInstallSucceeded : reason::kUpgradeSucceeded,
          success_text(words_of(is_install ? Step::kInstall : Step::kUpgrade), made, 0),
          now
      );
    }
  }
  return Next{};
}

Outcome HelmReleaseReconciler::used_up(Run& run) const {
  const auto& status = run.object.status;
  const bool is_install = status.last_attempted_release_action == "install";
  const auto attempts = is_install ? status.install_failures : status.upgrade_failures;
  Stall out{
      reason::kRetriesExceeded,
      text::cat("Failed to ", is_install ? "install" : "upgrade", " after ", attempts, " attempt(s)")};
  const auto summary = summary_of(run.object);
  if (!summary.is_ready && !summary.reason.empty()) {
    out.ready_reason = summary.reason;
    out.ready_message = summary.message;
  }
  return out;
}

/// A newer configuration has come while the action was waiting: it is tried at once, and the old attempt counts as
/// none.
asio::awaitable<void> HelmReleaseReconciler::abandon(Context& context, Run& run) {
  auto& running = *run.memory.running;
  run.applied.health.reset();
  parts_.watches.stop(kube::key_of(run.object));
  auto& release = running.record.release;
  const auto& words = words_of(running.step);
  context.log.info("a newer configuration ends the running action", {{"action", std::string{words.verb}}});
  if (running.step != Step::kUninstall && running.step != Step::kTest) {
    release.info.status = release_status::kFailed;
    release.info.description = text::cat(running.failure_prefix, "a newer configuration came before it was done");
    running.record.resource_version = co_await run.store->update(running.record);
    remember(run.object.status.history, snapshot_of(release, words.verb, running.oci_digest));
  }
  run.memory.running.reset();
}

/// Whoever began an action is gone: nobody else runs one while the lease is ours.
asio::awaitable<void> HelmReleaseReconciler::unlock(Context& context, Run& run) {
  auto& release = run.newest->release;
  const std::string was = release.info.status;
  release.info.status = release_status::kFailed;
  release.info.description = text::cat("Release unlocked from stale '", was, "' state");
  run.newest->resource_version = co_await run.store->update(*run.newest);
  auto snapshot = snapshot_of(release, to_string(Step::kUnlock), run.oci_digest);
  const std::string message = text::cat(
      "Unlocked Helm release ",
      full_release_name(snapshot),
      " with chart ",
      versioned_chart_name(snapshot),
      " in ",
      was,
      " state"
  );
  if (!run.object.status.history.empty() && run.object.status.history.front().version == release.version)
    snapshot.action = run.object.status.history.front().action;
  remember(run.object.status.history, std::move(snapshot));
  context.events.send(Severity::kInfo, reason::kPendingRelease, message, facts_of(run.object));
}

asio::awaitable<void> HelmReleaseReconciler::record_inventory(
    Context& context, Run& run, const std::vector<ssa::ObjectId>& ids
) {
  live::Inventory all{run.object.status.inventory};
  for (const auto& id : ids) all.insert(id);
  run.object.status.inventory = all.stored();
  co_await context.publish_status();
}

}  // namespace weir::helm_controller
