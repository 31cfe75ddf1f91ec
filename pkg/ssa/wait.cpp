#include "pkg/ssa/wait.hpp"

#include <algorithm>
#include <utility>

#include "pkg/ssa/health.hpp"
#include "pkg/ssa/live_objects.hpp"

namespace weir::ssa {
namespace {

constexpr Milliseconds kFirstPoll{50};
constexpr Milliseconds kLongestPoll{2'000};

}  // namespace

asio::awaitable<bool> wait_until_established(
    const Cluster& cluster, const Desired& definition, const kube::Resource& resource, TimePoint deadline
) {
  for (const auto& [api_version, kind] : definition.kinds()) cluster.mapper.forget(api_version);
  const kube::ObjectKey key = definition.id().key();
  for (Milliseconds pause = kFirstPoll;; pause = std::min(pause * 2, kLongestPoll)) {
    const auto live = co_await cluster.client.get(resource, key);
    if (live && compute_health(*live).status == HealthStatus::kCurrent) co_return true;
    if (cluster.clock.now() >= deadline) co_return false;
    co_await cluster.pause(pause);
  }
}

asio::awaitable<std::vector<ObjectId>> wait_until_gone(
    const Cluster& cluster, std::vector<ObjectId> objects, Milliseconds limit
) {
  const auto deadline = cluster.clock.now() + limit;
  for (Milliseconds pause = kFirstPoll;; pause = std::min(pause * 2, kLongestPoll)) {
    std::vector<ObjectId> left;
    LiveObjects live{cluster.client, cluster.mapper};
    for (const auto& id : objects) {
      const auto found = co_await live.find(id);
      if (found) left.push_back(id);
    }
    objects = std::move(left);
    if (objects.empty() || cluster.clock.now() >= deadline) co_return objects;
    co_await cluster.pause(pause);
  }
}

}  // namespace weir::ssa
