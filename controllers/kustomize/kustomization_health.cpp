#include "controllers/kustomize/dependencies.hpp"
#include "controllers/kustomize/kustomization_reconciler.hpp"
#include "controllers/kustomize/kustomization_run.hpp"
#include "controllers/kustomize/kustomization_status.hpp"
#include "pkg/access/reference.hpp"
#include "pkg/async/parallel.hpp"
#include "pkg/base/text.hpp"
#include "pkg/ssa/health.hpp"

namespace weir::kustomize_controller {

namespace reason = api::kustomize::reason;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Telling;
using runtime::Wait;

namespace {

/// A wait that takes no longer is not told.
constexpr Milliseconds kUntold{1'000};

/// What a Kustomization waits for; itself excepted, which is not ready before the wait is over.
std::vector<ssa::ObjectId> awaited_objects(
    const Kustomization& object, const std::map<std::string, live::Record>& records
) {
  std::vector<ssa::ObjectId> out;
  if (object.spec.wait) {
    for (const auto& [name, record] : records) {
      if (!record.left_alone) out.push_back(record.id);
    }
  } else {
    for (const auto& check : object.spec.health_checks) {
      auto key = access::referred(object.metadata.namespace_, check);
      auto [group, version] = kube::split_api_version(check.api_version);
      out.push_back(ssa::ObjectId{
          std::move(group), std::move(version), check.kind, std::move(key.namespace_), std::move(key.name)});
    }
  }
  std::erase_if(out, [&](const ssa::ObjectId& id) {
    return id.group == Kustomization::kNames.group && id.kind == Kustomization::kNames.kind &&
           id.key() == kube::key_of(object);
  });
  return out;
}

}  // namespace

void KustomizationReconciler::end_health(Run& run) {
  run.applied.health.reset();
  parts_.health_watches.stop(kube::key_of(run.object));
}

/// What cannot be asked now, because its kind is not served or may not be read, is asked again.
asio::awaitable<void> KustomizationReconciler::ask_health(const Run& run, ssa::ObjectId id) {
  auto& wait = *run.applied.health;
  ssa::Health health{ssa::HealthStatus::kNotFound, "", {}};
  bool is_watched = false;
  const auto* record = run.applied.find(id);
  try {
    const auto resource = co_await parts_.mapper.find(id.api_version(), id.kind);
    if (resource) {
      ssa::ObjectId named = id;
      if (!resource->namespaced) named.namespace_.clear();
      is_watched = record != nullptr ? parts_.drift.is_complete(id)
                                     : parts_.health_watches.follow(kube::key_of(run.object), *resource, named);
      auto client = client_for(run.object);
      const auto live = co_await client.get(*resource, named.key());
      if (live) {
        health = ssa::compute_health(*live);
      } else if (record != nullptr && record->expires) {
        health.status = ssa::HealthStatus::kCurrent;  // done, and cleaned up by its ttlSecondsAfterFinished
      }
    }
  } catch (const kube::ApiError& error) {
    health.status = ssa::HealthStatus::kUnknown;
    health.message = error.what();
    is_watched = false;
  }
  wait.answer(id, health, is_watched, parts_.clock.now());
}

asio::awaitable<Outcome> KustomizationReconciler::check_health(Context& context, Run& run) {
  const auto& spec = run.object.spec;
  auto& memory = run.memory;
  const auto now = context.clock.now();
  if (!run.applied.health || !run.only_health) {
    // Something was applied: all of it is asked for again. When that put right what drifted during the wait, the time
    // that the wait may take has not begun anew.
    const auto since = run.applied.health ? run.applied.health->started() : now;
    run.applied.health.emplace(
        awaited_objects(run.object, run.applied.records()), since, spec.effective_timeout().milliseconds()
    );
  }
  const auto due = run.applied.health->ask(now);
  auto ask = [this, &run, &due](std::size_t index) { return ask_health(run, due[index]); };
  co_await async::for_each_index(due.size(), options_.apply.concurrency, ask);

  const auto& wait = *run.applied.health;
  const auto then = context.clock.now();
  const auto waited = to_string(Duration{std::chrono::round<Milliseconds>(then - wait.started())});
  const std::string timeout = to_string(spec.effective_timeout());
  if (wait.is_over()) {
    const bool was_healthy = api::is_condition_true(run.object.status.conditions, api::kustomize::condition::kHealthy);
    const std::string message = text::cat("Health check passed in ", waited);
    if (!was_healthy) {
      context.events.send(Severity::kInfo, api::reason::kProgressing, message, revision_facts(run.revision));
    }
    mark_healthy(run.object, message, context.clock.wall_now());
    end_health(run);
    co_return Next{};
  }
  if (wait.has_failed() || wait.has_expired(then)) {
    const std::string detail = wait.has_failed()
                                   ? text::cat("failed early due to stalled resources: [", wait.failed_objects(), "]")
                                   : text::cat("timeout waiting for: [", wait.pending_objects(), "]");
    const std::string after = wait.has_failed() ? waited : timeout;
    end_health(run);
    memory.inputs.clear();  // the next pass applies and waits anew
    mark_unhealthy(run.object, detail, context.clock.wall_now());
    throw ReasonedError{reason::kHealthCheckFailed, text::cat("health check failed after ", after, ": ", detail)};
  }
  std::string message = text::cat("Running health checks for revision ", run.revision, " with a timeout of ", timeout);
  mark_health_unknown(run.object, message, context.clock.wall_now());
  auto pause = std::max({wait.pause(then), wait.gathering(), Milliseconds{1}});
  // Most are healthy soon: that is told together with the success.
  const auto untold = std::chrono::ceil<Milliseconds>(wait.started() + kUntold - then);
  const bool is_young = untold > Milliseconds{0};
  if (is_young) pause = std::min(pause, untold);
  co_return Wait{api::reason::kProgressing, std::move(message), pause, is_young ? Telling::kLater : Telling::kNothing};
}

}  // namespace weir::kustomize_controller
