// How actions begin: what is rendered, recorded and planned before anything of the release is touched.
#include <algorithm>
#include <set>
#include <utility>

#include "controllers/helm/helm_release_run.hpp"
#include "controllers/helm/helm_release_status.hpp"
#include "controllers/helm/history.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/storage/digests.hpp"
#include "pkg/helm/values/tables.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/live/inventory.hpp"
#include "pkg/runtime/conclusion.hpp"
#include "pkg/ssa/execute.hpp"
#include "pkg/ssa/plan.hpp"

namespace weir::helm_controller {
namespace {

namespace condition = api::helm::condition;
namespace reason = api::helm::reason;
namespace release_status = helm::release_status;
using helm::HookEvent;
using runtime::Failed;
using runtime::Outcome;
using runtime::Stall;

const Duration kDefaultTimeout{std::chrono::minutes{5}};

/// What the spec says about one action, in one form.
struct Manner {
  Duration timeout{std::chrono::minutes{5}};
  bool waits = true;
  bool waits_for_jobs = true;
  bool has_hooks = true;
  bool force = false;
};

template <class Spec>
Manner manner_of(const HelmRelease& object, const std::optional<Spec>& spec) {
  Manner out;
  out.timeout = object.spec.timeout.value_or(kDefaultTimeout);
  if (!spec) return out;
  out.timeout = spec->timeout.value_or(out.timeout);
  if constexpr (requires { spec->disable_wait; }) out.waits = !spec->disable_wait;
  if constexpr (requires { spec->disable_wait_for_jobs; }) out.waits_for_jobs = !spec->disable_wait_for_jobs;
  if constexpr (requires { spec->disable_hooks; }) out.has_hooks = !spec->disable_hooks;
  return out;
}

Manner manner_of(const HelmRelease& object, Step step) {
  switch (step) {
    case Step::kInstall: return manner_of(object, object.spec.install);
    case Step::kRollback: return manner_of(object, object.spec.rollback);
    case Step::kUninstall: return manner_of(object, object.spec.uninstall);
    case Step::kTest: return manner_of(object, object.spec.test);
    default: return manner_of(object, object.spec.upgrade);
  }
}

ActionPlan plan_of(const Manner& manner, const ReleaseIdentity& release) {
  ActionPlan out;
  out.release = release;
  out.timeout = manner.timeout.milliseconds();
  out.waits = manner.waits;
  out.waits_for_jobs = manner.waits_for_jobs;
  out.force = manner.force;
  return out;
}

void put_hooks(ActionPlan& plan, const Manner& manner, HookEvent before, HookEvent after) {
  if (!manner.has_hooks) return;
  plan.before = before;
  plan.after = after;
}

bool is_filtered_out(const helm::StoredHook& hook, const std::vector<api::helm::TestFilter>& filters) {
  bool is_named = false, names_any = false;
  for (const auto& filter : filters) {
    if (filter.exclude && filter.name == hook.name) return true;
    names_any |= !filter.exclude;
    is_named |= !filter.exclude && filter.name == hook.name;
  }
  return names_any && !is_named;
}

std::string_view definitions_policy(const HelmRelease& object, bool is_upgrade) {
  if (is_upgrade) {
    if (object.spec.upgrade && !object.spec.upgrade->crds.empty()) return object.spec.upgrade->crds;
    return "Create";
  }
  if (!object.spec.install) return "Create";
  if (!object.spec.install->crds.empty()) return object.spec.install->crds;
  return object.spec.install->skip_crds ? "Skip" : "Create";
}

}  // namespace

/// @returns how the pass ends when the action could not even begin
asio::awaitable<std::optional<Outcome>> HelmReleaseReconciler::begin(Context& context, Run& run, Step step) {
  auto& status = run.object.status;
  const auto manner = manner_of(run.object, step);
  const bool installs = step == Step::kInstall;
  const bool makes_release = installs || step == Step::kUpgrade || step == Step::kUpgradeAnew;
  if (makes_release) status.last_attempted_release_action = installs ? "install" : "upgrade";
  runtime::mark_progressing(
      runtime::parts_of(run.object),
      text::cat("Running '", to_string(step), "' action with timeout of ", to_string(manner.timeout)),
      context.clock.wall_now()
  );
  co_await context.publish_status();
  if (step == Step::kRollback) co_return co_await begin_rollback(context, run, manner.timeout);
  if (step == Step::kUninstall) {
    co_await begin_uninstall(run, *run.newest);
    co_return std::nullopt;
  }
  if (step == Step::kTest) {
    auto plan = plan_of(manner, run.release);
    plan.hooks = run.newest->release.hooks;
    for (auto& hook : plan.hooks) {
      if (!hook.runs_at(HookEvent::kTest) || !run.object.spec.test) continue;
      if (is_filtered_out(hook, run.object.spec.test->filters)) hook.events.clear();
    }
    plan.before = HookEvent::kTest;
    start(run, step, std::move(plan), *run.newest, manner.timeout);
    co_return std::nullopt;
  }

  // Nothing is stored before it is known what would be.
  std::string failure;
  ActionPlan plan = plan_of(manner, run.release);
  ReleaseStore::Stored record;
  std::vector<ssa::ObjectId> definitions;
  try {
    const std::int64_t revision = run.newest ? run.newest->release.version + 1 : 1;
    co_await render(run, !installs, revision);
    co_await make_namespace(run);
    definitions = co_await apply_definitions(context, run, !installs);
    record.release = release_of(run, revision, installs, context.clock.wall_now());
    auto objects = desired_objects(std::move(run.post.objects), run.release);
    if (!objects) throw ActionFailed{objects.error().text()};
    plan.objects = std::move(*objects);
    plan.hooks = record.release.hooks;
    co_await check_ownership(run, plan.objects, installs);
    plan.obsolete = co_await obsolete_objects(run, plan.objects);
  } catch (const ActionFailed& failed) {
    failure = failed.what();
  }
  if (!failure.empty()) {
    const std::string message = text::cat(
        "Helm ",
        to_string(step),
        " failed for release ",
        run.release.namespace_,
        "/",
        run.release.name,
        " with chart ",
        run.chart->name(),
        "@",
        run.chart_version,
        ": ",
        failure
    );
    const auto why = installs ? reason::kInstallFailed : reason::kUpgradeFailed;
    mark_action(run.object, condition::kReleased, false, why, message, context.clock.wall_now());
    ++status.failures;
    co_return Outcome{Failed{why, message}};
  }
  record.resource_version = co_await run.store->create(record.release);
  if (installs) {
    put_hooks(plan, manner, HookEvent::kPreInstall, HookEvent::kPostInstall);
  } else {
    put_hooks(plan, manner, HookEvent::kPreUpgrade, HookEvent::kPostUpgrade);
  }
  start(run, step, std::move(plan), std::move(record), manner.timeout);
  auto& running = *run.memory.running;
  running.definitions = std::move(definitions);
  running.failure_prefix =
      text::cat(installs ? "Release" : "Upgrade", " ", text::quoted(run.release.name), " failed: ");
  running.success = installs ? "Install complete" : "Upgrade complete";
  co_return std::nullopt;
}

void HelmReleaseReconciler::start(Run& run, Step step, ActionPlan plan, ReleaseStore::Stored record, Duration timeout) {
  auto running = std::make_unique<Running>(step, std::move(plan), std::move(record));
  running->inputs = run.inputs;
  running->oci_digest = run.oci_digest;
  running->timeout = timeout;
  running->started = parts_.clock.now();
  const auto& uninstall = run.object.spec.uninstall;
  if (step == Step::kUninstall && uninstall) {
    if (uninstall->deletion_propagation == "foreground") running->propagation = kube::Propagation::kForeground;
    if (uninstall->deletion_propagation == "orphan") running->propagation = kube::Propagation::kOrphan;
  }
  run.memory.running = std::move(running);
}

/// @throws ActionFailed in Helm's words
asio::awaitable<void> HelmReleaseReconciler::render(Run& run, bool is_upgrade, std::int64_t revision) {
  helm::ReleaseInput input;
  input.chart = run.chart;
  input.user_values = run.values;
  if (is_upgrade && run.object.spec.upgrade && run.object.spec.upgrade->preserve_values && run.newest &&
      run.newest->release.config.is_object()) {
    input.user_values = run.newest->release.config;
    helm::merge_over(input.user_values, run.values);
  }
  input.release.name = run.release.name;
  input.release.ns = run.release.namespace_;
  input.release.revision = revision;
  input.release.is_upgrade = is_upgrade;
  input.capabilities = co_await parts_.facts.capabilities();
  input.functions = functions_;
  const auto lookup = cluster_lookup(client_for(run.object), parts_.mapper, parts_.executor);
  input.lookup = lookup.get();
  const auto& spec = run.object.spec;
  input.skips_schemas = is_upgrade ? spec.upgrade && spec.upgrade->disable_schema_validation
                                   : spec.install && spec.install->disable_schema_validation;
  std::string failure;
  auto work = [&input, &run, &failure](std::stop_token stop) {
    input.stop = std::move(stop);
    auto rendered = helm::render_release(input);
    if (!rendered) {
      failure = rendered.error().words;
      if (!rendered.error().explanation.empty()) text::append(failure, "\n\n", rendered.error().explanation);
      return;
    }
    auto post = post_render(std::move(rendered->manifests), std::move(rendered->hooks), run.object);
    if (!post) {
      failure = post.error().text();
      return;
    }
    run.post = std::move(*post);
    run.rendered = std::move(*rendered);
  };
  auto rendering = parts_.cpu.run(std::move(work));
  co_await std::move(rendering);
  if (!failure.empty()) throw ActionFailed{failure};
  run.installed_values = std::move(input.user_values);
}

helm::StoredRelease HelmReleaseReconciler::release_of(Run& run, std::int64_t revision, bool is_install, WallTime now)
    const {
  helm::StoredRelease out;
  out.name = run.release.name;
  out.namespace_ = run.release.namespace_;
  out.version = revision;
  out.info.last_deployed = to_rfc3339_nanoseconds(now);
  out.info.first_deployed = is_install || !run.newest || run.newest->release.info.first_deployed.empty()
                                ? out.info.last_deployed
                                : run.newest->release.info.first_deployed;
  out.info.status = is_install ? release_status::kPendingInstall : release_status::kPendingUpgrade;
  out.info.description = is_install ? "Initial install underway" : "Preparing upgrade";
  out.info.notes = run.rendered->notes;
  out.chart = helm::stored_chart(*run.rendered->chart);
  out.config = run.installed_values;
  out.manifest = helm::release_manifest(run.post.manifests);
  for (const auto& hook : run.post.hooks) out.hooks.push_back(helm::stored_hook(hook));
  out.apply_method = "ssa";
  return out;
}

/// The namespace of spec.targetNamespace, where the spec wants it made.
asio::awaitable<void> HelmReleaseReconciler::make_namespace(Run& run) {
  const auto& install = run.object.spec.install;
  if (!install || !install->create_namespace || run.object.spec.target_namespace.empty()) co_return;
  auto client = client_for(run.object);
  const auto namespaces = kube::core::namespaces();
  const kube::ObjectKey key{"", run.release.namespace_};
  const auto found = co_await client.get(namespaces, key, kube::Detail::kMetadata);
  if (found) co_return;
  kube::Object wanted{json::Value::object({{"apiVersion", "v1"}, {"kind", "Namespace"}})};
  wanted.metadata() = json::Value::object(
      {{"name", run.release.namespace_}, {"labels", json::Value::object({{"name", run.release.namespace_}})}}
  );
  std::optional<kube::ApiError> refused;
  try {
    co_await client.create(namespaces, wanted);
  } catch (const kube::ApiError& error) {
    refused = error;
  }
  if (refused && !refused->is_already_exists())
    throw ActionFailed{text::cat("cannot create the namespace ", run.release.namespace_, ": ", refused->what())};
}

/// The definitions of crds/, before anything else; "Create" leaves those alone that are there.
/// @returns those that the release brings, applied or found
asio::awaitable<std::vector<ssa::ObjectId>> HelmReleaseReconciler::apply_definitions(
    Context& context, Run& run, bool is_upgrade
) {
  std::vector<ssa::ObjectId> out;
  const auto policy = definitions_policy(run.object, is_upgrade);
  if (policy == "Skip" || run.rendered->crds.empty()) co_return out;
  auto desired = desired_definitions(run.rendered->crds, run.object);
  if (!desired) throw ActionFailed{text::cat("failed to apply CustomResourceDefinitions: ", desired.error().text())};
  for (const auto& definition : *desired) out.push_back(definition.id());
  auto client = client_for(run.object);
  if (policy == "Create") {
    std::vector<ssa::Desired> missing;
    for (auto& definition : *desired) {
      const auto resource = co_await parts_.mapper.find(definition.id().api_version(), definition.id().kind);
      if (!resource) continue;
      const auto key = definition.id().key();
      const auto found = co_await client.get(*resource, key, kube::Detail::kMetadata);
      if (!found) missing.push_back(std::move(definition));
    }
    *desired = std::move(missing);
  }
  if (desired->empty()) co_return out;
  const ssa::Cluster cluster{client, parts_.mapper, options_.apply, context.clock, context.log};
  ssa::PlanRequest wanted;
  wanted.objects = std::move(*desired);
  auto plan = co_await ssa::make_plan(cluster, std::move(wanted));
  ssa::ExecuteRequest manner;
  const auto result = co_await ssa::execute(cluster, std::move(plan), std::move(manner));
  parts_.facts.forget();
  if (!result.errors.empty())
    throw ActionFailed{text::cat("failed to apply CustomResourceDefinitions: ", text::join(result.errors, "\n"))};
  co_return out;
}

/// Where the spec does not take them over, objects that exist must be this release's by Helm's marks.
asio::awaitable<void> HelmReleaseReconciler::check_ownership(
    Run& run, const std::vector<ssa::Desired>& objects, bool is_install
) {
  const auto& spec = run.object.spec;
  const bool takes_over = is_install ? !(spec.install && spec.install->disable_take_ownership)
                                     : !(spec.upgrade && spec.upgrade->disable_take_ownership);
  if (takes_over) co_return;
  auto client = client_for(run.object);
  for (const auto& object : objects) {
    const auto resource = co_await parts_.mapper.find(object.id().api_version(), object.id().kind);
    if (!resource) continue;
    auto key = object.id().key();
    if (!resource->namespaced) key.namespace_.clear();
    const auto found = co_await client.get(*resource, key, kube::Detail::kMetadata);
    if (!found) continue;
    const bool is_ours = found->label("app.kubernetes.io/managed-by") == std::string_view{"Helm"} &&
                         found->annotation(kReleaseNameAnnotation) == std::string_view{run.release.name} &&
                         found->annotation(kReleaseNamespaceAnnotation) == std::string_view{run.release.namespace_};
    if (is_ours) continue;
    throw ActionFailed{text::cat(
        object.id().kind,
        " ",
        text::quoted(object.id().name),
        " in namespace ",
        text::quoted(key.namespace_),
        " exists and cannot be imported into the current release: invalid ownership metadata"
    )};
  }
}

/// The objects of a record, as the cluster knows them.
asio::awaitable<std::vector<ssa::ObjectId>> HelmReleaseReconciler::objects_of(const helm::StoredRelease& release) {
  auto work = [&release](std::stop_token) { return objects_of_manifest(release.manifest); };
  auto reading = parts_.cpu.run(std::move(work));
  auto objects = co_await std::move(reading);
  if (!objects) throw ActionFailed{text::cat("the stored manifest cannot be read: ", objects.error().text())};
  std::vector<ssa::ObjectId> out;
  for (auto& document : *objects) {
    const kube::Object object{std::move(document)};
    auto id = ssa::ObjectId::of(object);
    if (id.namespace_.empty()) id.namespace_ = release.namespace_;
    out.push_back(std::move(id));
  }
  co_await settle_scopes(parts_.mapper, out);
  co_return out;
}

/// What the deployed revision, or an attempt after it, brought, and the new one does not.
asio::awaitable<std::vector<ssa::ObjectId>> HelmReleaseReconciler::obsolete_objects(
    Run& run, const std::vector<ssa::Desired>& wanted
) {
  std::vector<ssa::ObjectId> ids;
  for (const auto& object : wanted) ids.push_back(object.id());
  co_await settle_scopes(parts_.mapper, ids);
  std::set<std::string> kept;
  for (const auto& id : ids) kept.insert(id.identity());

  std::vector<ssa::ObjectId> old;
  const auto deployed = std::ranges::find(run.entries, release_status::kDeployed, &ReleaseStore::Entry::status);
  if (deployed != run.entries.end()) {
    const bool is_newest = run.newest && deployed->version == run.newest->release.version;
    if (is_newest) {
      old = co_await objects_of(run.newest->release);
    } else {
      const auto stored = co_await run.store->read(deployed->secret);
      if (stored) old = co_await objects_of(stored->release);
    }
  }
  // Definitions of crds/ are listed too, and are never deleted.
  for (auto& id : live::Inventory{run.object.status.inventory}.objects())
    if (id.kind != "CustomResourceDefinition") old.push_back(std::move(id));
  std::vector<ssa::ObjectId> out;
  for (auto& id : old)
    if (kept.insert(id.identity()).second) out.push_back(std::move(id));
  co_return out;
}

asio::awaitable<std::optional<Outcome>> HelmReleaseReconciler::begin_rollback(
    Context& context, Run& run, Duration timeout
) {
  const auto* target = rollback_target(run.object.status.history, ignores_test_failures(run.object));
  std::optional<ReleaseStore::Stored> stored;
  if (target != nullptr) {
    std::string secret;
    for (const auto& entry : run.entries)
      if (entry.version == target->version) secret = entry.secret;
    if (!secret.empty()) stored = co_await run.store->read(secret);
  }
  if (!stored) {
    const std::string message = text::cat(
        "Missing target release for rollback: cannot remediate failed release ",
        run.release.namespace_,
        "/",
        run.release.name
    );
    const auto summary = summary_of(run.object);
    Stall stall{reason::kMissingRollbackTarget, message};
    stall.ready_reason = summary.reason;
    stall.ready_message = text::cat(summary.message, "; ", message);
    co_return Outcome{std::move(stall)};
  }
  const auto manner = manner_of(run.object, Step::kRollback);
  auto plan = plan_of(manner, run.release);
  ReleaseStore::Stored record;
  record.release = stored->release;
  auto& release = record.release;
  release.version = run.newest->release.version + 1;
  release.info.first_deployed = run.newest->release.info.first_deployed;
  release.info.last_deployed = to_rfc3339_nanoseconds(context.clock.wall_now());
  release.info.status = release_status::kPendingRollback;
  release.info.description = text::cat("Rollback to ", target->version);
  std::string failure;
  try {
    auto objects = objects_of_manifest(release.manifest);
    if (!objects) throw ActionFailed{objects.error().text()};
    auto desired = desired_objects(std::move(*objects), run.release);
    if (!desired) throw ActionFailed{desired.error().text()};
    plan.objects = std::move(*desired);
    plan.obsolete = co_await obsolete_objects(run, plan.objects);
  } catch (const ActionFailed& failed) {
    failure = failed.what();
  }
  if (!failure.empty()) co_return Outcome{Failed{reason::kRollbackFailed, failure}};
  plan.hooks = release.hooks;
  put_hooks(plan, manner, HookEvent::kPreRollback, HookEvent::kPostRollback);
  record.resource_version = co_await run.store->create(record.release);
  const Snapshot back_to = *target;
  start(run, Step::kRollback, std::move(plan), std::move(record), timeout);
  auto& running = *run.memory.running;
  running.target = back_to;
  running.oci_digest = back_to.oci_digest;
  running.failure_prefix = text::cat("Rollback ", text::quoted(run.release.name), " failed: ");
  running.success = text::cat("Rollback to ", back_to.version);
  co_return std::nullopt;
}

asio::awaitable<void> HelmReleaseReconciler::begin_uninstall(Run& run, ReleaseStore::Stored record) {
  const auto manner = manner_of(run.object, Step::kUninstall);
  auto plan = plan_of(manner, run.release);
  auto& release = record.release;
  plan.obsolete = co_await objects_of(release);
  std::set<std::string> known;
  for (const auto& id : plan.obsolete) known.insert(id.identity());
  for (auto& id : live::Inventory{run.object.status.inventory}.objects())
    if (id.kind != "CustomResourceDefinition" && known.insert(id.identity()).second)
      plan.obsolete.push_back(std::move(id));
  plan.hooks = release.hooks;
  plan.waits_for_deletion = manner.waits;
  put_hooks(plan, manner, HookEvent::kPreDelete, HookEvent::kPostDelete);
  release.info.status = release_status::kUninstalling;
  release.info.deleted = to_rfc3339_nanoseconds(parts_.clock.wall_now());
  release.info.description = "Deletion in progress (or silently failed)";
  record.resource_version = co_await run.store->update(record);
  start(run, Step::kUninstall, std::move(plan), std::move(record), manner.timeout);
}

}  // namespace weir::helm_controller
