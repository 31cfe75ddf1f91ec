#include "pkg/base/text.hpp"

#include <gtest/gtest.h>

namespace weir::text {
namespace {

TEST(Text, CatJoinsTextCharactersAndNumbers) {
  EXPECT_EQ(cat("a", std::string{"b"}, 'c', 42, -7L, std::string_view{"d"}), "abc42-7d");
  EXPECT_EQ(cat(18446744073709551615ull), "18446744073709551615");
}

TEST(Text, QuotedEscapesWhatWouldBreakALine) {
  EXPECT_EQ(quoted("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
}

TEST(Text, CutStopsAtTheFirstSeparator) {
  EXPECT_EQ(cut("a=b=c", "="), (std::pair<std::string_view, std::string_view>{"a", "b=c"}));
  EXPECT_EQ(cut("abc", "="), (std::pair<std::string_view, std::string_view>{"abc", ""}));
}

TEST(Text, TrimLowerReplaceHex) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(lower("AbC-1"), "abc-1");
  EXPECT_TRUE(equal_ignoring_case("Content-Type", "content-type"));
  EXPECT_FALSE(equal_ignoring_case("a", "ab"));
  EXPECT_EQ(replace_all("a.b.c", ".", "::"), "a::b::c");
  EXPECT_EQ(hex(std::string_view{"\x00\xff\x10", 3}), "00ff10");
}

}  // namespace
}  // namespace weir::text
