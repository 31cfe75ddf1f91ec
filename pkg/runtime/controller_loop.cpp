#include "pkg/runtime/controller_loop.hpp"

#include <algorithm>

#include "pkg/async/errors.hpp"
#include "pkg/base/random.hpp"
#include "pkg/base/text.hpp"

namespace weir::runtime {
namespace {

constexpr Milliseconds kLongestSleep{60'000};

}  // namespace

ControllerLoop::ControllerLoop(
    LoopOptions options, Pass pass, Metrics& metrics, const Clock& clock, async::TaskGroup& tasks, log::Logger log
)
    : options_{std::move(options)},
      pass_{std::move(pass)},
      metrics_{metrics},
      clock_{clock},
      tasks_{tasks},
      log_{std::move(log)},
      name_{text::lower(options_.kind)},
      queue_{options_.rate_limits} {
  metrics_.add_controller(name_, options_.concurrency);
}

void ControllerLoop::enqueue(const kube::ObjectKey& key) {
  queue_.add(key, clock_.now());
  metrics_.queue_added(name_);
  changed_.notify();
}

void ControllerLoop::enqueue_after(const kube::ObjectKey& key, Milliseconds pause) {
  queue_.add(key, clock_.now() + pause);
  changed_.notify();
}

asio::awaitable<void> ControllerLoop::run() {
  while (!gate_.is_closed()) {
    const auto now = clock_.now();
    while (queue_.in_progress() < options_.concurrency) {
      const auto due = queue_.next_due();
      auto key = queue_.take(now);
      if (!key) break;
      metrics_.queue_waited(name_, now - *due);
      tasks_.spawn("reconcile", work(std::move(*key)));
    }
    metrics_.queue_depth(name_, queue_.depth(now));
    metrics_.workers_active(name_, queue_.in_progress());
    Milliseconds pause = kLongestSleep;
    // With every worker busy the end of a pass wakes us; a due key does not.
    if (queue_.in_progress() < options_.concurrency) {
      if (const auto due = queue_.next_due()) {
        pause = std::clamp(std::chrono::ceil<Milliseconds>(*due - clock_.now()), Milliseconds{0}, kLongestSleep);
      }
    }
    co_await changed_.wait_for(pause);
  }
}

asio::awaitable<void> ControllerLoop::drain() {
  gate_.shut();
  changed_.notify();
  co_await gate_.close();
}

asio::awaitable<void> ControllerLoop::work(kube::ObjectKey key) {
  const auto pass = gate_.enter();
  PassResult result{PassResult::Kind::kFailed};
  std::exception_ptr failure;
  const auto started = clock_.now();
  metrics_.work_started(name_, key, started);
  try {
    result = co_await pass_(key);
  } catch (...) {
    failure = std::current_exception();
  }
  metrics_.work_ended(name_, key);
  if (failure) {
    if (async::is_cancelled(failure)) {
      queue_.done(key);
      std::rethrow_exception(failure);
    }
    // A pass reports its own failures; what comes here could not even be reported (the status was not written).
    log_.error("reconcile failed", async::describe(failure), {{"namespace", key.namespace_}, {"name", key.name}});
    result = PassResult{PassResult::Kind::kFailed};
  }
  schedule(key, result);
  queue_.done(key);
  if (result.kind != PassResult::Kind::kGone) {
    const auto outcome = result.kind == PassResult::Kind::kFailed    ? Metrics::Result::kError
                         : result.kind == PassResult::Kind::kStalled ? Metrics::Result::kSuccess
                                                                     : Metrics::Result::kRequeueAfter;
    metrics_.reconciled(name_, options_.kind, key, outcome, clock_.now() - started);
    if (result.kind == PassResult::Kind::kStalled) metrics_.stalled(name_);
  }
  changed_.notify();
}

void ControllerLoop::schedule(const kube::ObjectKey& key, const PassResult& result) {
  const auto now = clock_.now();
  switch (result.kind) {
    case PassResult::Kind::kGone: queue_.drop(key); return;
    case PassResult::Kind::kStalled: queue_.forget(key); return;
    case PassResult::Kind::kDone: {
      queue_.forget(key);
      if (result.again_after.count() == 0) return;
      const double spread = 1 + options_.jitter * (2 * random_fraction() - 1);
      const auto pause = std::chrono::duration_cast<Milliseconds>(result.again_after * spread);
      queue_.add(key, now + pause);
      return;
    }
    case PassResult::Kind::kWaiting:
      queue_.forget(key);
      queue_.add(key, now + result.again_after);
      return;
    case PassResult::Kind::kFailed:
      metrics_.queue_retried(name_);
      if (result.again_after.count() > 0) {
        queue_.add(key, now + result.again_after);
      } else {
        queue_.add_failed(key, now, random_fraction());
      }
      return;
  }
}

}  // namespace weir::runtime
