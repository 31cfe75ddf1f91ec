#include "controllers/kustomize/kustomization_watches.hpp"

#include "pkg/base/text.hpp"

namespace weir::kustomize_controller {
namespace {

using api::kustomize::Kustomization;
using api::source::GitRepository;

constexpr const char* kBySource = "source";
constexpr const char* kByDependency = "dependency";
constexpr const char* kByConfig = "config";

std::vector<std::string> source_of(const Kustomization& object) {
  return {source_key(object).text()};
}

std::vector<std::string> dependencies_of(const Kustomization& object) {
  std::vector<std::string> out;
  for (const auto& reference : object.spec.depends_on) {
    out.push_back(dependency_key(object, reference).text());
  }
  return out;
}

std::vector<std::string> configs_of(const Kustomization& object) {
  std::vector<std::string> out;
  if (!object.spec.post_build) return out;
  for (const auto& reference : object.spec.post_build->substitute_from) {
    out.push_back(text::cat(reference.kind, "/", object.metadata.namespace_, "/", reference.name));
  }
  return out;
}

/// What consumers of a source react to.
std::string artifact_of(const std::shared_ptr<const GitRepository>& source) {
  if (!source || !source->status.artifact) return "";
  return text::cat(source->status.artifact->digest, source->status.artifact->revision);
}

/// What dependants of a Kustomization react to.
std::string readiness_of(const std::shared_ptr<const Kustomization>& object) {
  if (!object) return "";
  return text::cat(
      api::is_condition_true(object->status.conditions, api::condition::kReady) ? "ready " : "not ready ",
      object->status.last_applied_revision, " ", object->status.observed_generation, " ", object->metadata.generation
  );
}

}  // namespace

void connect_watches(const Watches& watches, runtime::Controller<Kustomization>& controller) {
  auto& kustomizations = watches.kustomizations;
  kustomizations.add_index(kBySource, source_of);
  kustomizations.add_index(kByDependency, dependencies_of);
  kustomizations.add_index(kByConfig, configs_of);

  watches.repositories.on_change([&](const auto& key, const auto& before, const auto& after) {
    if (artifact_of(before) == artifact_of(after)) return;
    for (const auto& dependant : kustomizations.keys(kBySource, key.text())) {
      controller.enqueue(dependant);
    }
  });
  watches.dependencies.on_change([&, &waiters = watches.waiters](const auto& key, const auto& before, const auto& after) {
    if (readiness_of(before) == readiness_of(after)) return;
    for (const auto& dependant : kustomizations.keys(kByDependency, key.text())) {
      if (waiters.contains(dependant)) controller.enqueue(dependant);
    }
  });
  const auto wake_by_config = [&](std::string kind) {
    return [&, kind](const kube::ObjectKey& key, const auto&, const auto&) {
      for (const auto& dependant : kustomizations.keys(kByConfig, text::cat(kind, "/", key.text()))) {
        controller.enqueue(dependant);
      }
    };
  };
  watches.config_maps.on_change(wake_by_config("ConfigMap"));
  watches.secrets.on_change(wake_by_config("Secret"));
}

std::unique_ptr<kube::Informer<WatchedConfig>> make_config_informer(
    kube::Client& client, kube::Resource resource, std::string label_selector, log::Logger log
) {
  kube::ReflectorOptions options;
  options.resource = std::move(resource);
  options.label_selector = std::move(label_selector);
  options.detail = kube::Detail::kMetadata;
  auto decode = [](const json::Value&) -> Result<WatchedConfig> { return WatchedConfig{}; };
  return std::make_unique<kube::Informer<WatchedConfig>>(client, std::move(options), decode, std::move(log));
}

}  // namespace weir::kustomize_controller
