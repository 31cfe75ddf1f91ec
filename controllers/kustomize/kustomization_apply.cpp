#include "controllers/kustomize/kustomization_reconciler.hpp"
#include "controllers/kustomize/kustomization_run.hpp"
#include "controllers/kustomize/variables.hpp"
#include "pkg/base/text.hpp"
#include "pkg/ssa/execute.hpp"
#include "pkg/ssa/managed_fields.hpp"
#include "pkg/ssa/plan.hpp"
#include "pkg/ssa/remove.hpp"
#include "pkg/ssa/steering.hpp"

namespace weir::kustomize_controller {

namespace reason = api::kustomize::reason;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;

namespace {

/// An inventory that holds the old and the new would not fit:
/// then this many objects are recorded and written at a time.
constexpr std::size_t kPortion = 500;

}  // namespace

/// Once a pass: what is said already is not written again.
asio::awaitable<void> KustomizationReconciler::say_that_it_writes(Context& context, Run& run) {
  runtime::mark_progressing(
      runtime::parts_of(run.object),
      text::cat(
          "Applying manifests for revision ",
          run.revision,
          " with a timeout of ",
          to_string(run.object.spec.effective_timeout())
      ),
      context.clock.wall_now()
  );
  co_await context.publish_status();
}

asio::awaitable<void> KustomizationReconciler::record_before_write(
    Context& context, Run& run, const std::vector<ssa::ObjectId>& ids
) {
  for (const auto& id : ids) run.recorded.insert(id);
  // What must go for the rest to fit is still in the status that the last portion wrote.
  auto stale = run.recorded.excess(run.wanted);
  if (!stale.empty()) co_await prune_some(context, run, std::move(stale));
  run.object.status.inventory = run.recorded.stored();
  co_await say_that_it_writes(context, run);
}

void KustomizationReconciler::learn_applied(Run& run, const ssa::Desired& desired, const kube::Object& live) {
  live::Record record;
  record.id = desired.id();
  record.desired_hash = desired.hash();
  record.owned = ssa::ownership_of(live, options_.field_manager, options_.apply.override_managers);
  record.resource_version = live.resource_version();
  record.merges = ssa::is_steered(desired.head(), options_.apply.annotation_group, "ssa", "Merge");
  record.expires = desired.expires();
  run.applied.learn(std::move(record));
  if (const auto resource = parts_.mapper.known(desired.id().api_version(), desired.id().kind)) {
    parts_.drift.follow(*resource);
  }
}

/// What is left alone for what the live object says is to be looked at again: without a record nobody would see that it
/// went away, or that the word was taken back.
void KustomizationReconciler::learn_skipped(Run& run, const ssa::Desired& desired, bool by_live) {
  run.applied.forget(desired.id());
  if (!by_live) return;
  live::Record record;
  record.id = desired.id();
  record.desired_hash = desired.hash();
  record.left_alone = true;
  record.need_only_exist = ssa::is_steered(desired.head(), options_.apply.annotation_group, "ssa", "IfNotPresent");
  run.applied.learn(std::move(record));
}

asio::awaitable<Outcome> KustomizationReconciler::apply(Context& context, Run& run) {
  auto& memory = run.memory;
  memory.inputs.clear();  // until this apply is complete
  auto client = client_for(run.object);
  const ssa::Cluster cluster{client, parts_.mapper, options_.apply, context.clock, context.log};
  ssa::Findings findings;
  findings.on_applied = [this, &run](const ssa::Desired& desired, const kube::Object& live) {
    learn_applied(run, desired, live);
  };
  findings.on_skipped = [this, &run](const ssa::Desired& desired, bool by_live) {
    learn_skipped(run, desired, by_live);
  };

  ssa::PlanRequest wanted;
  wanted.objects = std::move(run.built.objects);
  wanted.force = run.object.spec.force;
  wanted.findings = findings;
  wanted.is_unchanged = [&run](const ssa::Desired& desired) {
    const auto* record = run.applied.find(desired.id());
    return record != nullptr && record->desired_hash == desired.hash() && run.applied.is_settled(*record, run.is_due);
  };
  wanted.is_expected = [this, &run](const ssa::ObjectId& id) {
    if (run.applied.find(id) == nullptr) return run.recorded.contains(id);
    return !parts_.drift.is_complete(id);
  };
  auto plan = co_await ssa::make_plan(cluster, std::move(wanted));

  ssa::ExecuteRequest manner;
  manner.findings = std::move(findings);
  manner.before_write = [this, &context, &run](const std::vector<ssa::ObjectId>& ids) {
    return record_before_write(context, run, ids);
  };
  auto together = run.recorded;
  together.merge(run.wanted);
  if (together.stored_bytes() > live::Inventory::kMostStoredBytes) manner.portion = kPortion;
  auto result = co_await ssa::execute(cluster, std::move(plan), std::move(manner));

  const std::string lines = ssa::changed_lines(result.changes);
  if (!result.errors.empty()) {
    std::string message = masked(text::join(result.errors, "\n"), run.secrets.values);
    if (!lines.empty()) text::append(message, "\n", lines);
    throw ReasonedError{reason::kReconciliationFailed, message};
  }
  run.changes = std::move(result.changes);
  memory.digest = run.built.digest;
  memory.files = std::move(run.built.inputs);
  memory.settings = run.settings;
  memory.looked_at = context.clock.now();

  std::set<std::string> names;
  for (const auto& change : run.changes) names.insert(change.id.identity());
  run.applied.keep_only(names);
  if (!lines.empty()) {
    auto output = json::Value::object();
    for (const auto& change : run.changes) output.set(change.id.text(), std::string{ssa::to_string(change.action)});
    context.log.info("server-side apply completed", {{"revision", run.revision}, {"output", std::move(output)}});
    context.events.send(Severity::kInfo, api::reason::kProgressing, lines, revision_facts(run.revision));
  }
  co_return Next{};
}

std::function<bool(const kube::Object&)> KustomizationReconciler::owned_by(const Kustomization& object) const {
  const std::string name_label = text::cat(Kustomization::kNames.group, "/name");
  const std::string namespace_label = text::cat(Kustomization::kNames.group, "/namespace");
  const auto key = kube::key_of(object);
  return [=](const kube::Object& live) {
    return live.label(name_label) == std::string_view{key.name} &&
           live.label(namespace_label) == std::string_view{key.namespace_};
  };
}

/// Deletes what left the build, and takes it from what is recorded; what could not be deleted stays recorded. Without
/// spec.prune it is only forgotten.
/// @throws ReasonedError when something could not be deleted
asio::awaitable<void> KustomizationReconciler::prune_some(
    Context& context, Run& run, std::vector<ssa::ObjectId> stale
) {
  if (!run.object.spec.prune) {
    for (const auto& id : stale) run.recorded.erase(id);
    co_return;
  }
  co_await say_that_it_writes(context, run);
  auto client = client_for(run.object);
  const ssa::Cluster cluster{client, parts_.mapper, options_.apply, context.clock, context.log};
  const auto result = co_await ssa::remove(cluster, std::move(stale), owned_by(run.object));
  for (const auto& change : result.changes) run.recorded.erase(change.id);
  const std::string lines = ssa::changed_lines(result.changes);
  if (!lines.empty()) {
    run.pruned += lines;
    context.log.info("garbage collection completed", {{"revision", run.revision}, {"output", lines}});
    context.events.send(Severity::kInfo, api::reason::kProgressing, lines, revision_facts(run.revision));
  }
  if (!result.errors.empty()) {
    run.object.status.inventory = run.recorded.stored();
    throw ReasonedError{
        reason::kPruneFailed, text::cat("delete failed, errors: ", text::join(result.errors, "; "), ";")};
  }
}

asio::awaitable<Outcome> KustomizationReconciler::prune(Context& context, Run& run) {
  for (const auto& change : run.changes) run.recorded.insert(change.id);
  auto stale = run.recorded.without(run.wanted);
  if (!stale.empty()) co_await prune_some(context, run, std::move(stale));
  run.object.status.inventory = run.recorded.stored();
  run.memory.listed = run.recorded.hash();
  run.memory.inputs = run.inputs;
  co_return Next{};
}

}  // namespace weir::kustomize_controller
