#include "pkg/async/event.hpp"

#include <gtest/gtest.h>

#include "pkg/async/gate.hpp"
#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "test/support/run.hpp"

namespace weir::async {
namespace {

TEST(Event, LetsEveryWaiterPassOnceSet) {
  asio::io_context reactor;
  Event event;
  int passed = 0;
  auto waiter = [&]() -> asio::awaitable<void> {
    co_await event.wait();
    ++passed;
  };
  for (int i = 0; i < 3; ++i) asio::co_spawn(reactor, waiter(), [](std::exception_ptr) {});
  reactor.poll();
  EXPECT_EQ(passed, 0);
  event.set();
  EXPECT_EQ(passed, 0) << "waking never runs the waiter inside the caller";
  reactor.poll();
  EXPECT_EQ(passed, 3);
}

TEST(Notification, IsKeptForTheNextWaitAndMeltsIntoOne) {
  asio::io_context reactor;
  Notification notification;
  notification.notify();
  notification.notify();
  auto work = [&]() -> asio::awaitable<void> {
    co_await notification.wait();
    EXPECT_FALSE(co_await notification.wait_for(Milliseconds{1}));
    notification.notify();
    EXPECT_TRUE(co_await notification.wait_for(Milliseconds{60'000}));
  };
  test::run(reactor, work());
}

TEST(Gate, CloseWaitsForThoseInsideAndRefusesNewcomers) {
  asio::io_context reactor;
  Gate gate;
  bool closed = false;
  auto pass = std::make_unique<Gate::Pass>(gate.enter());
  auto close = [&]() -> asio::awaitable<void> {
    co_await gate.close();
    closed = true;
  };
  asio::co_spawn(reactor, close(), [](std::exception_ptr) {});
  reactor.poll();
  EXPECT_FALSE(closed);
  EXPECT_THROW(gate.enter(), GateClosed);
  pass.reset();
  reactor.restart();
  reactor.poll();
  EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace weir::async
