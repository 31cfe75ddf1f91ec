#include "pkg/ssa/remove.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "pkg/async/parallel.hpp"
#include "pkg/base/text.hpp"
#include "pkg/ssa/live_objects.hpp"
#include "pkg/ssa/order.hpp"
#include "pkg/ssa/refusal.hpp"
#include "pkg/ssa/steering.hpp"

namespace weir::ssa {
namespace {

/// Both may be empty: something else ended the call.
struct Removal {
  std::optional<Action> action;
  std::string error;
};

/// Whoever goes on changing an object keeps it until the next pass.
constexpr int kMostLooks = 5;

/// Deletes the very state that was looked at: somebody else may apply the object meanwhile, and it is his then.
/// @returns false when it has changed since: look again
asio::awaitable<bool> look_and_remove(
    const Cluster& cluster, LiveObjects& live, const ObjectId& id, const Owned& owned, bool is_last, Removal& out
) {
  std::optional<kube::ApiError> refused;
  try {
    const auto found = co_await live.find(id);
    if (!found) {
      out.action = Action::kDeleted;
      co_return true;
    }
    const auto& group = cluster.options.annotation_group;
    const bool excluded =
        is_steered(found->metadata, group, "prune", "disabled") || is_left_alone(found->metadata, group);
    if (excluded || (owned && !owned(found->metadata))) {
      out.action = Action::kSkipped;
      co_return true;
    }
    kube::DeleteOptions options;
    options.uid = found->metadata.uid();
    options.resource_version = found->metadata.resource_version();
    options.propagation = cluster.options.propagation;
    const kube::ObjectKey key = id.key();
    co_await cluster.client.remove(found->resource, key, options);
    out.action = Action::kDeleted;
  } catch (const kube::ApiError& failure) {
    refused = failure;
  }
  if (!refused) co_return true;
  if (refused->is_conflict() && !is_last) co_return false;
  out.error = text::cat(id.text(), " delete failed: ", safe_text(id, *refused));
  co_return true;
}

asio::awaitable<void> remove_one(
    const Cluster& cluster, LiveObjects& live, const ObjectId& id, const Owned& owned, Removal& out
) {
  for (int look = 1; look <= kMostLooks; ++look) {
    if (co_await look_and_remove(cluster, live, id, owned, look == kMostLooks, out)) co_return;
  }
}

}  // namespace

asio::awaitable<Report> remove(const Cluster& cluster, std::vector<ObjectId> objects, Owned owned) {
  const auto& stages = cluster.options.custom_stage_kinds;
  std::ranges::sort(objects, [&](const ObjectId& left, const ObjectId& right) {
    const auto left_stage = stage_of(left, stages);
    const auto right_stage = stage_of(right, stages);
    if (left_stage != right_stage) return right_stage < left_stage;
    return applies_before(right, left);
  });
  std::vector<Removal> removals(objects.size());
  LiveObjects live{cluster.client, cluster.mapper};
  for (std::size_t begin = 0; begin < objects.size();) {
    std::size_t end = begin;
    while (end < objects.size() && rank_of(objects[end].kind) == rank_of(objects[begin].kind)) ++end;
    auto one = [&, begin](std::size_t index) {
      const auto at = begin + index;
      return remove_one(cluster, live, objects[at], owned, removals[at]);
    };
    co_await async::for_each_index(end - begin, cluster.options.concurrency, one);
    begin = end;
  }
  Report out;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    auto& [action, error] = removals[i];
    if (action) out.changes.push_back(Change{objects[i], *action});
    if (!error.empty()) out.errors.push_back(std::move(error));
  }
  co_return out;
}

}  // namespace weir::ssa
