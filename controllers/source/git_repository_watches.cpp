#include "controllers/source/git_repository_watches.hpp"

namespace weir::source {
namespace {

using api::source::GitRepository;

constexpr const char* kByInclude = "include";

std::string revision_of(const std::shared_ptr<const GitRepository>& object) {
  return object && object->status.artifact ? object->status.artifact->digest : "";
}

}  // namespace

void connect_watches(
    kube::Informer<GitRepository>& repositories, runtime::Controller<GitRepository>& controller
) {
  repositories.add_index(kByInclude, [](const GitRepository& object) {
    std::vector<std::string> out;
    for (const auto& include : object.spec.include) {
      out.push_back(kube::ObjectKey{object.metadata.namespace_, include.repository.name}.text());
    }
    return out;
  });
  repositories.on_change([&](const auto& key, const auto& before, const auto& after) {
    if (revision_of(before) == revision_of(after)) return;
    for (const auto& dependant : repositories.keys(kByInclude, key.text())) {
      controller.enqueue(dependant);
    }
  });
}

}  // namespace weir::source
