#include "pkg/async/task_group.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pkg/async/errors.hpp"
#include "pkg/async/event.hpp"
#include "pkg/async/timeout.hpp"
#include "test/support/run.hpp"

namespace weir::async {
namespace {

struct Failures {
  std::vector<std::string> seen;
  TaskGroup::OnFailure record() {
    return [this](std::string_view name, const std::exception_ptr& failure) {
      seen.push_back(std::string{name} + ": " + describe(failure));
    };
  }
};

asio::awaitable<void> fail() {
  throw std::runtime_error{"disk full"};
  co_return;
}

asio::awaitable<void> wait_behind_a_timeout(Event& event) {
  co_await with_timeout(Milliseconds{600'000}, event.wait());
}

asio::awaitable<void> shielded(bool& finished) {
  const asio::enable_terminal_cancellation terminal_only;
  co_await asio::this_coro::reset_cancellation_state(terminal_only);
  co_await sleep_for(Milliseconds{5});
  finished = true;
}

asio::awaitable<void> deaf(bool& insisted) {
  const asio::enable_terminal_cancellation terminal_only;
  co_await asio::this_coro::reset_cancellation_state(terminal_only);
  try {
    co_await sleep_for(Milliseconds{600'000});
  } catch (...) {
    insisted = true;
    throw;
  }
}

TEST(TaskGroup, ReportsFailuresByName) {
  asio::io_context reactor;
  Failures failures;
  TaskGroup group{reactor.get_executor(), failures.record()};
  group.spawn("write", fail());
  reactor.run();
  EXPECT_EQ(failures.seen, std::vector<std::string>{"write: disk full"});
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, StopReachesAWaitBehindATimeout) {
  asio::io_context reactor;
  Failures failures;
  Event never;
  TaskGroup group{reactor.get_executor(), failures.record()};
  group.spawn("wait", wait_behind_a_timeout(never));
  reactor.poll();
  test::run(reactor, group.stop(Milliseconds{60'000}));
  EXPECT_EQ(group.size(), 0u);
  EXPECT_TRUE(failures.seen.empty());
}

TEST(TaskGroup, StopReachesATaskBeforeItsFirstTurn) {
  asio::io_context reactor;
  Failures failures;
  Event never;
  TaskGroup group{reactor.get_executor(), failures.record()};
  auto stop = [&]() -> asio::awaitable<void> {
    group.spawn("wait", wait_behind_a_timeout(never));
    co_await group.stop(Milliseconds{60'000});
  };
  test::run(reactor, stop());
  EXPECT_EQ(group.size(), 0u);
}

TEST(TaskGroup, AShieldedTaskMayFinishWithinTheGrace) {
  asio::io_context reactor;
  Failures failures;
  bool finished = false;
  TaskGroup group{reactor.get_executor(), failures.record()};
  group.spawn("patch", shielded(finished));
  reactor.poll();
  test::run(reactor, group.stop(Milliseconds{60'000}));
  EXPECT_TRUE(finished);
}

TEST(TaskGroup, AfterTheGraceItInsists) {
  asio::io_context reactor;
  Failures failures;
  bool insisted = false;
  TaskGroup group{reactor.get_executor(), failures.record()};
  group.spawn("deaf", deaf(insisted));
  reactor.poll();
  test::run(reactor, group.stop(Milliseconds{1}));
  EXPECT_TRUE(insisted);
  EXPECT_TRUE(failures.seen.empty());
}

}  // namespace
}  // namespace weir::async
