#include "pkg/base/duration.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsWhatGoReads) {
  EXPECT_EQ(parse_duration("5m").value(), Duration{5min});
  EXPECT_EQ(parse_duration("1h30m").value(), Duration{90min});
  EXPECT_EQ(parse_duration("1.5s").value(), Duration{1500ms});
  EXPECT_EQ(parse_duration("250ms").value(), Duration{250ms});
  EXPECT_EQ(parse_duration("-1us").value(), Duration{-1us});
  EXPECT_EQ(parse_duration("0").value(), Duration{0s});
}

TEST(Duration, RefusesWhatGoRefuses) {
  for (const auto* text : {"", "5", "five", "m", "1.2.3s", "5m3", "5d", "99999999999h"}) {
    EXPECT_TRUE(parse_duration(text).has_error()) << text;
  }
  EXPECT_EQ(parse_duration("five").error().message, "expected a duration like 5m, got \"five\"");
}

TEST(Duration, PrintsAsGoPrints) {
  EXPECT_EQ(to_string(Duration{0s}), "0s");
  EXPECT_EQ(to_string(Duration{90min}), "1h30m0s");
  EXPECT_EQ(to_string(Duration{5min}), "5m0s");
  EXPECT_EQ(to_string(Duration{1500ms}), "1.5s");
  EXPECT_EQ(to_string(Duration{750ms}), "750ms");
  EXPECT_EQ(to_string(Duration{-61s}), "-1m1s");
  EXPECT_EQ(to_string(Duration{1234567ns}), "1.234567ms");
}

}  // namespace
}  // namespace weir
