#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "pkg/async/asio.hpp"
#include "pkg/ssa/cluster.hpp"
#include "pkg/ssa/plan.hpp"

namespace weir::ssa {

/// How a plan is carried out, and whom to tell. The functions may be empty.
struct ExecuteRequest {
  ExecuteRequest() {}
  /// Called before the first write, with every object that may be written; with `portion`, again before each portion.
  std::function<asio::awaitable<void>(const std::vector<ObjectId>&)> before_write;
  std::size_t portion = 0;  ///< objects for which before_write is called at a time; 0: all
  Findings findings;
};

/// Carries a plan out by server-side apply, in stages, each complete before the next begins: an open object is looked
/// at again when its stage comes, and nothing of that stage is written when one object of it is refused. A plan with
/// errors is not begun. An object is deleted and made anew only by the word of a dry run in its own stage, and only
/// where a new one would be accepted.
/// @returns what was done, and the errors of the plan, of open objects and of writes, each with its object
/// @throws what the transport throws
asio::awaitable<Report> execute(const Cluster& cluster, Plan plan, ExecuteRequest request);

}  // namespace weir::ssa
