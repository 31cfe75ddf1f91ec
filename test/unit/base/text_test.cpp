#include "pkg/base/text.hpp"

#include <gtest/gtest.h>

namespace weir::text {
namespace {

TEST(Text, CatJoinsTextCharactersAndNumbers) {
  EXPECT_EQ(cat("a", std::string{"b"}, 'c', 42, -7L, std::string_view{"d"}), "abc42-7d");
  EXPECT_EQ(cat(18446744073709551615ull), "18446744073709551615");
}

TEST(Text, QuotedEscapesWhatWouldBreakALine) { EXPECT_EQ(quoted("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")"); }

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

TEST(Text, WhatIsNoCharacterIsReplaced) {
  EXPECT_EQ(valid_utf8("aä€😀"), "aä€😀");
  EXPECT_EQ(
      valid_utf8("a\xff"
                 "b"),
      "a\xef\xbf\xbd"
      "b"
  );
  EXPECT_EQ(valid_utf8("caf\xe9"), "caf\xef\xbf\xbd") << "Latin-1";
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(valid_utf8("\xc0\xaf"), bad + bad) << "overlong";
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "beyond Unicode";
  EXPECT_EQ(valid_utf8("\xe2\x82"), bad + bad) << "cut off";
}

TEST(Text, ShortenedCutsBetweenCharacters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abc…");
  EXPECT_EQ(shortened("abäöüß", 7), "abä…");
  EXPECT_EQ(shortened("aäöüß", 7), "aä…") << "four bytes are left: not half of ö";
  EXPECT_EQ(shortened("\xff\xff\xff", 6), "\xef\xbf\xbd…") << "counted as what it becomes";
  for (std::size_t longest = 3; longest < 12; ++longest) {
    const auto text = shortened("😀€ä😀€ä", longest);
    EXPECT_LE(text.size(), longest);
    EXPECT_EQ(text, valid_utf8(text));
    EXPECT_EQ(text.find("\xef\xbf\xbd"), std::string::npos) << longest;
  }
}

}  // namespace
}  // namespace weir::text
