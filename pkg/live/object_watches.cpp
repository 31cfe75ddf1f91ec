#include "pkg/live/object_watches.hpp"

#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"

namespace weir::live {

struct ObjectWatches::Group {
  Group(asio::any_io_executor executor, log::Logger log)
      : tasks{std::move(executor), [log](std::string_view, const std::exception_ptr& failure) {
                log.error("a health watch ended", async::describe(failure));
              }} {}
  std::map<std::string, std::unique_ptr<kube::Informer<Nothing>>>
      informers;           // by the collection's version and the object
  async::TaskGroup tasks;  // last: its tasks use the informers
};

ObjectWatches::ObjectWatches(kube::Client& client, asio::any_io_executor executor, log::Logger log)
    : client_{client}, executor_{std::move(executor)}, log_{std::move(log)} {}

ObjectWatches::~ObjectWatches() = default;

bool ObjectWatches::follow(const kube::ObjectKey& owner, const kube::Resource& resource, const ssa::ObjectId& object) {
  auto& group = groups_[owner];
  if (!group) group = std::make_unique<Group>(executor_, log_);
  auto& informer = group->informers[text::cat(resource.api_version(), " ", object.identity())];
  if (informer) return informer->is_synced() && informer->last_failure().empty();
  kube::ReflectorOptions options;
  options.resource = resource;
  if (resource.namespaced) options.namespace_ = object.namespace_;
  options.field_selector = text::cat("metadata.name=", object.name);
  options.detail = kube::Detail::kMetadata;
  auto decode = [](const json::Value&) -> Result<Nothing> { return Nothing{}; };
  informer = std::make_unique<kube::Informer<Nothing>>(client_, std::move(options), decode, log_);
  informer->on_change([this, owner, object](const auto&, const auto&, const auto&) {
    if (wake_) wake_(owner, object);
  });
  group->tasks.spawn("follow-health", informer->run());
  return false;
}

void ObjectWatches::stop(const kube::ObjectKey& owner) {
  std::erase_if(ending_, [](const auto& group) { return group->tasks.size() == 0; });
  const auto at = groups_.find(owner);
  if (at == groups_.end()) return;
  at->second->tasks.cancel();
  ending_.push_back(std::move(at->second));
  groups_.erase(at);
}

}  // namespace weir::live
