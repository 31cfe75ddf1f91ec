#include "pkg/live/drift_watcher.hpp"

#include "pkg/async/errors.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/ssa/managed_fields.hpp"
#include "pkg/ssa/steering.hpp"

namespace weir::live {

struct DriftWatcher::Followed {
  Followed(kube::Resource resource_, asio::any_io_executor executor, log::Logger log)
      : resource{std::move(resource_)},
        tasks{std::move(executor), [log](std::string_view, const std::exception_ptr& failure) {
                log.error("following applied objects ended", async::describe(failure));
              }} {}
  const kube::Resource resource;
  std::unique_ptr<kube::Informer<LiveState>> informer;
  async::TaskGroup tasks;  // last: its task uses the informer
};

DriftWatcher::DriftWatcher(kube::Client& client, Options options, asio::any_io_executor executor, log::Logger log)
    : client_{client},
      options_{std::move(options)},
      name_label_{text::cat(options_.label_group, "/name")},
      namespace_label_{text::cat(options_.label_group, "/namespace")},
      executor_{std::move(executor)},
      log_{std::move(log)} {}

DriftWatcher::~DriftWatcher() = default;

void DriftWatcher::follow(const kube::Resource& resource) {
  auto& followed = followed_[Kind{resource.group, resource.kind}];
  if (followed) {
    if (followed->resource == resource || followed->informer->last_failure().empty()) return;
    // The way in which it was followed no longer works, and the kind is served otherwise.
    std::erase_if(ending_, [](const auto& ended) { return ended->tasks.size() == 0; });
    followed->tasks.cancel();
    ending_.push_back(std::move(followed));
  }
  kube::ReflectorOptions options;
  options.resource = resource;
  options.label_selector = name_label_;
  options.detail = kube::Detail::kMetadata;
  auto decode = [this](json::Value& document) -> Result<LiveState> {
    const kube::Object object{std::move(document)};
    LiveState out;
    out.owner.name = object.label(name_label_).value_or("");
    out.owner.namespace_ = object.label(namespace_label_).value_or("");
    out.owned = ssa::ownership_of(object, options_.field_manager, options_.override_managers);
    out.resource_version = object.resource_version();
    out.left_alone = ssa::is_left_alone(object, options_.label_group);
    return out;
  };
  followed = std::make_unique<Followed>(resource, executor_, log_);
  followed->informer =
      std::make_unique<kube::Informer<LiveState>>(client_, std::move(options), std::move(decode), log_);
  ssa::ObjectId kind;
  kind.group = resource.group;
  kind.version = resource.version;
  kind.kind = resource.kind;
  followed->informer->on_change([this, kind](const auto& key, const auto& before, const auto& after) {
    if (!handler_) return;
    ssa::ObjectId id = kind;
    id.namespace_ = key.namespace_;
    id.name = key.name;
    handler_(id, before.get(), after.get());
  });
  followed->tasks.spawn("follow-applied-objects", followed->informer->run());
  followed->tasks.spawn("first-list-of-applied-objects", tell_when_complete(*followed));
}

asio::awaitable<void> DriftWatcher::tell_when_complete(Followed& followed) {
  co_await followed.informer->synced().wait();
  if (complete_) complete_(followed.resource);
}

bool DriftWatcher::is_complete(const ssa::ObjectId& id) const {
  const auto at = followed_.find(Kind{id.group, id.kind});
  if (at == followed_.end()) return false;
  const auto& informer = *at->second->informer;
  return informer.is_synced() && informer.last_failure().empty();
}

bool DriftWatcher::is_behind(const ssa::ObjectId& id, const std::string& version) const {
  const auto at = followed_.find(Kind{id.group, id.kind});
  return at == followed_.end() || kube::is_later_version(version, at->second->informer->latest_version());
}

std::shared_ptr<const LiveState> DriftWatcher::find(const ssa::ObjectId& id) const {
  const auto at = followed_.find(Kind{id.group, id.kind});
  return at == followed_.end() ? nullptr : at->second->informer->get(id.key());
}

}  // namespace weir::live
