#include "pkg/async/timeout.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace weir::async {

namespace {

// Beyond this the sum of now and a length overflows the clock.
constexpr Milliseconds kLongest{std::chrono::hours{24 * 365}};

}  // namespace

namespace detail {

// Not the or-operator of awaitable_operators: that one waits for a success, so an early failure of
// `work` would be reported late, as a timeout.
asio::awaitable<void> race_against_time(Milliseconds limit, asio::awaitable<void> work) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer{executor, std::min(limit, kLongest)};
  auto group = asio::experimental::make_parallel_group(
      asio::co_spawn(executor, std::move(work), asio::deferred), timer.async_wait(asio::deferred)
  );
  auto [order, failure, timer_error] = co_await group.async_wait(asio::experimental::wait_for_one(), asio::deferred);
  if (order[0] == 1 && !timer_error) throw TimedOut{limit};
  if (failure) std::rethrow_exception(failure);  // its own failure, or the caller's cancellation
}

}  // namespace detail

asio::awaitable<void> sleep_for(Milliseconds length) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer{executor, std::min(length, kLongest)};
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> yield_now() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace weir::async
