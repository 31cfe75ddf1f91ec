#include "controllers/image_automation/image_update_automation_watches.hpp"

#include "pkg/access/reference.hpp"

namespace weir::image_automation {
namespace {

using api::image::ImagePolicy;
using api::image::ImageUpdateAutomation;
using api::source::GitRepository;

constexpr const char* kBySource = "source";

bool selects_the_same(
    const std::shared_ptr<const ImagePolicy>& before, const std::shared_ptr<const ImagePolicy>& after
) {
  if (!before || !after) return false;
  return before->status.latest_ref == after->status.latest_ref && before->metadata.labels == after->metadata.labels;
}

/// Where a source is and which commit it has.
std::string revision_of(const GitRepository& object) {
  return object.status.artifact ? object.status.artifact->revision : "";
}

}  // namespace

void connect_watches(
    kube::Informer<ImageUpdateAutomation>& automations,
    kube::Informer<ImagePolicy>& policies,
    kube::Informer<GitRepository>& repositories,
    runtime::Controller<ImageUpdateAutomation>& controller
) {
  automations.add_index(kByNamespace, [](const ImageUpdateAutomation& object) {
    return std::vector<std::string>{object.metadata.namespace_};
  });
  automations.add_index(kBySource, [](const ImageUpdateAutomation& object) {
    return std::vector{access::referred(object.metadata.namespace_, object.spec.source_ref).text()};
  });
  policies.add_index(kByNamespace, [](const ImagePolicy& object) {
    return std::vector<std::string>{object.metadata.namespace_};
  });
  policies.on_change([&](const auto& key, const auto& before, const auto& after) {
    if (selects_the_same(before, after)) return;
    for (const auto& automation : automations.keys(kByNamespace, key.namespace_)) controller.enqueue(automation);
  });
  repositories.on_change([&](const auto& key, const auto& before, const auto& after) {
    const bool same_spec = before && after && before->metadata.generation == after->metadata.generation &&
                           before->metadata.uid == after->metadata.uid;
    const std::string revision = after ? revision_of(*after) : "";
    if (same_spec && revision_of(*before) == revision) return;
    for (const auto& automation : automations.keys(kBySource, key.text())) {
      const auto known = automations.get(automation);
      // The source has fetched what this automation has pushed: that is no news.
      if (same_spec && known && known->status.observed_source_revision == revision) continue;
      controller.enqueue(automation);
    }
  });
}

}  // namespace weir::image_automation
