#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pkg/async/task_group.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/ssa/change_set.hpp"

namespace weir::live {

/// While an owner waits for objects that do not carry its labels, each is followed by a watch of its own
/// (metadata only, by name); after the wait nothing remains.  Threads: reactor.
class ObjectWatches {
 public:
  /// Called with the waiting owner when one of its objects changed.
  using Wake = std::function<void(const kube::ObjectKey& owner, const ssa::ObjectId& object)>;

  ObjectWatches(kube::Client& client, asio::any_io_executor executor, log::Logger log);
  ~ObjectWatches();

  void on_change(Wake wake) { wake_ = std::move(wake); }
  /// Follows an object for an owner; again for the same object has no effect.
  /// @returns whether the watch stands, so that a change will be told
  bool follow(const kube::ObjectKey& owner, const kube::Resource& resource, const ssa::ObjectId& object);
  /// Ends every watch of an owner.
  void stop(const kube::ObjectKey& owner);

 private:
  struct Nothing {};
  struct Group;

  kube::Client& client_;
  asio::any_io_executor executor_;
  log::Logger log_;
  Wake wake_;
  std::map<kube::ObjectKey, std::unique_ptr<Group>> groups_;
  std::vector<std::unique_ptr<Group>> ending_;  // cancelled, not yet unwound
};

}  // namespace weir::live
