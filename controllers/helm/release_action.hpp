#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/helm/release_objects.hpp"
#include "pkg/async/asio.hpp"
#include "pkg/helm/storage/stored_release.hpp"
#include "pkg/kube/client.hpp"
#include "pkg/live/applied_set.hpp"
#include "pkg/live/drift_watcher.hpp"
#include "pkg/live/object_watches.hpp"
#include "pkg/ssa/cluster.hpp"

namespace weir::helm_controller {

/// What an action works with; all references outlive the call that they are passed to.
struct ActionTools {
  const ssa::Cluster& cluster;
  live::AppliedSet& applied;  ///< its wait is the action's
  live::DriftWatcher& drift;
  live::ObjectWatches& watches;
  kube::ObjectKey owner;
  /// Every object that may be written, before it is; a failing call stops the action.
  std::function<asio::awaitable<void>(const std::vector<ssa::ObjectId>&)> record;
  std::function<void(const ssa::Desired&, const kube::Object& live)> on_applied;
};

/// It did not work: the text is what Helm says behind "failed: ".
class ActionFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is to be done in the cluster, and in which manner.
struct ActionPlan {
  ActionPlan() {}

  ReleaseIdentity release;
  std::vector<helm::StoredHook> hooks;  ///< of the release; how they ran is written into them
  std::optional<helm::HookEvent> before;
  std::optional<helm::HookEvent> after;
  std::vector<ssa::Desired> objects;    ///< to be applied
  std::vector<ssa::ObjectId> obsolete;  ///< to be deleted behind them, unless they say that they stay
  bool waits_for_deletion = false;      ///< until the obsolete ones are gone
  bool waits = true;                    ///< until what was applied is healthy
  bool waits_for_jobs = true;
  bool force = false;
  Milliseconds timeout{300'000};  ///< of each wait
  kube::Propagation propagation = kube::Propagation::kBackground;
};

/// An action on a release, as far as it concerns the cluster: hooks, objects, waiting, hooks. It goes on from pass to
/// pass, so that waiting takes no worker; nothing of it survives the process, whose next one begins anew. Source of
/// order and messages: Helm 4.2.  Threads: reactor.
class ReleaseAction {
 public:
  explicit ReleaseAction(ActionPlan plan) : plan_{std::move(plan)} {}

  /// Goes on until it has to wait. @returns how long at most; nullopt when it is done
  /// @throws ActionFailed; what the transport throws: then it can be called again
  asio::awaitable<std::optional<Milliseconds>> advance(ActionTools& tools);

  /// What is waited for, for people: "Deployment/apps/web: 0 of 1 replicas are available"; empty: nothing.
  const std::string& awaited() const { return awaited_; }
  const std::vector<helm::StoredHook>& hooks() const { return plan_.hooks; }
  /// Everything that it applied, as the server knows it.
  const std::vector<ssa::ObjectId>& applied() const { return applied_; }

 private:
  enum class Stage { kBefore, kObjects, kHealth, kGone, kAfter, kDone };
  /// Where the hooks of one event are.
  struct HookRun {
    HookRun() {}
    std::vector<std::size_t> order;  // in plan_.hooks
    std::size_t next = 0;
    enum class At { kClear, kClearing, kMake, kAwait } at = At::kClear;
    std::optional<ssa::Desired> object;
  };
  using Pause = std::optional<Milliseconds>;
  using Ids = std::vector<ssa::ObjectId>;

  asio::awaitable<Pause> run_hooks(ActionTools& tools, std::optional<helm::HookEvent> event);
  asio::awaitable<Pause> run_hook(ActionTools& tools, helm::StoredHook& hook, helm::HookEvent event);
  asio::awaitable<bool> remove_hook(ActionTools& tools, ssa::ObjectId id);
  asio::awaitable<void> make_hook(ActionTools& tools, helm::StoredHook& hook);
  asio::awaitable<void> tidy_hooks(ActionTools& tools, std::string_view policy, std::size_t first, std::size_t last);
  asio::awaitable<void> apply(ActionTools& tools);
  asio::awaitable<void> remove_obsolete(ActionTools& tools);
  void begin_wait(ActionTools& tools, const Ids& objects);
  asio::awaitable<Pause> await_health(ActionTools& tools);
  asio::awaitable<Pause> await_gone(ActionTools& tools);
  asio::awaitable<void> ask(ActionTools& tools, ssa::ObjectId id);
  void end_wait(ActionTools& tools);

  ActionPlan plan_;
  Stage stage_ = Stage::kBefore;
  std::optional<HookRun> hook_run_;
  Ids leaving_;  // deleted, not yet gone
  TimePoint gone_deadline_{};
  Ids applied_;
  std::string awaited_;
};

}  // namespace weir::helm_controller
