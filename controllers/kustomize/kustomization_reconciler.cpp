#include "controllers/kustomize/kustomization_reconciler.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "controllers/kustomize/build_objects.hpp"
#include "controllers/kustomize/dependencies.hpp"
#include "controllers/kustomize/kustomization_status.hpp"
#include "controllers/kustomize/variables.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/ssa/health.hpp"
#include "pkg/ssa/managed_fields.hpp"

namespace weir::kustomize_controller {
namespace {

namespace condition = api::condition;
namespace reason = api::kustomize::reason;
using namespace std::chrono_literals;
using api::kustomize::Inventory;
using api::kustomize::InventoryEntry;
using api::kustomize::ObjectIdentity;
using runtime::Context;
using runtime::Done;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;
using runtime::Wait;

constexpr std::string_view kOriginRevision = "org.opencontainers.image.revision";
/// Two corrections within this time belong to one quarrel: the next one waits twice as long.
constexpr auto kQuarrel = 30s;
constexpr Milliseconds kFirstHealPause{0};
constexpr Milliseconds kLongestHealPause{120'000};
constexpr std::size_t kMostShownObjects = 20;
constexpr std::size_t kSharedDocumentBytes = 64u << 20;

/// How records and the inventory tell objects apart: the version does not count.
std::string name_of(const ssa::ObjectId& id) {
  return ObjectIdentity{id.namespace_, id.name, id.group, id.kind}.id();
}

InventoryEntry entry_of(const ssa::ObjectId& id) { return {name_of(id), id.version}; }

std::optional<ssa::ObjectId> id_of(const InventoryEntry& entry) {
  auto identity = ObjectIdentity::parse(entry.id);
  if (identity.has_error()) return std::nullopt;
  return ssa::ObjectId{
      std::move(identity->group),
      entry.version,
      std::move(identity->kind),
      std::move(identity->namespace_),
      std::move(identity->name)
  };
}

std::vector<InventoryEntry> entries_of(const Kustomization& object) {
  return object.status.inventory ? object.status.inventory->entries : std::vector<InventoryEntry>{};
}

/// Sorted, so that equal sets are equal lists and cost no write.
Inventory inventory_of(std::map<std::string, InventoryEntry> entries) {
  Inventory out;
  for (auto& [id, entry] : entries) out.entries.push_back(std::move(entry));
  return out;
}

std::map<std::string, std::string> revision_facts(std::string_view revision) {
  std::map<std::string, std::string> out;
  if (!revision.empty()) out.emplace("revision", revision);
  return out;
}

std::string joined(const std::vector<std::string>& lines) { return text::join(lines, "\n"); }

}  // namespace

struct KustomizationReconciler::Run {
  Run(Kustomization& object_, Memory& memory_) : object{object_}, memory{memory_} {}

  Kustomization& object;
  Memory& memory;
  std::shared_ptr<const GitRepository> source;
  std::string revision;
  std::optional<Variables> variables;
  SecretTexts secrets;                  // of the variables: to be kept out of messages
  std::string settings;                 // what the spec decides: generation, variables
  std::string inputs;                   // the settings and the artifact: together they decide the result
  bool only_health = false;             // everything is applied: go on waiting
  bool changed = false;                 // something was written or rebuilt in this pass
  std::shared_ptr<const artifact::Unpacked> artifact;
  BuiltObjects built;
  std::vector<InventoryEntry> old_inventory;
  ssa::ChangeSet changes;
  TimePoint started{};
};

const KustomizationReconciler::Step KustomizationReconciler::kSteps[] = {
    {"spec", &KustomizationReconciler::check_spec, condition::kReady, reason::kReconciliationFailed},
    {"source", &KustomizationReconciler::find_source, condition::kReady, reason::kArtifactFailed},
    {"dependencies", &KustomizationReconciler::check_dependencies, condition::kReady, reason::kDependencyNotReady},
    {"variables", &KustomizationReconciler::load_variables, condition::kReady, reason::kBuildFailed},
    {"inputs", &KustomizationReconciler::compare_inputs, condition::kReady, reason::kReconciliationFailed},
    {"artifact", &KustomizationReconciler::fetch_artifact, condition::kReady, reason::kArtifactFailed},
    {"build", &KustomizationReconciler::build, condition::kReady, reason::kBuildFailed},
    {"apply", &KustomizationReconciler::apply, condition::kReady, reason::kReconciliationFailed},
    {"prune", &KustomizationReconciler::prune, condition::kReady, reason::kPruneFailed},
    {"health", &KustomizationReconciler::check_health, condition::kReady, reason::kHealthCheckFailed},
    {"finish", &KustomizationReconciler::finish, condition::kReady, reason::kReconciliationFailed},
};

KustomizationReconciler::KustomizationReconciler(Parts parts, KustomizationOptions options)
    : parts_{std::move(parts)}, options_{std::move(options)} {
  parts_.drift.on_change([this](const auto& id, const auto& owner, const auto* after) {
    on_object_change(id, owner, after);
  });
  parts_.health_watches.on_change([this](const kube::ObjectKey& key) {
    if (wake_) wake_(key, Milliseconds{0});
  });
}

std::optional<Milliseconds> KustomizationReconciler::retry_pause(const Kustomization& object) const {
  return object.spec.retry().milliseconds();
}

void KustomizationReconciler::forget(const kube::ObjectKey& key) {
  parts_.waiters.erase(key);
  parts_.health_watches.stop(key);
  memories_.erase(key);
}

std::string KustomizationReconciler::service_account(const Kustomization& object) const {
  return object.spec.service_account_name.empty() ? options_.default_service_account
                                                  : object.spec.service_account_name;
}

kube::Client KustomizationReconciler::client_for(const Kustomization& object) const {
  const auto account = service_account(object);
  kube::Identity identity = parts_.client.identity();
  if (!account.empty()) {
    identity.impersonate_user =
        text::cat("system:serviceaccount:", object.metadata.namespace_, ":", account);
  }
  return parts_.client.as(std::move(identity));
}

asio::awaitable<Outcome> KustomizationReconciler::reconcile(Context& context, Kustomization& object) {
  auto& memory = memories_[key_of(object)];
  memory.busy = true;
  if (++running_ == 1) documents_ = std::make_shared<kustomize::DocumentCache>(kSharedDocumentBytes);
  const ScopeExit ends{[this, &memory, key = key_of(object)] {
    end_pass(key, memory);
    if (--running_ == 0) documents_.reset();
  }};
  Run run{object, memory};
  run.started = context.clock.now();
  co_return co_await runtime::run_steps(*this, kSteps, context, run);
}

asio::awaitable<Outcome> KustomizationReconciler::check_spec(Context&, Run& run) {
  if (auto stall = unsupported_field(run.object.spec)) co_return std::move(*stall);
  if (!options_.no_cross_namespace_refs) co_return Next{};
  const auto source = source_key(run.object);
  if (source.namespace_ != run.object.metadata.namespace_) {
    co_return Stall{
        reason::kAccessDenied,
        text::cat(
            "can't access '", run.object.spec.source_ref.kind, "/", source.text(),
            "', cross-namespace references have been blocked"
        )
    };
  }
  for (const auto& dependency : run.object.spec.depends_on) {
    const auto key = dependency_key(run.object, dependency);
    if (key.namespace_ == run.object.metadata.namespace_) continue;
    co_return Stall{
        reason::kAccessDenied,
        text::cat("can't access 'Kustomization/", key.text(), "', cross-namespace references have been blocked")
    };
  }
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::find_source(Context&, Run& run) {
  const auto key = source_key(run.object);
  run.source = parts_.repositories.get(key);
  if (!run.source) {
    const auto problem = parts_.repositories.problem(key);
    // The words of the API server's own answer, which users know.
    co_return Wait{
        reason::kArtifactFailed,
        text::cat(
            "GitRepository.source.toolkit.fluxcd.io ", text::quoted(key.name),
            problem.empty() ? " not found" : text::cat(" cannot be read: ", problem)
        ),
        run.object.spec.retry().milliseconds(),
        Severity::kSilent
    };
  }
  if (!run.source->status.artifact) {
    co_return Wait{
        reason::kArtifactFailed,
        text::cat("Source artifact not found, retrying in ", to_string(Duration{options_.requeue_dependency})),
        options_.requeue_dependency,
        Severity::kSilent
    };
  }
  run.revision = run.source->status.artifact->revision;
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::check_dependencies(Context&, Run& run) {
  const auto key = key_of(run.object);
  parts_.waiters.erase(key);
  if (run.object.spec.depends_on.empty()) co_return Next{};
  auto problem = dependency_problem(parts_.kustomizations, run.object, run.revision);
  if (problem.empty()) co_return Next{};
  parts_.waiters.insert(key);
  co_return Wait{reason::kDependencyNotReady, std::move(problem), options_.requeue_dependency};
}

asio::awaitable<Outcome> KustomizationReconciler::load_variables(Context&, Run& run) {
  if (!run.object.spec.post_build) co_return Next{};
  auto client = client_for(run.object);
  run.variables = co_await read_variables(client, run.object, run.secrets);
  co_return Next{};
}

bool KustomizationReconciler::is_as_recorded(const Record& record) const {
  if (!record.owned_hash || !parts_.drift.is_complete(record.id)) return false;
  const auto live = parts_.drift.find(record.id);
  return live && live->owned_hash == record.owned_hash;
}

bool KustomizationReconciler::is_untouched(const Memory& memory) const {
  return std::ranges::all_of(memory.records, [this](const auto& entry) {
    return is_as_recorded(entry.second);
  });
}

asio::awaitable<Outcome> KustomizationReconciler::compare_inputs(Context& context, Run& run) {
  const auto& artifact = *run.source->status.artifact;
  std::string variables;
  if (run.variables) {
    for (const auto& [name, value] : *run.variables) {
      text::append(variables, name.size(), " ", name, value.size(), " ", value);
    }
  }
  run.settings = text::cat(run.object.metadata.generation, " ", sha256_hex(variables));
  run.inputs = text::cat(artifact.digest, " ", artifact.revision, " ", run.settings);
  run.old_inventory = entries_of(run.object);
  auto& memory = run.memory;
  const bool requested = api::is_requested(run.object.metadata, run.object.status.last_handled_reconcile_at);
  const bool same = memory.inputs == run.inputs && !requested;
  if (!same) {
    // A new revision or spec pre-empts whatever was waited for.
    memory.health.reset();
    parts_.health_watches.stop(key_of(run.object));
    if (requested) {  // somebody wants to be sure: build, and ask the server about every object
      memory.records.clear();
      memory.files.clear();
    }
    co_return Next{};
  }
  if (memory.health) {
    run.only_health = true;
    co_return Next{};
  }
  const bool ready = api::is_condition_true(run.object.status.conditions, condition::kReady) &&
                     run.object.status.last_applied_revision == run.revision;
  if (!ready || !is_untouched(memory)) co_return Next{};
  if (run.object.spec.wait || !run.object.spec.health_checks.empty()) {
    run.only_health = true;
    co_return Next{};
  }
  context.log.debug("nothing changed", {{"revision", run.revision}});
  co_return Done{run.object.spec.interval.milliseconds()};
}

asio::awaitable<Outcome> KustomizationReconciler::fetch_artifact(Context&, Run& run) {
  if (run.only_health) co_return Next{};
  const auto& artifact = *run.source->status.artifact;
  std::exception_ptr gone;
  try {
    run.artifact = co_await parts_.fetcher.fetch(artifact.url, artifact.digest);
  } catch (const artifact::ArtifactNotFound&) {
    gone = std::current_exception();
  }
  if (gone) {
    co_return Wait{
        reason::kArtifactFailed,
        text::cat(
            "Source is not ready, artifact not found, retrying in ", to_string(Duration{options_.requeue_dependency})
        ),
        options_.requeue_dependency,
        Severity::kSilent
    };
  }
  if (!has_path(run.artifact->folder(), run.object.spec.path)) {
    throw ReasonedError{
        reason::kArtifactFailed,
        text::cat("kustomization path not found: there is no folder ", text::quoted(run.object.spec.path), " in the artifact")
    };
  }
  run.object.status.last_attempted_revision = run.revision;
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::build(Context& context, Run& run) {
  if (run.only_health) co_return Next{};
  auto& memory = run.memory;
  const bool was_applied = !memory.inputs.empty() && !memory.files.empty() && memory.settings == run.settings &&
                           api::is_condition_true(run.object.status.conditions, condition::kReady);
  if (was_applied && is_untouched(memory)) {
    // A commit elsewhere in the repository: none of the files that the last build read has changed.
    const auto unpacked = run.artifact;
    auto compare = [&memory, unpacked](std::stop_token) {
      return has_same_inputs(unpacked->folder(), memory.files);
    };
    const bool same = co_await parts_.cpu.run(std::move(compare));
    if (same) {
      context.log.debug("no input changed", {{"revision", run.revision}});
      memory.inputs = run.inputs;
      run.only_health = true;
      co_return Next{};
    }
  }
  BuildRequest request;
  request.root = run.artifact->folder();
  request.object = run.object;
  request.variables = run.variables;
  request.secret_variables = run.secrets.names;
  request.strict_substitution = options_.strict_substitution;
  request.label_group = Kustomization::kNames.group;
  request.documents = documents_;
  const auto artifact = run.artifact;  // keeps the folder while the pool works
  auto work = [&request, artifact](std::stop_token) { return build_objects(request); };
  auto built = co_await parts_.cpu.run(std::move(work));
  if (built.has_error()) {
    throw ReasonedError{reason::kBuildFailed, masked(built.error().text(), run.secrets.values)};
  }
  run.built = std::move(*built);
  run.secrets.values.merge(run.built.hidden);
  run.changed = true;
  co_return Next{};
}

asio::awaitable<void> KustomizationReconciler::record_before_write(
    Context& context, Run& run, std::vector<ssa::ObjectId> ids
) {
  std::map<std::string, InventoryEntry> entries;
  for (auto& entry : run.old_inventory) entries.emplace(entry.id, entry);
  for (const auto& id : ids) entries.insert_or_assign(name_of(id), entry_of(id));
  run.object.status.inventory = inventory_of(std::move(entries));
  mark_progressing(
      run.object,
      text::cat(
          "Applying manifests for revision ", run.revision, " with a timeout of ",
          to_string(run.object.spec.effective_timeout())
      ),
      context.clock.wall_now()
  );
  co_await context.publish_status();
}

void KustomizationReconciler::learn_applied(
    Run& run, const ssa::ObjectId& id, const kube::Object& metadata, std::uint64_t desired_hash
) {
  Record record;
  record.id = id;
  record.desired_hash = desired_hash;
  record.owned_hash = ssa::owned_fields_hash(metadata, options_.field_manager);
  record.resource_version = metadata.resource_version();
  run.memory.records.insert_or_assign(name_of(id), std::move(record));
  if (const auto resource = parts_.mapper.known(id.api_version(), id.kind)) {
    parts_.drift.follow(*resource);
  }
}

asio::awaitable<Outcome> KustomizationReconciler::apply(Context& context, Run& run) {
  if (run.only_health) co_return Next{};
  auto& memory = run.memory;
  memory.inputs.clear();  // until this apply is complete
  auto client = client_for(run.object);
  ssa::Applier applier{client, parts_.mapper, options_.applier, context.log};
  ssa::ApplyRequest request;
  request.objects = std::move(run.built.objects);
  request.force = run.object.spec.force;
  request.is_unchanged = [this, &memory](const ssa::ObjectId& id, std::uint64_t desired_hash) {
    const auto at = memory.records.find(name_of(id));
    return at != memory.records.end() && at->second.desired_hash == desired_hash && is_as_recorded(at->second);
  };
  request.before_first_write = [this, &context, &run](const std::vector<ssa::ObjectId>& ids) {
    return record_before_write(context, run, ids);
  };
  request.on_applied = [this, &run](const ssa::ObjectId& id, const kube::Object& metadata, std::uint64_t hash) {
    learn_applied(run, id, metadata, hash);
  };
  auto result = co_await applier.apply(std::move(request));
  const std::string lines = ssa::changed_lines(result.changes);
  if (!result.errors.empty()) {
    std::string message = masked(joined(result.errors), run.secrets.values);
    if (!lines.empty()) text::append(message, "\n", lines);
    throw ReasonedError{reason::kReconciliationFailed, message};
  }
  run.changes = std::move(result.changes);
  memory.digest = run.built.digest;
  memory.files = std::move(run.built.inputs);
  memory.settings = run.settings;

  std::set<std::string> names;
  for (const auto& change : run.changes) names.insert(name_of(change.id));
  std::erase_if(memory.records, [&](const auto& entry) { return !names.contains(entry.first); });
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
  const auto key = key_of(object);
  return [=](const kube::Object& live) {
    return live.label(name_label) == std::string_view{key.name} &&
           live.label(namespace_label) == std::string_view{key.namespace_};
  };
}

asio::awaitable<Outcome> KustomizationReconciler::prune(Context& context, Run& run) {
  if (run.only_health) co_return Next{};
  std::map<std::string, InventoryEntry> entries;
  for (const auto& change : run.changes) entries.emplace(name_of(change.id), entry_of(change.id));
  std::vector<ssa::ObjectId> stale;
  for (const auto& entry : run.old_inventory) {
    if (entries.contains(entry.id)) continue;
    if (auto id = id_of(entry)) stale.push_back(std::move(*id));
  }
  if (!run.object.spec.prune) stale.clear();
  std::vector<std::string> errors;
  if (!stale.empty()) {
    auto client = client_for(run.object);
    ssa::Applier applier{client, parts_.mapper, options_.applier, context.log};
    auto result = co_await applier.prune(stale, owned_by(run.object));
    errors = std::move(result.errors);
    std::set<std::string> confirmed;
    for (const auto& change : result.changes) confirmed.insert(name_of(change.id));
    for (const auto& id : stale) {
      if (!confirmed.contains(name_of(id))) entries.emplace(name_of(id), entry_of(id));
    }
    const std::string lines = ssa::changed_lines(result.changes);
    if (!lines.empty()) {
      context.log.info("garbage collection completed", {{"revision", run.revision}, {"output", lines}});
      context.events.send(Severity::kInfo, api::reason::kProgressing, lines, revision_facts(run.revision));
    }
  }
  run.object.status.inventory = inventory_of(std::move(entries));
  if (!errors.empty()) {
    throw ReasonedError{reason::kPruneFailed, text::cat("delete failed, errors: ", text::join(errors, "; "), ";")};
  }
  run.memory.inputs = run.inputs;
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::check_health(Context& context, Run& run) {
  const auto& spec = run.object.spec;
  auto& memory = run.memory;
  const auto key = key_of(run.object);
  if (!spec.wait && spec.health_checks.empty()) {
    remove_health(run.object);
    co_return Next{};
  }
  if (!memory.health) {
    HealthWait wait;
    wait.started = context.clock.now();
    wait.deadline = wait.started + spec.effective_timeout().length;
    if (spec.wait) {
      for (const auto& [name, record] : memory.records) wait.pending.push_back(record.id);
    } else {
      for (const auto& check : spec.health_checks) {
        auto [group, version] = kube::split_api_version(check.api_version);
        wait.pending.push_back(ssa::ObjectId{
            std::move(group),
            std::move(version),
            check.kind,
            check.namespace_.empty() ? run.object.metadata.namespace_ : check.namespace_,
            check.name
        });
      }
    }
    memory.health = std::move(wait);
  }

  auto client = client_for(run.object);
  std::vector<ssa::ObjectId> pending;
  std::vector<std::string> stories;
  std::vector<std::string> failures;
  for (const auto& id : memory.health->pending) {
    ssa::Health health{ssa::HealthStatus::kNotFound, ""};
    const auto resource = co_await parts_.mapper.find(id.api_version(), id.kind);
    const bool applied = memory.records.contains(name_of(id));
    if (resource) {
      kube::ObjectKey object_key = id.key();
      if (!resource->namespaced) object_key.namespace_.clear();
      if (!applied) parts_.health_watches.follow(key, *resource, object_key);
      const auto live = co_await client.get(*resource, object_key);
      if (live) {
        health = ssa::compute_health(*live);
      } else if (applied && id.kind == "Job") {
        health.status = ssa::HealthStatus::kCurrent;  // done, and cleaned up by its ttlSecondsAfterFinished
      }
    }
    if (health.status == ssa::HealthStatus::kCurrent) continue;
    pending.push_back(id);
    if (stories.size() < kMostShownObjects) {
      std::string story = text::cat(id.text(), " status: '", ssa::to_string(health.status), "'");
      if (!health.message.empty()) text::append(story, ": ", health.message);
      if (health.status == ssa::HealthStatus::kFailed) failures.push_back(story);
      stories.push_back(std::move(story));
    }
  }

  auto& wait = *memory.health;
  wait.pending = std::move(pending);
  const auto now = context.clock.now();
  const std::string timeout = to_string(spec.effective_timeout());
  if (wait.pending.empty()) {
    const auto took = to_string(Duration{std::chrono::round<Milliseconds>(now - wait.started)});
    const bool was_healthy =
        api::is_condition_true(run.object.status.conditions, api::kustomize::condition::kHealthy);
    const std::string message = text::cat("Health check passed in ", took);
    if (!was_healthy) {
      context.events.send(Severity::kInfo, api::reason::kProgressing, message, revision_facts(run.revision));
    }
    mark_healthy(run.object, message, context.clock.wall_now());
    memory.health.reset();
    parts_.health_watches.stop(key);
    co_return Next{};
  }
  const bool expired = now >= wait.deadline;
  if (expired || !failures.empty()) {
    const std::string detail =
        failures.empty()
            ? text::cat("timeout waiting for: [", text::join(stories, ", "), "]")
            : text::cat("failed early due to stalled resources: [", text::join(failures, ", "), "]");
    const std::string after =
        failures.empty() ? timeout : to_string(Duration{std::chrono::round<Milliseconds>(now - wait.started)});
    memory.health.reset();
    memory.inputs.clear();  // the next pass applies and waits anew
    parts_.health_watches.stop(key);
    mark_unhealthy(run.object, detail, context.clock.wall_now());
    throw ReasonedError{
        reason::kHealthCheckFailed, text::cat("health check failed after ", after, ": ", detail)
    };
  }
  std::string message =
      text::cat("Running health checks for revision ", run.revision, " with a timeout of ", timeout);
  mark_health_unknown(run.object, message, context.clock.wall_now());
  const auto left = std::chrono::ceil<Milliseconds>(wait.deadline - now);
  co_return Wait{api::reason::kProgressing, std::move(message), left, Severity::kSilent};
}

asio::awaitable<Outcome> KustomizationReconciler::finish(Context& context, Run& run) {
  auto& status = run.object.status;
  status.last_applied_revision = run.revision;
  const auto& metadata = run.source->status.artifact->metadata;
  const auto origin = metadata.find(std::string{kOriginRevision});
  status.last_applied_origin_revision = origin == metadata.end() ? "" : origin->second;
  const bool had_changes = !ssa::changed_lines(run.changes).empty();
  const bool was_ready = api::is_condition_true(status.conditions, condition::kReady);
  const auto interval = run.object.spec.interval;
  if (run.changed && (had_changes || !was_ready)) {
    const auto took = context.clock.now() - run.started;
    remember(
        run.object, run.memory.digest, reason::kReconciliationSucceeded, run.revision, took, context.clock.wall_now()
    );
    auto facts = revision_facts(run.revision);
    facts.emplace("commit_status", "update");
    context.events.send(
        Severity::kInfo,
        reason::kReconciliationSucceeded,
        text::cat(
            "Reconciliation finished in ", to_string(Duration{std::chrono::round<Milliseconds>(took)}),
            ", next run in ", to_string(interval)
        ),
        std::move(facts)
    );
  }
  co_return Done{interval.milliseconds()};
}

void KustomizationReconciler::conclude(
    Context& context, Kustomization& object, const runtime::Conclusion& conclusion
) {
  const auto now = context.clock.wall_now();
  const auto* ready = api::find_condition(object.status.conditions, condition::kReady);
  const std::string told = ready != nullptr ? ready->message : "";
  const auto facts = revision_facts(object.status.last_attempted_revision);
  if (conclusion.failure) {
    std::string_view why = reason::kReconciliationFailed;
    const std::string message = async::describe(conclusion.failure);
    try {
      std::rethrow_exception(conclusion.failure);
    } catch (const runtime::StepFailed& failure) {
      why = failure.reason();
    } catch (...) {
    }
    mark_failed(object, why, message, now);
    context.events.send(Severity::kError, why, message, facts);
    return;
  }
  if (const auto* wait = std::get_if<Wait>(&conclusion.outcome)) {
    if (wait->reason == api::reason::kProgressing) {
      mark_progressing(object, wait->message, now);
      return;
    }
    mark_waiting(object, wait->reason, wait->message, now);
    if (wait->severity != Severity::kSilent && wait->message != told) {
      context.events.send(
          wait->severity,
          wait->reason,
          text::cat(
              "Dependencies do not meet ready condition, retrying in ",
              to_string(Duration{options_.requeue_dependency}), ": ", wait->message
          ),
          facts
      );
    }
    return;
  }
  if (const auto* stall = std::get_if<Stall>(&conclusion.outcome)) {
    mark_stalled(object, stall->reason, stall->message, now);
    context.events.send(Severity::kError, stall->reason, stall->message, facts);
    return;
  }
  mark_ready(object, object.status.last_applied_revision, now);
}

void KustomizationReconciler::on_object_change(
    const ssa::ObjectId& id, const kube::ObjectKey& owner, const TrackedObject* after
) {
  const auto at = memories_.find(owner);
  if (at == memories_.end()) return;
  auto& memory = at->second;
  if (memory.health) {
    const auto name = name_of(id);
    const bool awaited = std::ranges::any_of(memory.health->pending, [&](const auto& pending) {
      return name_of(pending) == name;
    });
    if (awaited && wake_) wake_(owner, Milliseconds{0});
  }
  if (memory.busy) {
    memory.seen.insert(name_of(id));
    return;
  }
  const auto record = memory.records.find(name_of(id));
  if (record == memory.records.end() || !record->second.owned_hash) return;
  if (after != nullptr && after->owned_hash == record->second.owned_hash) return;
  wake_after_drift(owner, memory);
}

void KustomizationReconciler::end_pass(const kube::ObjectKey& owner, Memory& memory) {
  memory.busy = false;
  const auto drifted = [&](const std::string& name) {
    const auto record = memory.records.find(name);
    if (record == memory.records.end() || !record->second.owned_hash) return false;
    const auto live = parts_.drift.find(record->second.id);
    if (!live) return true;
    // An older version is the watch lagging behind our own write, whose event is still to come.
    return live->owned_hash != record->second.owned_hash &&
           kube::is_later_version(live->resource_version, record->second.resource_version);
  };
  const bool wakes = std::ranges::any_of(memory.seen, drifted);
  memory.seen.clear();
  if (wakes) wake_after_drift(owner, memory);
}

void KustomizationReconciler::wake_after_drift(const kube::ObjectKey& owner, Memory& memory) {
  const auto now = parts_.clock.now();
  const bool quarrel = memory.heals > 0 && now - memory.healed_at < kQuarrel + kLongestHealPause;
  memory.heals = quarrel ? std::min(memory.heals + 1, 12u) : 1;
  memory.healed_at = now;
  Milliseconds pause = kFirstHealPause;
  // Somebody else keeps writing the same fields: correct it ever more slowly instead of racing.
  if (memory.heals > 3) pause = std::min(Milliseconds{500} * (1 << (memory.heals - 4)), kLongestHealPause);
  if (wake_) wake_(owner, pause);
}

asio::awaitable<bool> KustomizationReconciler::service_account_exists(const Kustomization& object) {
  const auto account = service_account(object);
  if (account.empty()) co_return true;
  const kube::ObjectKey key{object.metadata.namespace_, account};
  const auto found = co_await parts_.client.get(kube::core::service_accounts(), key, kube::Detail::kMetadata);
  co_return found.has_value();
}

asio::awaitable<Outcome> KustomizationReconciler::finalize(Context& context, Kustomization& object) {
  const auto key = key_of(object);
  auto& memory = memories_[key];
  memory.busy = true;
  memory.records.clear();
  memory.health.reset();
  parts_.health_watches.stop(key);
  const auto& policy = object.spec.deletion_policy;
  const bool deletes = policy == "Delete" || policy == "WaitForTermination" ||
                       (policy != "Orphan" && object.spec.prune);
  std::vector<ssa::ObjectId> objects;
  for (const auto& entry : entries_of(object)) {
    if (auto id = id_of(entry)) objects.push_back(std::move(*id));
  }
  if (object.spec.suspend || !deletes || objects.empty()) co_return Done{Milliseconds{0}};
  const auto facts = revision_facts(object.status.last_applied_revision);
  const bool account_exists = co_await service_account_exists(object);
  if (!account_exists) {
    std::string names;
    for (const auto& id : objects) text::append(names, names.empty() ? "" : ", ", id.text());
    context.events.send(
        Severity::kError,
        reason::kReconciliationFailed,
        text::cat("unable to prune objects: the service account ", service_account(object), " is gone: ", names),
        facts
    );
    co_return Done{Milliseconds{0}};
  }
  auto client = client_for(object);
  ssa::Applier applier{client, parts_.mapper, options_.applier, context.log};
  const auto result = co_await applier.prune(objects, owned_by(object));
  const std::string lines = ssa::changed_lines(result.changes);
  if (!lines.empty()) {
    context.log.info("objects deleted", {{"output", lines}});
    context.events.send(Severity::kInfo, reason::kReconciliationSucceeded, lines, facts);
  }
  if (!result.errors.empty()) {
    throw ReasonedError{
        reason::kPruneFailed,
        text::cat("pruning for deleted resource failed: ", text::join(result.errors, "; "))
    };
  }
  if (policy == "WaitForTermination") {
    std::vector<ssa::ObjectId> deleted;
    for (const auto& change : result.changes) {
      if (change.action == ssa::Action::kDeleted) deleted.push_back(change.id);
    }
    const auto left = co_await applier.wait_until_gone(
        std::move(deleted), object.spec.effective_timeout().milliseconds()
    );
    if (!left.empty()) {
      std::string names;
      for (const auto& id : left) text::append(names, names.empty() ? "" : ", ", id.text());
      context.events.send(
          Severity::kError,
          reason::kReconciliationFailed,
          text::cat("failed to wait for resources termination: ", names),
          facts
      );
    }
  }
  co_return Done{Milliseconds{0}};
}

}  // namespace weir::kustomize_controller
