#pragma once

#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/ssa/cluster.hpp"
#include "pkg/ssa/desired.hpp"

namespace weir::ssa {

/// Waits until the kinds of a definition that was just written can be used; discovery is asked afresh for them. The
/// first look is at once, also when `deadline` has passed.
/// @returns false when it is not established in time
/// @throws ApiError when it cannot be read
asio::awaitable<bool> wait_until_established(
    const Cluster& cluster, const Desired& definition, const kube::Resource& resource, TimePoint deadline
);

/// Waits until deleted objects are really gone. @returns those that are still there after `limit`
/// @throws ApiError when that cannot be told
asio::awaitable<std::vector<ObjectId>> wait_until_gone(
    const Cluster& cluster, std::vector<ObjectId> objects, Milliseconds limit
);

}  // namespace weir::ssa
