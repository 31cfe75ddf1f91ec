#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "pkg/async/task_group.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/kube/informer.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/ssa/change_set.hpp"

namespace weir::kustomize_controller {

/// What is remembered of one live object that some Kustomization applied: never its content.
struct TrackedObject {
  kube::ObjectKey owner;                    ///< the Kustomization, from the owner labels
  std::optional<std::uint64_t> owned_hash;  ///< of the fields that we own; nullopt: none any more
  std::string resource_version;
};

/// Follows the metadata of all objects that carry our owner labels, one watch a kind, and tells when one changes. That is
/// how drift is seen when it happens, and why an object that nobody touched costs no request.  Threads: reactor.
class DriftWatcher {
 public:
  /// `after` is null when the object is gone (or lost its labels; the owner is then the last known one).
  using Handler = std::function<void(const ssa::ObjectId& id, const kube::ObjectKey& owner, const TrackedObject* after)>;

  /// References must outlive the tasks.
  DriftWatcher(
      kube::Client& client, std::string field_manager, std::string label_group, async::TaskGroup& tasks, log::Logger log
  );

  void on_change(Handler handler) { handler_ = std::move(handler); }
  /// Starts to follow a kind, once.
  void follow(const kube::Resource& resource);
  /// Whether everything that is live of this kind is known.
  bool is_complete(const ssa::ObjectId& id) const;
  /// nullptr: not there, or the kind is not known completely.
  std::shared_ptr<const TrackedObject> find(const ssa::ObjectId& id) const;

 private:
  using Kind = std::pair<std::string, std::string>;  // group, kind
  const kube::Informer<TrackedObject>* informer(const ssa::ObjectId& id) const;

  kube::Client& client_;
  const std::string field_manager_;
  const std::string name_label_;
  const std::string namespace_label_;
  async::TaskGroup& tasks_;
  log::Logger log_;
  Handler handler_;
  std::map<Kind, std::unique_ptr<kube::Informer<TrackedObject>>> informers_;
};

}  // namespace weir::kustomize_controller
