#include "controllers/kustomize/kustomization_watches.hpp"

#include "pkg/base/text.hpp"
#include "pkg/runtime/watches.hpp"

namespace weir::kustomize_controller {
namespace {

using api::kustomize::Kustomization;

constexpr const char* kBySource = "source";
constexpr const char* kByDependency = "dependency";

std::string source_text(std::string_view kind, const kube::ObjectKey& key) { return text::cat(kind, "/", key.text()); }

std::vector<std::string> source_of(const Kustomization& object) {
  return {source_text(object.spec.source_ref.kind, source_key(object))};
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
    out.push_back(runtime::config_text(reference.kind, {object.metadata.namespace_, reference.name}));
  }
  return out;
}

/// What dependants of a Kustomization react to.
std::string readiness_of(const std::shared_ptr<const Kustomization>& object) {
  if (!object) return "";
  return text::cat(
      api::is_condition_true(object->status.conditions, api::condition::kReady) ? "ready " : "not ready ",
      object->status.last_applied_revision,
      " ",
      object->status.observed_generation,
      " ",
      object->metadata.generation
  );
}

}  // namespace

void connect_watches(const Watches& watches, runtime::Controller<Kustomization>& controller) {
  auto& kustomizations = watches.kustomizations;
  kustomizations.add_index(kBySource, source_of);
  kustomizations.add_index(kByDependency, dependencies_of);

  const auto who_waits = [&kustomizations, &waiters = watches.waiters](const kube::ObjectKey& dependency) {
    auto out = kustomizations.keys(kByDependency, dependency.text());
    std::erase_if(out, [&](const kube::ObjectKey& key) { return !waiters.contains(key); });
    return out;
  };
  watches.sources.on_change([&](std::string_view kind, const kube::ObjectKey& source) {
    for (const auto& key : kustomizations.keys(kBySource, source_text(kind, source))) controller.enqueue(key);
  });
  runtime::wake(controller, watches.dependencies, readiness_of, who_waits);
}

void connect_config_watches(
    runtime::Caches& caches,
    const std::string& namespace_,
    const std::string& label_selector,
    kube::Informer<Kustomization>& kustomizations,
    runtime::Controller<Kustomization>& controller
) {
  runtime::wake_by_configs(controller, kustomizations, caches, namespace_, label_selector, configs_of);
}

}  // namespace weir::kustomize_controller
