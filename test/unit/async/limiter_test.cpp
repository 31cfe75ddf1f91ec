#include "pkg/async/limiter.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "pkg/async/task_group.hpp"
#include "pkg/async/timeout.hpp"
#include "test/support/run.hpp"

namespace weir::async {
namespace {

asio::awaitable<void> use(Limiter& limiter, int name, int& inside, int& most, std::vector<int>& order) {
  const auto permit = co_await limiter.acquire();
  order.push_back(name);
  most = std::max(most, ++inside);
  co_await yield_now();
  --inside;
}

TEST(Limiter, LetsTheLimitThroughInOrder) {
  asio::io_context reactor;
  Limiter limiter{2};
  int inside = 0;
  int most = 0;
  std::vector<int> order;
  for (int i = 0; i < 5; ++i)
    asio::co_spawn(reactor, use(limiter, i, inside, most, order), [](std::exception_ptr error) {
      EXPECT_FALSE(error);
    });
  reactor.run();
  EXPECT_EQ(most, 2);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(limiter.in_use(), 0u);
}

TEST(Limiter, ACancelledWaiterTakesNoPlace) {
  asio::io_context reactor;
  Limiter limiter{1};
  auto work = [&]() -> asio::awaitable<void> {
    auto first = co_await limiter.acquire();
    auto second = limiter.acquire();
    bool timed_out = false;
    try {
      co_await with_timeout(Milliseconds{1}, std::move(second));
    } catch (const TimedOut&) {
      timed_out = true;
    }
    EXPECT_TRUE(timed_out);
    EXPECT_EQ(limiter.waiting(), 0u);
  };
  test::run(reactor, work());
  EXPECT_EQ(limiter.in_use(), 0u);
}

}  // namespace
}  // namespace weir::async
