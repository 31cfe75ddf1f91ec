#include "pkg/http/retry_after.hpp"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

using namespace std::chrono_literals;

TEST(RetryAfter, InSecondsOrAsADate) {
  const auto now = *parse_rfc3339("1994-11-06T08:49:07Z");
  EXPECT_EQ(parse_retry_after("7", now), 7s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 30s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), 0s);
  EXPECT_EQ(parse_retry_after("-4", now), 0s);
  EXPECT_EQ(parse_retry_after("999999999", now), 24h);
  EXPECT_EQ(parse_retry_after("Tue, 06 Nov 2094 08:49:37 GMT", now), 24h);
  EXPECT_EQ(parse_retry_after("", now), std::nullopt);
  EXPECT_EQ(parse_retry_after("soon", now), std::nullopt);
}

}  // namespace
}  // namespace weir::http
