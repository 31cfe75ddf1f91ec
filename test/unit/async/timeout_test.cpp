#include "pkg/async/timeout.hpp"

#include <gtest/gtest.h>

#include "pkg/async/event.hpp"
#include "test/support/run.hpp"

namespace weir::async {
namespace {

asio::awaitable<int> give(int value) { co_return value; }

asio::awaitable<int> fail() {
  throw std::invalid_argument{"no"};
  co_return 0;
}

asio::awaitable<void> wait_for_ever(bool& unwound) {
  struct Mark {
    explicit Mark(bool& flag_) : flag{flag_} {}
    ~Mark() { flag = true; }
    bool& flag;
  } mark{unwound};
  Event never;
  co_await never.wait();
}

TEST(WithTimeout, GivesTheValue) {
  asio::io_context reactor;
  EXPECT_EQ(test::run(reactor, with_timeout(Milliseconds::max(), give(7))), 7);
}

TEST(WithTimeout, AnEarlyFailureIsReportedAsItselfAndAtOnce) {
  asio::io_context reactor;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(test::run(reactor, with_timeout(Milliseconds{60'000}, fail())), std::invalid_argument);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{5});
}

TEST(WithTimeout, OnExpiryTheWorkIsUnwoundFirst) {
  asio::io_context reactor;
  bool unwound = false;
  try {
    test::run(reactor, with_timeout(Milliseconds{1}, wait_for_ever(unwound)));
    FAIL();
  } catch (const TimedOut& error) {
    EXPECT_STREQ(error.what(), "timed out after 1ms");
    EXPECT_TRUE(unwound);
  }
}

TEST(WithTimeout, AnOuterLimitEndsAnInnerOne) {
  asio::io_context reactor;
  bool unwound = false;
  auto inner = with_timeout(Milliseconds{60'000}, wait_for_ever(unwound));
  EXPECT_THROW(test::run(reactor, with_timeout(Milliseconds{1}, std::move(inner))), TimedOut);
  EXPECT_TRUE(unwound);
}

TEST(Errors, TextsNameWhatTimedOut) {
  EXPECT_STREQ(TimedOut("GET example.org", Milliseconds{5000}).what(), "GET example.org: timed out after 5s");
  EXPECT_EQ(describe(std::make_exception_ptr(std::runtime_error{"x"})), "x");
  EXPECT_FALSE(is_cancelled(std::make_exception_ptr(std::runtime_error{"x"})));
}

}  // namespace
}  // namespace weir::async
