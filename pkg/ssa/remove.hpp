#pragma once

#include <functional>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/ssa/change_set.hpp"
#include "pkg/ssa/cluster.hpp"

namespace weir::ssa {

/// Whether a live object, of which the metadata is shown, is ours to delete.
using Owned = std::function<bool(const kube::Object& metadata)>;

/// Deletes objects in the reverse of the order in which they are applied, unless they are excluded by annotation or
/// `owned` says that they are not ours. What changes after it was looked at is looked at again. Gone ones count as
/// deleted. One that stays does not hold up the others.
/// @param owned  may be empty: all are
/// @returns what was done; errors name what stays
/// @throws what the transport throws
asio::awaitable<Report> remove(const Cluster& cluster, std::vector<ObjectId> objects, Owned owned);

}  // namespace weir::ssa
