#include "controllers/helm/helm_release_watches.hpp"

#include "pkg/access/reference.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/watches.hpp"

namespace weir::helm_controller {
namespace {

using api::helm::HelmRelease;

constexpr const char* kByChart = "chart";
constexpr const char* kByDependency = "dependency";

std::string chart_text(std::string_view kind, std::string_view key) { return text::cat(kind, "/", key); }

std::vector<std::string> chart_of(const HelmRelease& object) {
  if (object.spec.chart_ref) {
    const auto& reference = *object.spec.chart_ref;
    return {chart_text(reference.kind, access::referred(object.metadata.namespace_, reference).text())};
  }
  if (!object.spec.chart) return {};
  const auto& source = object.spec.chart->spec.source_ref;
  const auto& namespace_ = source.namespace_.empty() ? object.metadata.namespace_ : source.namespace_;
  return {chart_text("HelmChart", text::cat(namespace_, "/", object.metadata.namespace_, "-", object.metadata.name))};
}

std::vector<std::string> dependencies_of(const HelmRelease& object) {
  std::vector<std::string> out;
  for (const auto& reference : object.spec.depends_on)
    out.push_back(access::referred(object.metadata.namespace_, reference).text());
  return out;
}

std::vector<std::string> configs_of(const HelmRelease& object) {
  std::vector<std::string> out;
  for (const auto& reference : object.spec.values_from)
    out.push_back(runtime::config_text(reference.kind, {object.metadata.namespace_, reference.name}));
  return out;
}

/// What dependants of a release react to.
std::string readiness_of(const std::shared_ptr<const HelmRelease>& object) {
  if (!object) return "";
  return text::cat(
      api::is_condition_true(object->status.conditions, api::condition::kReady) ? "ready " : "not ready ",
      object->status.observed_generation,
      " ",
      object->metadata.generation
  );
}

/// What a release reads of its source.
template <class Source>
std::string state_of(const std::shared_ptr<const Source>& object) {
  if (!object) return "";
  const auto& status = object->status;
  const auto* ready = api::find_condition(status.conditions, api::condition::kReady);
  return text::cat(
      status.artifact ? status.artifact->digest : std::string{},
      " ",
      status.artifact ? status.artifact->revision : std::string{},
      " ",
      status.observed_generation == object->metadata.generation ? "current " : "behind ",
      ready == nullptr ? std::string{} : ready->status,
      " ",
      ready == nullptr ? std::string{} : ready->message
  );
}

}  // namespace

void connect_watches(const Watches& watches, runtime::Controller<HelmRelease>& controller) {
  auto& releases = watches.releases;
  releases.add_index(kByChart, chart_of);
  releases.add_index(kByDependency, dependencies_of);
  const auto of_kind = [&releases](std::string_view kind) {
    return [&releases, kind](const kube::ObjectKey& source) {
      return releases.keys(kByChart, chart_text(kind, source.text()));
    };
  };
  runtime::wake(controller, watches.charts, state_of<api::source::HelmChart>, of_kind("HelmChart"));
  runtime::wake(controller, watches.oci_repositories, state_of<api::source::OciRepository>, of_kind("OCIRepository"));
  const auto who_waits = [&releases, &waiters = watches.waiters](const kube::ObjectKey& dependency) {
    auto out = releases.keys(kByDependency, dependency.text());
    std::erase_if(out, [&](const kube::ObjectKey& key) { return !waiters.contains(key); });
    return out;
  };
  runtime::wake(controller, watches.dependencies, readiness_of, who_waits);
}

void connect_config_watches(
    runtime::Caches& caches,
    const std::string& namespace_,
    const std::string& label_selector,
    kube::Informer<HelmRelease>& releases,
    runtime::Controller<HelmRelease>& controller
) {
  runtime::wake_by_configs(controller, releases, caches, namespace_, label_selector, configs_of);
}

}  // namespace weir::helm_controller
