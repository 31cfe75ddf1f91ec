#include "controllers/kustomize/dependencies.hpp"

#include <functional>
#include <set>
#include <vector>

#include "pkg/access/reference.hpp"
#include "pkg/base/text.hpp"

namespace weir::kustomize_controller {

using api::kustomize::Kustomization;
namespace condition = api::condition;

kube::ObjectKey source_key(const Kustomization& object) {
  return access::referred(object.metadata.namespace_, object.spec.source_ref);
}

kube::ObjectKey dependency_key(const Kustomization& object, const api::kustomize::DependencyReference& reference) {
  return access::referred(object.metadata.namespace_, reference);
}

namespace {

/// "a -> b -> a", or empty when `start` does not depend on itself.
std::string find_cycle(const kube::Informer<Kustomization>& kustomizations, const kube::ObjectKey& start) {
  std::vector<kube::ObjectKey> path{start};
  std::set<kube::ObjectKey> visited;
  const std::function<bool(const kube::ObjectKey&)> search = [&](const kube::ObjectKey& key) {
    const auto object = kustomizations.get(key);
    if (!object) return false;
    for (const auto& dependency : object->spec.depends_on) {
      const auto next = dependency_key(*object, dependency);
      path.push_back(next);
      if (next == start) return true;
      if (visited.insert(next).second && search(next)) return true;
      path.pop_back();
    }
    return false;
  };
  if (!search(start)) return "";
  std::string out;
  for (const auto& key : path) text::append(out, out.empty() ? "" : " -> ", key.text());
  return out;
}

std::string first_problem(
    const kube::Informer<Kustomization>& kustomizations, const Kustomization& object, std::string_view revision
) {
  for (const auto& reference : object.spec.depends_on) {
    const auto key = dependency_key(object, reference);
    const auto dependency = kustomizations.get(key);
    if (const auto problem = kustomizations.problem(key); !problem.empty()) {
      return text::cat("dependency '", key.text(), "' cannot be read: ", problem);
    }
    if (!dependency) {
      return text::cat(
          "dependency '",
          key.text(),
          "' not found: Kustomization.kustomize.toolkit.fluxcd.io ",
          text::quoted(key.name),
          " not found"
      );
    }
    const auto& status = dependency->status;
    if (status.conditions.empty() || status.observed_generation != dependency->metadata.generation ||
        !api::is_condition_true(status.conditions, condition::kReady)) {
      return text::cat("dependency '", key.text(), "' is not ready");
    }
    const bool same_source = dependency->spec.source_ref.kind == object.spec.source_ref.kind &&
                             source_key(*dependency) == source_key(object);
    if (same_source && status.last_applied_revision != revision) {
      return text::cat("dependency '", key.text(), "' revision is not up to date");
    }
  }
  return "";
}

}  // namespace

std::string dependency_problem(
    const kube::Informer<Kustomization>& kustomizations, const Kustomization& object, std::string_view revision
) {
  auto problem = first_problem(kustomizations, object, revision);
  if (problem.empty()) return problem;
  const auto cycle = find_cycle(kustomizations, kube::key_of(object));
  return cycle.empty() ? problem : text::cat("dependency cycle: ", cycle);
}

}  // namespace weir::kustomize_controller
