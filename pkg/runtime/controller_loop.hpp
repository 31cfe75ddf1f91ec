#pragma once

#include <functional>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/async/event.hpp"
#include "pkg/async/gate.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/base/clock.hpp"
#include "pkg/kube/work_queue.hpp"
#include "pkg/log/logger.hpp"
#include "pkg/runtime/metrics.hpp"

namespace weir::runtime {

/// How one pass over one object ended, for the schedule.
struct PassResult {
  enum class Kind {
    kGone,     ///< the object is no longer there: forget the key
    kDone,     ///< again after `again_after`, spread by the jitter; 0: only when something changes
    kWaiting,  ///< again after `again_after` at the latest, not spread
    kStalled,  ///< only when something changes
    kFailed,   ///< back-off, or exactly `again_after` when that is set
  };
  explicit PassResult(Kind kind_, Milliseconds again_after_ = Milliseconds{0})
      : kind{kind_}, again_after{again_after_} {}
  Kind kind;
  Milliseconds again_after;
};

struct LoopOptions {
  LoopOptions() {}
  std::string kind;             ///< "GitRepository"
  std::size_t concurrency = 4;  ///< passes at the same time
  kube::RateLimits rate_limits;
  double jitter = 0.05;  ///< share of the interval by which successes are spread, both ways
};

/// Takes due keys from the queue and runs a pass for each, at most `concurrency` at a time.  Threads: reactor.
class ControllerLoop {
 public:
  using Pass = std::function<asio::awaitable<PassResult>(kube::ObjectKey key)>;

  ControllerLoop(
      LoopOptions options, Pass pass, Metrics& metrics, const Clock& clock, async::TaskGroup& tasks, log::Logger log
  );

  /// Due now, or as soon as the running pass of this key ends.
  void enqueue(const kube::ObjectKey& key);
  void enqueue_after(const kube::ObjectKey& key, Milliseconds pause);
  /// Runs until cancelled, or until drain() is done.
  asio::awaitable<void> run();
  /// Starts nothing any more and waits for the running passes.
  asio::awaitable<void> drain();

  std::size_t running() const { return queue_.in_progress(); }

 private:
  asio::awaitable<void> work(kube::ObjectKey key);
  void schedule(const kube::ObjectKey& key, const PassResult& result);

  const LoopOptions options_;
  const Pass pass_;
  Metrics& metrics_;
  const Clock& clock_;
  async::TaskGroup& tasks_;
  log::Logger log_;
  const std::string name_;
  kube::WorkQueue queue_;
  async::Notification changed_;
  async::Gate gate_;
};

}  // namespace weir::runtime
