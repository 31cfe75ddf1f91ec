#include "controllers/helm/helm_release_reconciler.hpp"

#include <utility>

#include "controllers/helm/compose_values.hpp"
#include "controllers/helm/helm_release_run.hpp"
#include "controllers/helm/helm_release_status.hpp"
#include "pkg/access/cluster.hpp"
#include "pkg/access/reference.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/digest.hpp"
#include "pkg/base/scope.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/functions/functions.hpp"
#include "pkg/helm/functions/system_outside.hpp"
#include "pkg/helm/storage/digests.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kube/api_error.hpp"
#include "pkg/ssa/managed_fields.hpp"

namespace weir::helm_controller {
namespace {

namespace condition = api::condition;
namespace reason = api::helm::reason;
using api::source::HelmChart;
using api::source::OciRepository;
using runtime::Done;
using runtime::Next;
using runtime::Outcome;
using runtime::ReasonedError;
using runtime::Severity;
using runtime::Stall;
using runtime::Telling;
using runtime::Wait;

constexpr std::size_t kDigestDigits = 12;  // of an artifact, in the version of a chart from a registry

/// The source object of a chart.
struct Reference {
  std::string kind;
  kube::ObjectKey key;
};

Reference chart_reference(const HelmRelease& object) {
  if (object.spec.chart_ref) {
    const auto& reference = *object.spec.chart_ref;
    return {reference.kind, access::referred(object.metadata.namespace_, reference)};
  }
  const auto& source = object.spec.chart->spec.source_ref;
  return {
      std::string{HelmChart::kNames.kind},
      {source.namespace_.empty() ? object.metadata.namespace_ : source.namespace_,
       text::cat(object.metadata.namespace_, "-", object.metadata.name)}};
}

/// The HelmChart that spec.chart asks for.
json::Value chart_object(const HelmRelease& object, const kube::ObjectKey& key) {
  const auto& wanted = *object.spec.chart;
  HelmChart chart;
  chart.spec.chart = wanted.spec.chart;
  chart.spec.version = wanted.spec.version;
  chart.spec.source_ref.api_version = wanted.spec.source_ref.api_version;
  chart.spec.source_ref.kind = wanted.spec.source_ref.kind;
  chart.spec.source_ref.name = wanted.spec.source_ref.name;
  chart.spec.interval = wanted.spec.interval.value_or(object.spec.interval);
  chart.spec.reconcile_strategy = wanted.spec.reconcile_strategy;
  chart.spec.values_file = wanted.spec.values_file;
  chart.spec.values_files = wanted.spec.values_files;
  chart.spec.ignore_missing_values_files = wanted.spec.ignore_missing_values_files;
  auto metadata = json::Value::object({{"name", key.name}, {"namespace", key.namespace_}});
  if (wanted.metadata) {
    for (const auto& [name, value] : wanted.metadata->labels) metadata["labels"].set(name, value);
    for (const auto& [name, value] : wanted.metadata->annotations) metadata["annotations"].set(name, value);
  }
  const std::string group{HelmRelease::kNames.group};
  metadata["labels"].set(group + "/name", object.metadata.name);
  metadata["labels"].set(group + "/namespace", object.metadata.namespace_);
  return json::Value::object(
      {{"apiVersion", text::cat(HelmChart::kNames.group, "/", HelmChart::kNames.version)},
       {"kind", HelmChart::kNames.kind},
       {"metadata", std::move(metadata)},
       {"spec", json::encode(chart.spec)}}
  );
}

std::string full_name(std::string_view kind) { return text::cat(kind, ".", HelmChart::kNames.group); }

/// Whether a chart's version says what its registry's tag says; a tag cannot hold a '+'.
bool is_version_of(std::string_view chart_version, std::string_view revision) {
  const auto tag = revision.substr(0, revision.find('@'));
  return text::replace_all(chart_version, "+", "_") == text::replace_all(tag, "+", "_") || tag == "latest" ||
         text::replace_all(tag, "v", "") == chart_version;
}

}  // namespace

std::map<std::string, std::string> facts_of(const HelmRelease& object) {
  const auto& status = object.status;
  std::map<std::string, std::string> out;
  const auto put = [&out](const char* key, const std::string& value) {
    if (!value.empty()) out.emplace(key, value);
  };
  put("revision", status.last_attempted_revision);
  put("token", status.last_attempted_config_digest);
  if (!status.history.empty()) put("app-version", status.history.front().app_version);
  put("oci-digest", status.last_attempted_revision_digest);
  return out;
}

const HelmReleaseReconciler::Row HelmReleaseReconciler::kRows[] = {
    {"spec", &HelmReleaseReconciler::check_spec, condition::kReady, reason::kReconciliationFailed},
    {"chart object", &HelmReleaseReconciler::apply_chart_object, condition::kReady, reason::kArtifactFailed},
    {"dependencies", &HelmReleaseReconciler::check_dependencies, condition::kReady, reason::kDependencyNotReady},
    {"source", &HelmReleaseReconciler::find_source, condition::kReady, reason::kArtifactFailed},
    {"values", &HelmReleaseReconciler::load_values, condition::kReady, reason::kValuesError},
    {"inputs", &HelmReleaseReconciler::compare_inputs, condition::kReady, reason::kReconciliationFailed},
    {"chart", &HelmReleaseReconciler::load_chart, condition::kReady, reason::kArtifactFailed},
    {"target", &HelmReleaseReconciler::check_target, condition::kReady, reason::kReconcileError},
    {"release", &HelmReleaseReconciler::bring_about, condition::kReady, reason::kReconcileError},
    {"finish", &HelmReleaseReconciler::finish, condition::kReady, reason::kReconcileError},
};

HelmReleaseReconciler::HelmReleaseReconciler(Parts parts, HelmReleaseOptions options)
    : parts_{std::move(parts)},
      options_{std::move(options)},
      rules_{reason::kReconciliationFailed},
      functions_{std::make_shared<const templates::Functions>(helm::chart_functions(helm::system_outside()))},
      applied_{parts_.drift, parts_.clock, std::string{HelmRelease::kNames.kind}, [this](const kube::ObjectKey& key) {
                 return listed(key);
               }} {
  parts_.releases.on_change([this](const auto& key, const auto& before, const auto& after) {
    const bool same = before && after && before->status.inventory == after->status.inventory;
    if (!same) applied_.on_inventory_change(key);
  });
  parts_.watches.on_change([this](const kube::ObjectKey& key, const ssa::ObjectId& id) { applied_.touch(key, id); });
}

live::AppliedSets::Listed HelmReleaseReconciler::listed(const kube::ObjectKey& key) const {
  const auto object = parts_.releases.get(key);
  live::AppliedSets::Listed out;
  if (!object) return out;
  out.version = object;
  out.inventory = &object->status.inventory;
  return out;
}

std::string HelmReleaseReconciler::service_account(const HelmRelease& object) const {
  return object.spec.service_account_name.empty() ? options_.default_service_account : object.spec.service_account_name;
}

kube::Client HelmReleaseReconciler::client_for(const HelmRelease& object) const {
  const auto account = service_account(object);
  return account.empty() ? parts_.client
                         : access::as_service_account(parts_.client, object.metadata.namespace_, account);
}

ReleaseStore HelmReleaseReconciler::store_for(const HelmRelease& object, const std::string& namespace_) const {
  return ReleaseStore{client_for(object), namespace_, parts_.cpu, parts_.clock};
}

asio::awaitable<Outcome> HelmReleaseReconciler::reconcile(Context& context, HelmRelease& object) {
  const auto key = kube::key_of(object);
  applied_.begin_pass(key);
  const ScopeExit ends{[this, key] { applied_.end_pass(key); }};
  Run run{object, memories_[key], applied_.of(key)};
  auto outcome = co_await runtime::run_steps(*this, kRows, context, run);
  co_return outcome;
}

asio::awaitable<Outcome> HelmReleaseReconciler::check_spec(Context&, Run& run) {
  const auto& spec = run.object.spec;
  if (auto stall = unsupported_field(spec)) co_return std::move(*stall);
  if (!spec.chart == !spec.chart_ref)
    co_return Stall{api::reason::kInvalidSpec, "either chart or chartRef must be set"};
  if (!options_.no_cross_namespace_refs) co_return Next{};
  std::vector<Reference> references;
  if (spec.chart) {
    const auto& source = spec.chart->spec.source_ref;
    references.push_back({source.kind, access::referred(run.object.metadata.namespace_, source)});
  } else {
    references.push_back(chart_reference(run.object));
  }
  for (const auto& dependency : spec.depends_on) {
    references.push_back(
        {std::string{HelmRelease::kNames.kind}, access::referred(run.object.metadata.namespace_, dependency)}
    );
  }
  for (const auto& [kind, referred] : references) {
    if (referred.namespace_ == run.object.metadata.namespace_) continue;
    co_return Stall{
        reason::kAccessDenied,
        text::cat("cross-namespace references are not allowed: cannot access ", kind, " ", referred.text())};
  }
  co_return Next{};
}

asio::awaitable<void> HelmReleaseReconciler::remove_chart_object(Context& context, HelmRelease& object) {
  const auto [namespace_, name] = text::cut(object.status.helm_chart, "/");
  if (name.empty()) co_return;
  const kube::ObjectKey key{std::string{namespace_}, std::string{name}};
  const auto resource = kube::resource_of<HelmChart>();
  const kube::DeleteOptions options;
  co_await parts_.client.remove(resource, key, options);
  context.events.send(
      Severity::kInfo, reason::kHelmChartDeleted, text::cat("Deleted HelmChart/", key.text()), facts_of(object)
  );
  object.status.helm_chart.clear();
}

asio::awaitable<Outcome> HelmReleaseReconciler::apply_chart_object(Context& context, Run& run) {
  auto& status = run.object.status;
  const auto reference = chart_reference(run.object);
  const std::string wanted = run.object.spec.chart ? reference.key.text() : std::string{};
  if (!status.helm_chart.empty() && status.helm_chart != wanted) co_await remove_chart_object(context, run.object);
  if (wanted.empty()) co_return Next{};
  const kube::Object chart{chart_object(run.object, reference.key)};
  std::string text = json::write(chart.document());
  const bool exists = parts_.charts.get(reference.key) != nullptr;
  status.helm_chart = wanted;
  if (exists && run.memory.helm_chart == text) co_return Next{};
  const auto resource = kube::resource_of<HelmChart>();
  kube::ApplyOptions options;
  options.field_manager = options_.field_manager;
  const auto applied = co_await parts_.client.apply(resource, chart, options);
  run.memory.helm_chart = std::move(text);
  run.memory.helm_chart_generation = applied.object.generation();
  if (applied.created) {
    const auto& source = run.object.spec.chart->spec.source_ref;
    const auto source_key = access::referred(run.object.metadata.namespace_, source);
    context.events.send(
        Severity::kInfo,
        reason::kHelmChartCreated,
        text::cat("Created HelmChart/", wanted, " with SourceRef '", source.kind, "/", source_key.text(), "'"),
        facts_of(run.object)
    );
  }
  co_return Next{};
}

asio::awaitable<Outcome> HelmReleaseReconciler::check_dependencies(Context&, Run& run) {
  const auto key = kube::key_of(run.object);
  parts_.waiters.erase(key);
  for (const auto& reference : run.object.spec.depends_on) {
    const auto dependency_key = access::referred(run.object.metadata.namespace_, reference);
    const auto dependency = parts_.releases.get(dependency_key);
    std::string problem;
    if (!dependency) {
      problem = text::cat(
          "unable to get '",
          dependency_key.text(),
          "' dependency: helmreleases.helm.toolkit.fluxcd.io ",
          text::quoted(dependency_key.name),
          " not found"
      );
    } else if (
        dependency->status.observed_generation != dependency->metadata.generation ||
        !api::is_condition_true(dependency->status.conditions, condition::kReady)
    ) {
      problem = text::cat("dependency '", dependency_key.text(), "' is not ready");
    }
    if (problem.empty()) continue;
    parts_.waiters.insert(key);
    co_return Wait{reason::kDependencyNotReady, std::move(problem), options_.requeue_dependency};
  }
  co_return Next{};
}

asio::awaitable<Outcome> HelmReleaseReconciler::find_source(Context&, Run& run) {
  const auto [kind, key] = chart_reference(run.object);
  const bool is_chart = kind == HelmChart::kNames.kind;
  bool exists = false, is_current = false, is_ready = false;
  std::optional<api::Artifact> artifact;
  std::string message;
  const auto look = [&](const auto& found, std::int64_t least_generation) {
    exists = found != nullptr;
    if (!exists) return;
    is_current = found->metadata.generation >= least_generation &&
                 found->status.observed_generation == found->metadata.generation;
    is_ready = api::is_condition_true(found->status.conditions, condition::kReady);
    artifact = found->status.artifact;
    if (const auto* ready = api::find_condition(found->status.conditions, condition::kReady)) message = ready->message;
  };
  const auto least = run.object.spec.chart ? run.memory.helm_chart_generation : 0;
  if (is_chart) {
    look(parts_.charts.get(key), least);
  } else {
    look(parts_.oci_repositories.get(key), 0);
  }
  if (!exists) {
    co_return Wait{
        reason::kArtifactFailed,
        text::cat("could not get Source object: ", full_name(kind), " ", text::quoted(key.name), " not found"),
        options_.requeue_dependency,
        Telling::kNothing};
  }
  if (!is_current) message = "latest generation of object has not been reconciled";
  if (!is_current || !is_ready || !artifact) {
    if (message.empty()) message = "it has no artifact";
    co_return Wait{
        reason::kSourceNotReady,
        text::cat(kind, " '", key.text(), "' is not ready: ", message),
        options_.requeue_dependency,
        Telling::kNothing};
  }
  run.artifact = std::move(*artifact);
  run.is_from_registry = !is_chart;
  if (run.is_from_registry) {
    const auto& revision = run.artifact.revision;
    const auto at = revision.find('@');
    run.oci_digest = at == std::string::npos ? revision : revision.substr(at + 1);
  }
  co_return Next{};
}

/// What spec.valuesFrom leads to, in order; spec.values win.
asio::awaitable<Outcome> HelmReleaseReconciler::load_values(Context&, Run& run) {
  const auto& spec = run.object.spec;
  ValuesComposer composer{spec.values};
  for (const auto& reference : spec.values_from) {
    const bool is_secret = reference.kind == "Secret";
    const auto resource = is_secret ? kube::core::secrets() : kube::core::config_maps();
    const kube::ObjectKey key{run.object.metadata.namespace_, reference.name};
    const std::string field = reference.values_key.empty() ? "values.yaml" : reference.values_key;
    const auto refused = [&](std::string_view why) {
      return ReasonedError{
          reason::kValuesError,
          text::cat(
              "could not resolve ",
              reference.optional ? "optional " : "",
              reference.kind,
              " chart values reference '",
              key.text(),
              "' with key '",
              field,
              "': ",
              why
          )};
    };
    std::optional<kube::Object> found;
    std::string problem;
    try {
      found = co_await parts_.client.get(resource, key);
    } catch (const kube::ApiError& error) {
      problem = error.what();
    }
    if (!problem.empty()) throw refused(problem);
    if (!found) {
      if (reference.optional) continue;
      throw refused(text::cat(resource.plural, " ", text::quoted(key.name), " not found"));
    }
    const auto* data = found->document().find_path({"data", field});
    const auto* binary = is_secret ? nullptr : found->document().find_path({"binaryData", field});
    if (data == nullptr) data = binary;
    if (data == nullptr || !data->is_string()) {
      if (reference.optional) continue;
      throw refused("key not found");
    }
    std::string value = data->as_string();
    if (is_secret || data == binary) {
      auto decoded = base64::decode(value);
      if (!decoded) throw refused("the value is no base64");
      value = std::move(*decoded);
    }
    // What is said of a text may repeat a part of it.
    if (const auto added = composer.add(reference, value); !added)
      throw refused(is_secret ? "the value cannot be read as values" : added.error().text());
  }
  run.values = std::move(composer).finish();
  run.config_digest = helm::config_digest(run.values);
  co_return Next{};
}

asio::awaitable<Outcome> HelmReleaseReconciler::compare_inputs(Context& context, Run& run) {
  auto& object = run.object;
  auto& status = object.status;
  run.release = {release_name(object), release_namespace(object)};
  run.storage_namespace = storage_namespace(object);
  run.store.emplace(store_for(object, run.storage_namespace));
  const std::string_view requested = object.metadata.annotation(api::kRequestedAtAnnotation);
  const bool is_requested = api::is_requested(object.metadata, status.last_handled_reconcile_at);
  const auto asks = [&](std::string_view annotation, std::string& handled) {
    const auto value = object.metadata.annotation(annotation);
    const bool is_new = !value.empty() && value == requested && value != handled;
    if (is_new) handled = value;
    return is_new;
  };
  run.is_forced = asks("reconcile.fluxcd.io/forceAt", status.last_handled_force_at);
  if (asks("reconcile.fluxcd.io/resetAt", status.last_handled_reset_at)) clear_failures(object);
  run.inputs = text::cat(
      object.metadata.generation, " ", run.artifact.digest, " ", run.artifact.revision, " ", run.config_digest
  );
  auto& memory = run.memory;
  const bool is_same = memory.inputs == run.inputs && !is_requested && !run.is_forced;
  if (!is_same || memory.running) co_return Next{};
  const bool is_ready = api::is_condition_true(status.conditions, condition::kReady);
  const bool is_watched = object.spec.drift_detection && !object.spec.drift_detection->mode.empty() &&
                          object.spec.drift_detection->mode != "disabled";
  if (!is_ready || (is_watched && !run.applied.is_untouched(true))) co_return Next{};
  context.log.debug("nothing changed", {{"revision", status.last_attempted_revision}});
  co_return Done{object.spec.interval.milliseconds()};
}

asio::awaitable<Outcome> HelmReleaseReconciler::load_chart(Context&, Run& run) {
  std::string gone;
  try {
    run.chart = co_await parts_.chart_store.load(run.artifact);
  } catch (const artifact::ArtifactNotFound&) {
    gone = "artifact not found";
  }
  if (!gone.empty()) {
    co_return Wait{
        reason::kArtifactFailed,
        text::cat("Source not ready: ", gone, ". Retrying in ", to_string(Duration{options_.requeue_dependency})),
        options_.requeue_dependency,
        Telling::kNothing};
  }
  run.chart_version = run.chart->metadata.version;
  if (run.is_from_registry) {
    if (!is_version_of(run.chart_version, run.artifact.revision)) {
      throw ReasonedError{
          reason::kChartMutateError,
          text::cat(
              "artifact revision ", run.artifact.revision, " does not match chart version ", run.chart->metadata.version
          )};
    }
    // Another digest under the same tag is another version of the release.
    const auto hex = std::string_view{run.oci_digest}.substr(run.oci_digest.find(':') + 1).substr(0, kDigestDigits);
    const bool has_metadata = run.chart_version.find('+') != std::string::npos;
    text::append(run.chart_version, has_metadata ? "." : "+", hex);
    auto versioned = std::make_shared<helm::Chart>(*run.chart);
    versioned->metadata.version = run.chart_version;
    run.chart = std::move(versioned);
  }
  co_return Next{};
}

/// Another name, namespace or store than the last release's: that one is uninstalled first.
asio::awaitable<Outcome> HelmReleaseReconciler::check_target(Context& context, Run& run) {
  auto& status = run.object.status;
  if (run.memory.running) co_return Next{};
  if (!status.history.empty()) {
    const auto& last = status.history.front();
    const auto& upgrade = run.object.spec.upgrade;
    const bool chart_may_change = upgrade && upgrade->chart_name_change_strategy == "InPlaceUpdate";
    std::string change;
    if (last.name != run.release.name) {
      change = text::cat("the release name from ", last.name, " to ", run.release.name);
    } else if (last.namespace_ != run.release.namespace_) {
      change = text::cat("the target namespace from ", last.namespace_, " to ", run.release.namespace_);
    } else if (status.storage_namespace != run.storage_namespace) {
      change = text::cat("the storage namespace from ", status.storage_namespace, " to ", run.storage_namespace);
    } else if (last.chart_name != run.chart->name() && !chart_may_change) {
      change = text::cat("the chart from ", last.chart_name, " to ", run.chart->name());
    }
    if (!change.empty()) {
      const auto allowed = run.object.metadata.annotation("weir.dev/allow-uninstall");
      if (options_.guards_uninstall && allowed != last.name) {
        co_return Stall{
            reason::kUninstallGuarded,
            text::cat(
                "changing ",
                change,
                " would uninstall the release ",
                last.namespace_,
                "/",
                last.name,
                " with all its objects; annotate weir.dev/allow-uninstall: ",
                last.name,
                " to have that done"
            )};
      }
      auto outcome = co_await uninstall_old(context, run);
      if (outcome) co_return std::move(*outcome);
    }
  }
  status.storage_namespace = run.storage_namespace;
  const bool is_new = status.last_attempted_generation != run.object.metadata.generation ||
                      status.last_attempted_revision != run.chart_version ||
                      status.last_attempted_config_digest != run.config_digest;
  if (is_new) clear_failures(run.object);
  status.last_attempted_generation = run.object.metadata.generation;
  status.last_attempted_revision = run.chart_version;
  status.last_attempted_revision_digest = run.oci_digest;
  status.last_attempted_config_digest = run.config_digest;
  co_return Next{};
}

asio::awaitable<Outcome> HelmReleaseReconciler::finish(Context&, Run& run) {
  auto& status = run.object.status;
  status.observed_post_renderers_digest = post_renderers_digest(run.object.spec);
  status.observed_common_metadata_digest = common_metadata_digest(run.object.spec);
  run.memory.inputs = run.inputs;
  co_return Done{run.object.spec.interval.milliseconds()};
}

void HelmReleaseReconciler::mark_done(Context& context, HelmRelease& object) {
  const auto summary = summary_of(object);
  runtime::mark_ready(runtime::parts_of(object), rules_, summary.reason, summary.message, context.clock.wall_now());
}

std::map<std::string, std::string> HelmReleaseReconciler::event_facts(const HelmRelease& object) const {
  return facts_of(object);
}

void HelmReleaseReconciler::learn_applied(Run& run, const ssa::Desired& desired, const kube::Object& live) {
  live::Record record;
  record.id = desired.id();
  record.desired_hash = desired.hash();
  record.owned = ssa::ownership_of(live, options_.field_manager, options_.apply.override_managers);
  record.resource_version = live.resource_version();
  record.expires = desired.expires();
  run.applied.learn(std::move(record));
  if (const auto resource = parts_.mapper.known(desired.id().api_version(), desired.id().kind))
    parts_.drift.follow(*resource);
}

void HelmReleaseReconciler::forget(const kube::ObjectKey& key) {
  parts_.waiters.erase(key);
  parts_.watches.stop(key);
  applied_.forget(key);
  memories_.erase(key);
}

}  // namespace weir::helm_controller
