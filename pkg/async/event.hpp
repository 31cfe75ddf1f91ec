#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "pkg/async/asio.hpp"

namespace weir::async {

/// Coroutines that wait to be woken, first come first served; the other words of this library stand
/// on it. Waking never runs the waiter inside the caller: it is queued on the reactor. Must outlive
/// its waiters.  Threads: reactor.
class WaitList {
 public:
  WaitList();
  ~WaitList();
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  /// @throws the exception of a cancelled await; a cancelled waiter never uses up a wake
  asio::awaitable<void> wait();
  /// @returns false when nobody waits
  bool wake_one();
  void wake_all();
  std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Stays set until reset; every waiter passes while it is set.  Threads: reactor.
class Event {
 public:
  void set();
  void reset() { is_set_ = false; }
  bool is_set() const { return is_set_; }
  /// Returns at once when set. @throws the exception of a cancelled await
  asio::awaitable<void> wait();

 private:
  bool is_set_ = false;
  WaitList waiters_;
};

/// "Something changed, look again": notifications that nobody waits for melt into one, which the
/// next wait takes. For one waiting coroutine.  Threads: reactor.
class Notification {
 public:
  void notify();
  /// @throws the exception of a cancelled await
  asio::awaitable<void> wait();
  /// Like wait, but for at most `limit`. @returns false when nothing was notified in time
  asio::awaitable<bool> wait_for(std::chrono::milliseconds limit);

 private:
  bool pending_ = false;
  WaitList waiters_;
};

}  // namespace weir::async
