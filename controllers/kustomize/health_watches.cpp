#include "controllers/kustomize/health_watches.hpp"

#include <set>

#include "pkg/async/errors.hpp"
#include "pkg/base/text.hpp"

namespace weir::kustomize_controller {

struct HealthWatches::Group {
  Group(asio::any_io_executor executor, log::Logger log)
      : tasks{std::move(executor), [log](std::string_view, const std::exception_ptr& failure) {
          log.error("a health watch ended", async::describe(failure));
        }} {}
  std::set<std::string> followed;
  std::vector<std::unique_ptr<kube::Informer<Nothing>>> informers;
  async::TaskGroup tasks;  // last: its tasks use the informers
};

HealthWatches::HealthWatches(kube::Client& client, asio::any_io_executor executor, log::Logger log)
    : client_{client}, executor_{std::move(executor)}, log_{std::move(log)} {}

HealthWatches::~HealthWatches() = default;

void HealthWatches::follow(
    const kube::ObjectKey& kustomization, const kube::Resource& resource, const kube::ObjectKey& object
) {
  auto& group = groups_[kustomization];
  if (!group) group = std::make_unique<Group>(executor_, log_);
  const std::string what = text::cat(resource.api_version(), "/", resource.kind, "/", object.text());
  if (!group->followed.insert(what).second) return;
  kube::ReflectorOptions options;
  options.resource = resource;
  options.namespace_ = object.namespace_;
  options.field_selector = text::cat("metadata.name=", object.name);
  options.detail = kube::Detail::kMetadata;
  auto decode = [](const json::Value&) -> Result<Nothing> { return Nothing{}; };
  auto& informer = group->informers.emplace_back(
      std::make_unique<kube::Informer<Nothing>>(client_, std::move(options), decode, log_)
  );
  informer->on_change([this, kustomization](const auto&, const auto&, const auto&) {
    if (wake_) wake_(kustomization);
  });
  group->tasks.spawn("follow-health", informer->run());
}

void HealthWatches::stop(const kube::ObjectKey& kustomization) {
  std::erase_if(ending_, [](const auto& group) { return group->tasks.size() == 0; });
  const auto at = groups_.find(kustomization);
  if (at == groups_.end()) return;
  at->second->tasks.cancel();
  ending_.push_back(std::move(at->second));
  groups_.erase(at);
}

}  // namespace weir::kustomize_controller
