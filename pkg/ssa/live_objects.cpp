#include "pkg/ssa/live_objects.hpp"

namespace weir::ssa {

asio::awaitable<std::optional<LiveObjects::Found>> LiveObjects::find(const ObjectId& id) {
  const kube::ObjectKey key = id.key();
  const auto resource = co_await mapper_.find(id.api_version(), id.kind);
  if (resource) {
    auto live = co_await client_.get(*resource, key, kube::Detail::kMetadata);
    if (live) co_return Found{*resource, std::move(*live)};
  }
  const std::pair kind{id.group, id.kind};
  if (!served_.contains(kind)) {
    auto found = co_await mapper_.find_in_any_version(id.group, id.kind);
    served_.insert_or_assign(kind, std::move(found));
  }
  const auto now = served_.at(kind);
  if (!now || now == resource) co_return std::nullopt;
  auto live = co_await client_.get(*now, key, kube::Detail::kMetadata);
  if (!live) co_return std::nullopt;
  co_return Found{*now, std::move(*live)};
}

}  // namespace weir::ssa
