#include "pkg/async/blocking_pool.hpp"

#include <atomic>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

#include "pkg/async/errors.hpp"
#include "pkg/async/event.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "test/support/run.hpp"

namespace weir::async {
namespace {

TEST(BlockingPool, RunsOnAnotherThreadAndGivesTheValue) {
  asio::io_context reactor;
  BlockingPool pool{"io", 2, 10};
  auto work = [](std::stop_token) { return std::this_thread::get_id(); };
  EXPECT_NE(test::run(reactor, pool.run(work)), std::this_thread::get_id());
}

TEST(BlockingPool, PassesFailuresOn) {
  asio::io_context reactor;
  BlockingPool pool{"io", 1, 10};
  auto work = [](std::stop_token) { throw std::out_of_range{"x"}; };
  EXPECT_THROW(test::run(reactor, pool.run(work)), std::out_of_range);
}

TEST(BlockingPool, CancellationAsksRunningWorkToStopAndWaitsForIt) {
  asio::io_context reactor;
  BlockingPool pool{"io", 1, 10};
  std::latch started{1};
  std::atomic<bool> has_ended = false;
  auto work = [&](std::stop_token stop) {
    started.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
    has_ended = true;
  };
  TaskGroup group{reactor.get_executor(), nullptr};
  group.spawn("work", pool.run(work));
  reactor.poll();
  started.wait();
  test::run(reactor, group.stop(Milliseconds{60'000}));
  EXPECT_TRUE(has_ended);
}

TEST(BlockingPool, PostedWorkIsDoneByTheTimeThePoolIsGone) {
  std::atomic<int> done = 0;
  std::atomic<bool> was_here = false;
  const auto here = std::this_thread::get_id();
  {
    BlockingPool pool{"io", 4, 10};
    for (int i = 0; i < 100; ++i) {
      pool.post([&] {
        was_here = was_here || std::this_thread::get_id() == here;
        ++done;
      });
    }
  }
  EXPECT_EQ(done, 100);
  EXPECT_FALSE(was_here);
}

TEST(BlockingPool, PostedWorkLeavesTheOtherThreadsToThoseWhoWait) {
  asio::io_context reactor;
  std::latch release{1};
  std::atomic<int> done = 0;
  BlockingPool pool{"io", 2, 10};
  for (int i = 0; i < 5; ++i) {
    pool.post([&] {
      release.wait();
      ++done;
    });
  }
  auto work = [&](std::stop_token) { return done.load(); };
  EXPECT_EQ(test::run(reactor, pool.run(work)), 0);
  EXPECT_EQ(test::run(reactor, pool.run(work)), 0);
  release.count_down();
}

TEST(BlockingPool, CancelledWaitingWorkNeverRunsAndAFullQueueRefuses) {
  asio::io_context reactor;
  BlockingPool pool{"io", 1, 1};
  std::latch release{1};
  std::latch started{1};
  auto block = [&](std::stop_token) {
    started.count_down();
    release.wait();
  };
  asio::co_spawn(reactor, pool.run(block), [](std::exception_ptr error) { EXPECT_FALSE(error); });
  reactor.poll();
  started.wait();

  bool ran = false;
  auto never = [&](std::stop_token) { ran = true; };
  auto work = [&]() -> asio::awaitable<void> {
    std::exception_ptr dropped;
    Event over;
    auto waiting = with_timeout(Milliseconds{20}, pool.run(never));
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, std::move(waiting), [&](std::exception_ptr error) {
      dropped = error;
      over.set();
    });
    while (pool.waiting() == 0) co_await yield_now();

    bool refused = false;
    try {
      co_await pool.run(never);
    } catch (const PoolFull& error) {
      refused = true;
      EXPECT_STREQ(error.what(), "too much work waits for the io pool");
    }
    EXPECT_TRUE(refused);
    co_await over.wait();
    EXPECT_EQ(describe(dropped), "timed out after 20ms");
    EXPECT_EQ(pool.waiting(), 0u);
    release.count_down();
  };
  test::run(reactor, work());
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace weir::async
