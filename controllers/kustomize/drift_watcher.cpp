#include "controllers/kustomize/drift_watcher.hpp"

#include "pkg/base/text.hpp"
#include "pkg/ssa/managed_fields.hpp"

namespace weir::kustomize_controller {

DriftWatcher::DriftWatcher(
    kube::Client& client, std::string field_manager, std::string label_group, async::TaskGroup& tasks, log::Logger log
)
    : client_{client},
      field_manager_{std::move(field_manager)},
      name_label_{text::cat(label_group, "/name")},
      namespace_label_{text::cat(label_group, "/namespace")},
      tasks_{tasks},
      log_{std::move(log)} {}

void DriftWatcher::follow(const kube::Resource& resource) {
  auto& informer = informers_[Kind{resource.group, resource.kind}];
  if (informer) return;
  kube::ReflectorOptions options;
  options.resource = resource;
  options.label_selector = name_label_;
  options.detail = kube::Detail::kMetadata;
  auto decode = [this](json::Value& document) -> Result<TrackedObject> {
    const kube::Object object{std::move(document)};
    TrackedObject out;
    out.owner.name = object.label(name_label_).value_or("");
    out.owner.namespace_ = object.label(namespace_label_).value_or("");
    out.owned_hash = ssa::owned_fields_hash(object, field_manager_);
    out.resource_version = object.resource_version();
    return out;
  };
  informer = std::make_unique<kube::Informer<TrackedObject>>(client_, std::move(options), std::move(decode), log_);
  ssa::ObjectId kind;
  kind.group = resource.group;
  kind.version = resource.version;
  kind.kind = resource.kind;
  informer->on_change([this, kind](const auto& key, const auto& before, const auto& after) {
    if (!handler_) return;
    ssa::ObjectId id = kind;
    id.namespace_ = key.namespace_;
    id.name = key.name;
    handler_(id, after ? after->owner : before->owner, after.get());
  });
  tasks_.spawn("follow-applied-objects", informer->run());
}

const kube::Informer<TrackedObject>* DriftWatcher::informer(const ssa::ObjectId& id) const {
  const auto at = informers_.find(Kind{id.group, id.kind});
  return at == informers_.end() ? nullptr : at->second.get();
}

bool DriftWatcher::is_complete(const ssa::ObjectId& id) const {
  const auto* known = informer(id);
  return known != nullptr && known->is_synced();
}

std::shared_ptr<const TrackedObject> DriftWatcher::find(const ssa::ObjectId& id) const {
  const auto* known = informer(id);
  return known == nullptr ? nullptr : known->get(id.key());
}

}  // namespace weir::kustomize_controller
