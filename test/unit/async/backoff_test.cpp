#include "pkg/async/backoff.hpp"

#include <gtest/gtest.h>

namespace weir::async {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesUntilTheLongestPause) {
  BackoffOptions options;
  options.first = milliseconds{750};
  options.longest = milliseconds{5000};
  Backoff backoff{options};
  EXPECT_EQ(backoff.next(0), milliseconds{750});
  EXPECT_EQ(backoff.next(0), milliseconds{1500});
  EXPECT_EQ(backoff.next(0), milliseconds{3000});
  EXPECT_EQ(backoff.next(0), milliseconds{5000});
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(backoff.next(0), milliseconds{5000});
  backoff.reset();
  EXPECT_EQ(backoff.next(0), milliseconds{750});
}

TEST(Backoff, JitterLengthensByAShare) {
  BackoffOptions options;
  options.first = milliseconds{1000};
  options.jitter = 0.5;
  Backoff backoff{options};
  EXPECT_EQ(backoff.next(0.5), milliseconds{1250});
}

}  // namespace
}  // namespace weir::async
