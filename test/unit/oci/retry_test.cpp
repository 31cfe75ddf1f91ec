#include "pkg/oci/retry.hpp"

#include <gtest/gtest.h>

namespace weir::oci {
namespace {

using namespace std::chrono_literals;

TEST(Retry, WhatIsTemporary) {
  for (const unsigned status : {408u, 429u, 499u, 500u, 502u, 503u, 504u, 522u}) EXPECT_TRUE(is_temporary(status));
  for (const unsigned status : {200u, 304u, 400u, 401u, 403u, 404u, 501u}) EXPECT_FALSE(is_temporary(status));
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
