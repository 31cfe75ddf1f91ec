#include "controllers/kustomize/kustomization_reconciler.hpp"

#include <utility>

#include <malloc.h>

#include "controllers/kustomize/dependencies.hpp"
#include "controllers/kustomize/kustomization_run.hpp"
#include "controllers/kustomize/kustomization_status.hpp"
#include "controllers/kustomize/variables.hpp"
#include "pkg/access/cluster.hpp"
#include "pkg/access/reference.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"

namespace weir::kustomize_controller {
namespace {

namespace condition = api::condition;
namespace reason = api::kustomize::reason;
using namespace std::chrono_literals;
using runtime::Done;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;
using runtime::Telling;
using runtime::Wait;

constexpr std::string_view kOriginRevision = "org.opencontainers.image.revision";
constexpr std::size_t kSharedDocumentBytes = 64u << 20;

runtime::ConclusionRules conclusion_rules_for(const KustomizationOptions& options) {
  runtime::ConclusionRules out{reason::kReconciliationFailed};
  // Something else comes first: Ready alone tells.
  out.waiting_is_reconciling = false;
  out.wait_prefix = text::cat(
      "Dependencies do not meet ready condition, retrying in ", to_string(Duration{options.requeue_dependency}), ": "
  );
  return out;
}

}  // namespace

std::map<std::string, std::string> revision_facts(std::string_view revision) {
  std::map<std::string, std::string> out;
  if (!revision.empty()) out.emplace("revision", revision);
  return out;
}

const KustomizationReconciler::Step KustomizationReconciler::kSteps[] = {
    {"spec", &KustomizationReconciler::check_spec, condition::kReady, reason::kReconciliationFailed},
    {"source", &KustomizationReconciler::find_source, condition::kReady, reason::kArtifactFailed},
    {"dependencies", &KustomizationReconciler::check_dependencies, condition::kReady, reason::kDependencyNotReady},
    {"variables", &KustomizationReconciler::load_variables, condition::kReady, reason::kBuildFailed},
    {"inputs", &KustomizationReconciler::compare_inputs, condition::kReady, reason::kReconciliationFailed},
    {"artifact", &KustomizationReconciler::fetch_artifact, condition::kReady, reason::kArtifactFailed, Run::may_write},
    {"compare", &KustomizationReconciler::compare_files, condition::kReady, reason::kBuildFailed, Run::may_write},
    {"build", &KustomizationReconciler::build, condition::kReady, reason::kBuildFailed, Run::may_write},
    {"apply", &KustomizationReconciler::apply, condition::kReady, reason::kReconciliationFailed, Run::may_write},
    {"prune", &KustomizationReconciler::prune, condition::kReady, reason::kPruneFailed, Run::may_write},
    {"health",
     &KustomizationReconciler::check_health,
     condition::kReady,
     reason::kHealthCheckFailed,
     Run::awaits_health},
    {"finish", &KustomizationReconciler::finish, condition::kReady, reason::kReconciliationFailed},
};

KustomizationReconciler::KustomizationReconciler(Parts parts, KustomizationOptions options)
    : parts_{std::move(parts)},
      options_{std::move(options)},
      rules_{conclusion_rules_for(options_)},
      applied_{parts_.drift, parts_.clock, std::string{Kustomization::kNames.kind}, [this](const kube::ObjectKey& key) {
                 return listed(key);
               }} {
  parts_.kustomizations.on_change([this](const auto& key, const auto& before, const auto& after) {
    const bool same = before && after && before->status.inventory == after->status.inventory;
    if (!same) applied_.on_inventory_change(key);
  });
  parts_.health_watches.on_change([this](const kube::ObjectKey& key, const ssa::ObjectId& id) {
    applied_.touch(key, id);
  });
}

live::AppliedSets::Listed KustomizationReconciler::listed(const kube::ObjectKey& key) const {
  const auto object = parts_.kustomizations.get(key);
  live::AppliedSets::Listed out;
  if (!object) return out;
  out.version = object;
  out.inventory = &object->status.inventory;
  return out;
}

std::optional<Milliseconds> KustomizationReconciler::retry_pause(const Kustomization& object) const {
  return object.spec.retry().milliseconds();
}

std::string KustomizationReconciler::service_account(const Kustomization& object) const {
  return object.spec.service_account_name.empty() ? options_.default_service_account : object.spec.service_account_name;
}

kube::Client KustomizationReconciler::client_for(const Kustomization& object) const {
  const auto account = service_account(object);
  return account.empty() ? parts_.client
                         : access::as_service_account(parts_.client, object.metadata.namespace_, account);
}

asio::awaitable<Outcome> KustomizationReconciler::reconcile(Context& context, Kustomization& object) {
  const auto key = kube::key_of(object);
  applied_.begin_pass(key);
  if (++running_ == 1) documents_ = std::make_shared<kustomize::DocumentCache>(kSharedDocumentBytes);
  const ScopeExit ends{[this, key] {
    applied_.end_pass(key);
    if (--running_ == 0) documents_.reset();
  }};
  Run run{object, memories_[key], applied_.of(key)};
  run.started = context.clock.now();
  auto outcome = co_await runtime::run_steps(*this, kSteps, context, run);
  tell_conflicts(context, object);
  co_return outcome;
}

asio::awaitable<Outcome> KustomizationReconciler::check_spec(Context&, Run& run) {
  if (auto stall = unsupported_field(run.object.spec, parts_.sources)) co_return std::move(*stall);
  if (!options_.no_cross_namespace_refs) co_return Next{};
  auto refusal = access::cross_namespace_refusal(
      "can't access", run.object.metadata.namespace_, run.object.spec.source_ref.kind, source_key(run.object)
  );
  if (refusal) co_return Stall{reason::kAccessDenied, std::move(*refusal)};
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::find_source(Context&, Run& run) {
  const auto key = source_key(run.object);
  const std::string& kind = run.object.spec.source_ref.kind;
  auto found = parts_.sources.find(kind, key);
  if (!found.exists) {
    // The words of the API server's own answer, which users know.
    co_return Wait{
        reason::kArtifactFailed,
        text::cat(
            parts_.sources.full_name(kind),
            " ",
            text::quoted(key.name),
            found.problem.empty() ? " not found" : text::cat(" cannot be read: ", found.problem)
        ),
        run.object.spec.retry().milliseconds(),
        Telling::kNothing};
  }
  if (!found.artifact) {
    co_return Wait{
        reason::kArtifactFailed,
        text::cat("Source artifact not found, retrying in ", to_string(Duration{options_.requeue_dependency})),
        options_.requeue_dependency,
        Telling::kNothing};
  }
  run.source = std::move(*found.artifact);
  run.revision = run.source.revision;
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::check_dependencies(Context&, Run& run) {
  const auto key = kube::key_of(run.object);
  parts_.waiters.erase(key);
  if (run.object.spec.depends_on.empty()) co_return Next{};
  auto problem = dependency_problem(parts_.kustomizations, run.object, run.revision);
  if (problem.empty()) co_return Next{};
  parts_.waiters.insert(key);
  co_return Wait{reason::kDependencyNotReady, std::move(problem), options_.requeue_dependency};
}

asio::awaitable<Outcome> KustomizationReconciler::load_variables(Context&, Run& run) {
  if (!run.object.spec.post_build) co_return Next{};
  // As the controller, not as the tenant: as Flux does, and of the object's own namespace only.
  run.variables = co_await read_variables(parts_.client, run.object, run.secrets);
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::compare_inputs(Context& context, Run& run) {
  const auto& artifact = run.source;
  std::string variables;
  if (run.variables) {
    for (const auto& [name, value] : *run.variables) {
      text::append(variables, name.size(), " ", name, value.reveal().size(), " ", value.reveal());
    }
  }
  run.settings = text::cat(run.object.metadata.generation, " ", sha256_hex(variables));
  run.inputs = text::cat(artifact.digest, " ", artifact.revision, " ", run.settings);
  run.recorded = live::Inventory{run.object.status.inventory};
  auto& memory = run.memory;
  const bool requested = api::is_requested(run.object.metadata, run.object.status.last_handled_reconcile_at);
  const bool same = memory.inputs == run.inputs && !requested;
  const auto now = context.clock.now();
  // The frame's jitter may call a regular pass a little early.
  run.is_due = !same || now - memory.looked_at >= run.object.spec.interval.length * 9 / 10;
  if (run.is_due) run.applied.drop_settled_managers();
  if (!same) {
    // A new revision or spec pre-empts whatever was waited for.
    end_health(run);
    if (requested) {  // somebody wants to be sure: build, and ask the server about every object
      run.applied.clear();
      memory.files.clear();
    }
    co_return Next{};
  }
  if (run.applied.health) {
    // A wait may take long, and what drifted meanwhile is what Ready would be said of, or what is waited for. So is an
    // inventory that could not be told: nobody would find out that what it lists is gone.
    run.only_health = !run.applied.has_drifted() && run.recorded.hash() == memory.listed;
    co_return Next{};
  }
  const bool ready = api::is_condition_true(run.object.status.conditions, condition::kReady) &&
                     run.object.status.last_applied_revision == run.revision;
  if (!ready || !run.applied.is_untouched(run.is_due)) co_return Next{};
  if (run.is_due) memory.looked_at = now;
  if (Run::awaits_health(run)) {
    run.only_health = true;
    co_return Next{};
  }
  context.log.debug("nothing changed", {{"revision", run.revision}});
  co_return Done{run.object.spec.interval.milliseconds()};
}

asio::awaitable<Outcome> KustomizationReconciler::fetch_artifact(Context&, Run& run) {
  std::string gone;
  try {
    run.artifact = co_await parts_.fetcher.fetch(run.source.url, run.source.digest);
  } catch (const artifact::ArtifactReplaced& error) {
    gone = error.what();
  } catch (const artifact::ArtifactNotFound&) {
    gone = "artifact not found";
  }
  if (!gone.empty()) {
    co_return Wait{
        reason::kArtifactFailed,
        text::cat("Source is not ready, ", gone, ", retrying in ", to_string(Duration{options_.requeue_dependency})),
        options_.requeue_dependency,
        Telling::kNothing};
  }
  if (!has_path(run.artifact->folder(), run.object.spec.path)) {
    throw ReasonedError{
        reason::kArtifactFailed,
        text::cat(
            "kustomization path not found: there is no folder ", text::quoted(run.object.spec.path), " in the artifact"
        )};
  }
  run.object.status.last_attempted_revision = run.revision;
  co_return Next{};
}

/// A commit elsewhere in the repository: when none of the files that the last build read has changed, nothing is built.
asio::awaitable<Outcome> KustomizationReconciler::compare_files(Context& context, Run& run) {
  auto& memory = run.memory;
  const bool was_applied = !memory.inputs.empty() && !memory.files.empty() && memory.settings == run.settings &&
                           api::is_condition_true(run.object.status.conditions, condition::kReady);
  if (!was_applied || !run.applied.is_untouched(true)) co_return Next{};
  const auto unpacked = run.artifact;
  auto compare = [&memory, unpacked](std::stop_token) { return has_same_inputs(unpacked->folder(), memory.files); };
  const bool same = co_await parts_.cpu.run(std::move(compare));
  if (!same) co_return Next{};
  context.log.debug("no input changed", {{"revision", run.revision}});
  memory.inputs = run.inputs;
  memory.looked_at = context.clock.now();
  run.only_health = true;
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::build(Context&, Run& run) {
  auto& memory = run.memory;
  BuildRequest request;
  request.root = run.artifact->folder();
  request.object = run.object;
  request.variables = run.variables;
  request.secret_variables = run.secrets.names;
  request.strict_substitution = options_.strict_substitution;
  request.label_group = Kustomization::kNames.group;
  request.documents = documents_;
  const auto artifact = run.artifact;  // keeps the folder while the pool works
  auto work = [&request, artifact](std::stop_token) {
    auto out = build_objects(request);
    // Otherwise what one large build took is kept beside what the next one takes.
    if (request.may_be_large) ::malloc_trim(0);
    return out;
  };
  // Several large builds at once could take more than the process may have.
  request.may_be_large = false;
  std::optional<Result<BuiltObjects>> built;
  try {
    if (!memory.is_large) {
      auto building = parts_.cpu.run(work);
      built = co_await std::move(building);
    }
  } catch (const kustomize::TrialTooSmall&) {
    memory.is_large = true;
  }
  if (!built) {
    const auto turn = co_await large_builds_.acquire();
    request.may_be_large = true;
    auto building = parts_.cpu.run(work);
    built = co_await std::move(building);
  }
  if (built->has_error()) {
    throw ReasonedError{reason::kBuildFailed, masked(built->error().text(), run.secrets.values)};
  }
  run.built = std::move(**built);
  run.secrets.values.merge(run.built.hidden);
  run.changed = true;
  for (const auto& object : run.built.objects) run.wanted.insert(object.id());
  if (const auto bytes = run.wanted.stored_bytes(); bytes > live::Inventory::kMostStoredBytes) {
    throw ReasonedError{
        reason::kBuildFailed,
        text::cat(
            "the build has ",
            run.wanted.size(),
            " objects, and the inventory of them takes ",
            bytes,
            " bytes, more than the ",
            live::Inventory::kMostStoredBytes,
            " that can be stored in one Kustomization: split it into several"
        )};
  }
  co_return Next{};
}

asio::awaitable<Outcome> KustomizationReconciler::finish(Context& context, Run& run) {
  auto& status = run.object.status;
  if (!Run::awaits_health(run)) remove_health(run.object);
  const bool is_new_revision = status.last_applied_revision != run.revision;
  status.last_applied_revision = run.revision;
  const auto& metadata = run.source.metadata;
  const auto origin = metadata.find(std::string{kOriginRevision});
  status.last_applied_origin_revision = origin == metadata.end() ? "" : origin->second;
  const bool had_changes = !ssa::changed_lines(run.changes).empty() || !run.pruned.empty();
  const bool was_ready = api::is_condition_true(status.conditions, condition::kReady);
  const auto interval = run.object.spec.interval;
  // Forges show a commit as applied by this event, also one that changed nothing.
  if (is_new_revision || (run.changed && (had_changes || !was_ready))) {
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
            "Reconciliation finished in ",
            to_string(Duration{std::chrono::round<Milliseconds>(took)}),
            ", next run in ",
            to_string(interval)
        ),
        std::move(facts)
    );
  }
  co_return Done{interval.milliseconds()};
}

void KustomizationReconciler::mark_done(Context& context, Kustomization& object) {
  const std::string message = text::cat("Applied revision: ", object.status.last_applied_revision);
  runtime::mark_ready(
      runtime::parts_of(object), rules_, reason::kReconciliationSucceeded, message, context.clock.wall_now()
  );
}

std::map<std::string, std::string> KustomizationReconciler::event_facts(const Kustomization& object) const {
  return revision_facts(object.status.last_attempted_revision);
}

asio::awaitable<bool> KustomizationReconciler::service_account_exists(const Kustomization& object) {
  const auto account = service_account(object);
  if (account.empty()) co_return true;
  const kube::ObjectKey key{object.metadata.namespace_, account};
  co_return co_await access::has_service_account(parts_.client, key);
}

void KustomizationReconciler::tell_conflicts(Context& context, Kustomization& object) {
  const std::string message = applied_.conflicts(kube::key_of(object));
  if (message.empty()) {
    remove_conflict(object);
    return;
  }
  if (!mark_conflict(object, message, context.clock.wall_now())) return;
  context.events.send(
      Severity::kError, reason::kMultipleWriters, message, revision_facts(object.status.last_applied_revision)
  );
}

void KustomizationReconciler::forget(const kube::ObjectKey& key) {
  parts_.waiters.erase(key);
  parts_.health_watches.stop(key);
  applied_.forget(key);
  memories_.erase(key);
}

}  // namespace weir::kustomize_controller
