#include "pkg/oci/retry.hpp"

#include <gtest/gtest.h>

namespace weir::oci {
namespace {

using namespace std::chrono_literals;

TEST(Retry, WhatIsTemporary) {
  for (const unsigned status : {408u, 429u, 499u, 500u, 502u, 503u, 504u, 522u}) EXPECT_TRUE(is_temporary(status));
  for (const unsigned status : {200u, 304u, 400u, 401u, 403u, 404u, 501u}) EXPECT_FALSE(is_temporary(status));
}

TEST(Retry, RetryAfterInSecondsOrAsADate) {
  const auto now = *parse_rfc3339("1994-11-06T08:49:07Z");
  EXPECT_EQ(parse_retry_after("7", now), 7s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 30s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), 0s);
  EXPECT_EQ(parse_retry_after("-4", now), 0s);
  EXPECT_EQ(parse_retry_after("999999999", now), 24h);
  EXPECT_EQ(parse_retry_after("", now), std::nullopt);
  EXPECT_EQ(parse_retry_after("soon", now), std::nullopt);
}

TEST(Retry, PausesGrowAndTheServerKnowsBetter) {
  const RetryPolicy policy;
  EXPECT_EQ(policy.pause(1, std::nullopt), 1s);
  EXPECT_EQ(policy.pause(2, std::nullopt), 3s);
  EXPECT_EQ(policy.pause(3, std::nullopt), std::nullopt);
  EXPECT_EQ(policy.pause(1, 7s), 7s);
  EXPECT_EQ(policy.pause(1, 0s), 100ms);
  EXPECT_EQ(policy.pause(1, 10min), std::nullopt) << "that long is for the caller's schedule";
}

}  // namespace
}  // namespace weir::oci
