#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "pkg/async/asio.hpp"

namespace weir::async {

/// The pool has as much waiting work as it may have; try again later.
class PoolFull : public std::runtime_error {
 public:
  explicit PoolFull(const std::string& pool) : std::runtime_error{"too much work waits for the " + pool + " pool"} {}
};

/// Threads for what blocks. They start when work first needs them. Destroying the pool asks running
/// work to stop, waits for it and drops what waits, but does what was posted; do so after every task
/// that uses it has ended.
/// Threads: call from the reactor; `work` runs on a pool thread and sees only what it was given.
class BlockingPool {
 public:
  BlockingPool(std::string_view name, std::size_t threads, std::size_t queue_limit);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Runs `work` on a pool thread. Cancelling the await drops work that has not started; work that
  /// has is asked to stop through its token and still waited for, so what it refers to lives.
  /// @throws PoolFull when `queue_limit` items wait already; anything `work` throws; the exception
  /// of a cancelled await
  template <std::invocable<std::stop_token> Work>
  asio::awaitable<std::invoke_result_t<Work, std::stop_token>> run(Work work) {
    using Value = std::invoke_result_t<Work, std::stop_token>;
    if constexpr (std::is_void_v<Value>) {
      std::function<void(std::stop_token)> job{std::ref(work)};
      co_await run_job(std::move(job));
    } else {
      std::optional<Value> value;
      Keep<Work, Value> keep{work, value};
      std::function<void(std::stop_token)> job{std::ref(keep)};
      co_await run_job(std::move(job));
      co_return std::move(*value);
    }
  }

  /// Runs `work` some time, when nobody waits for it: what a destructor on the reactor must not do
  /// by itself, like removing a tree. One at a time and behind all that is waited for, so that it
  /// never takes the threads from others. Done before the pool is gone, at the latest by its
  /// destructor.
  /// @param work  must not throw; what cannot even be posted for want of memory is dropped
  /// Threads: any.
  void post(std::function<void()> work) noexcept;

  std::size_t running() const;
  std::size_t waiting() const;

 private:
  template <class Work, class Value>
  struct Keep {
    Keep(Work& work_, std::optional<Value>& value_) : work{work_}, value{value_} {}
    void operator()(std::stop_token stop) { value.emplace(work(std::move(stop))); }
    Work& work;
    std::optional<Value>& value;
  };
  asio::awaitable<void> run_job(std::function<void(std::stop_token)> work);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::async
