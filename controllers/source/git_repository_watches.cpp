#include "controllers/source/git_repository_watches.hpp"

#include "pkg/access/reference.hpp"
#include "pkg/runtime/watches.hpp"

namespace weir::source {
namespace {

using api::image::ImageUpdateAutomation;
using api::source::GitRepository;

constexpr const char* kByInclude = "include";

std::string revision_of(const std::shared_ptr<const GitRepository>& object) {
  return object && object->status.artifact ? object->status.artifact->digest : "";
}

/// Whether the artifact is of that commit already.
bool revision_names(const GitRepository& object, const std::string& commit) {
  return object.status.artifact && object.status.artifact->revision.ends_with(commit);
}

}  // namespace

void connect_watches(
    kube::Informer<GitRepository>& repositories,
    kube::Informer<ImageUpdateAutomation>& automations,
    runtime::Controller<GitRepository>& controller
) {
  repositories.add_index(kByInclude, [](const GitRepository& object) {
    std::vector<std::string> out;
    for (const auto& include : object.spec.include) {
      out.push_back(kube::ObjectKey{object.metadata.namespace_, include.repository.name}.text());
    }
    return out;
  });
  runtime::wake(controller, repositories, revision_of, runtime::found_by(repositories, kByInclude));
  automations.on_change([&](const auto& key, const auto& before, const auto& after) {
    // What is there at the start is known from the interval; only news count.
    if (!before || !after || before->status.last_push_commit == after->status.last_push_commit) return;
    const auto repository = access::referred(key.namespace_, after->spec.source_ref);
    const auto known = repositories.get(repository);
    if (known && !revision_names(*known, after->status.last_push_commit)) controller.enqueue(repository);
  });
}

}  // namespace weir::source
