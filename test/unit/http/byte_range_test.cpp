#include "pkg/http/byte_range.hpp"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

using Kind = RangeAnswer::Kind;

TEST(ByteRange, Parts) {
  EXPECT_EQ(parse_range("bytes=0-9", 100).part, (ByteRange{0, 10}));
  EXPECT_EQ(parse_range("bytes=90-", 100).part, (ByteRange{90, 10}));
  EXPECT_EQ(parse_range("bytes=90-1000", 100).part, (ByteRange{90, 10}));
  EXPECT_EQ(parse_range("bytes=-5", 100).part, (ByteRange{95, 5}));
  EXPECT_EQ(parse_range("bytes=-500", 100).part, (ByteRange{0, 100}));
}

TEST(ByteRange, WhatCannotBeGiven) {
  EXPECT_EQ(parse_range("bytes=100-", 100).kind, Kind::kUnsatisfiable);
  EXPECT_EQ(parse_range("bytes=-0", 100).kind, Kind::kUnsatisfiable);
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, Kind::kUnsatisfiable);
}

TEST(ByteRange, WhatIsIgnored) {
  for (const char* header :
       {"",
        "bytes",
        "bytes=",
        "bytes=-",
        "lines=1-2",
        "bytes=1-2,4-5",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=99999999999999999999-"})
    EXPECT_EQ(parse_range(header, 100).kind, Kind::kWhole) << header;
}

}  // namespace
}  // namespace weir::http
