#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/base/duration.hpp"

namespace weir::async {

/// Owns coroutines: nothing outlives it, nothing fails unseen. Stop it before it is destroyed.
/// Threads: reactor.
class TaskGroup {
 public:
  /// Hears of every task that ends with an exception other than its own cancellation. Must not
  /// throw.
  using OnFailure = std::function<void(std::string_view name, const std::exception_ptr& failure)>;

  TaskGroup(asio::any_io_executor executor, OnFailure on_failure);
  /// Cancels what still runs, without waiting and without reporting.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` on the next turn of the reactor. What the task refers to must outlive the group;
  /// it may take values. After stop() began the task is dropped unstarted.
  void spawn(std::string_view name, asio::awaitable<void> task);

  /// Asks every task to end (total cancellation, which a task may shield itself from for a moment),
  /// waits up to `grace`, insists (terminal cancellation), and waits for the rest however long they
  /// take.
  asio::awaitable<void> stop(Milliseconds grace);

  /// Insists that every task ends, without waiting for it; nothing more is started.
  void cancel();

  /// Waits until no task is left, without asking any to end.
  asio::awaitable<void> wait_until_empty();

  std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::async
