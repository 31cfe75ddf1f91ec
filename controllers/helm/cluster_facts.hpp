#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/helm/render/render.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/rest_mapper.hpp"

namespace weir::helm_controller {

/// What charts see of the cluster: its version, and every kind that is served. Asked at most once in a while, in three
/// requests. Threads: reactor.
class ClusterFacts {
 public:
  /// References must outlive this.
  ClusterFacts(kube::Client& client, const Clock& clock) : client_{client}, clock_{clock} {}

  /// @throws ApiError, http::TransportError when nothing is known
  asio::awaitable<helm::Capabilities> capabilities();
  /// Definitions were applied: kinds have changed.
  void forget() { known_.reset(); }

 private:
  kube::Client& client_;
  const Clock& clock_;
  std::optional<helm::Capabilities> known_;
  TimePoint asked_at_{};
};

/// Objects of the cluster for templates. A rendering runs on a pool, and waits there for what the reactor asks.
/// @param client    with the rights of the release
/// @param executor  of the reactor
std::unique_ptr<helm::Lookup> cluster_lookup(
    kube::Client client, kube::RestMapper& mapper, asio::any_io_executor executor
);

}  // namespace weir::helm_controller
