#include "pkg/http/http_date.hpp"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

TEST(HttpDate, RoundTrips) {
  const std::string text = "Sun, 06 Nov 1994 08:49:37 GMT";
  const auto time = parse_http_date(text);
  ASSERT_TRUE(time);
  EXPECT_EQ(time->time_since_epoch(), std::chrono::seconds{784111777});
  EXPECT_EQ(to_http_date(*time), text);
  EXPECT_FALSE(parse_http_date("yesterday"));
  EXPECT_FALSE(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT and more"));
}

}  // namespace
}  // namespace weir::http
