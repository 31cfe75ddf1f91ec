#include "pkg/base/time.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Time, ReadsAndPrintsRfc3339) {
  const auto time = parse_rfc3339("2026-11-23T08:15:00.123456789Z").value();
  EXPECT_EQ(to_rfc3339(time), "2026-11-23T08:15:00Z");
  EXPECT_EQ(to_rfc3339_milliseconds(time), "2026-11-23T08:15:00.123Z");
  EXPECT_EQ(to_rfc3339_microseconds(time), "2026-11-23T08:15:00.123456Z");
  EXPECT_EQ(to_rfc3339_nanoseconds(time), "2026-11-23T08:15:00.123456789Z");
}

TEST(Time, AppliesTheOffset) {
  EXPECT_EQ(to_rfc3339(parse_rfc3339("2024-02-29T23:30:00+01:30").value()), "2024-02-29T22:00:00Z");
  EXPECT_EQ(to_rfc3339(parse_rfc3339("2024-12-31T23:30:00-01:00").value()), "2025-01-01T00:30:00Z");
}

TEST(Time, RefusesOtherTexts) {
  for (const auto* text :
       {"",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00Zx",
        "2026-01-01T00:00:00.Z"}) {
    EXPECT_TRUE(parse_rfc3339(text).has_error()) << text;
  }
}

}  // namespace
}  // namespace weir
