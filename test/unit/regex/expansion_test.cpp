#include "pkg/regex/expansion.hpp"

#include <gtest/gtest.h>

namespace weir::regex {
namespace {

std::string expand(const char* pattern, const char* text, const char* input) {
  return Expansion{Regex::compile(pattern).value(), text}.apply(input).value_or("no match");
}

TEST(Expansion, GoRules) {
  const char* pattern = R"((?P<ts>\d+)-(\w+))";
  EXPECT_EQ(expand(pattern, "$ts", "main-17-abc"), "17");
  EXPECT_EQ(expand(pattern, "${ts}", "17-abc"), "17");
  EXPECT_EQ(expand(pattern, "$1.$2", "17-abc"), "17.abc");
  EXPECT_EQ(expand(pattern, "$0", "main-17-abc"), "17-abc");
  EXPECT_EQ(expand(pattern, "$1x", "17-abc"), "") << "the group named 1x";
  EXPECT_EQ(expand(pattern, "${1}x", "17-abc"), "17x");
  EXPECT_EQ(expand(pattern, "$01", "17-abc"), "") << "a leading zero makes it a name";
  EXPECT_EQ(expand(pattern, "a$$b", "17-abc"), "a$b");
  EXPECT_EQ(expand(pattern, "$nobody-$9", "17-abc"), "-");
  EXPECT_EQ(expand(pattern, "a$", "17-abc"), "a$");
  EXPECT_EQ(expand(pattern, "${ts", "17-abc"), "${ts");
  EXPECT_EQ(expand(pattern, "$-", "17-abc"), "$-");
}

TEST(Expansion, NothingToExpandIsTheWholeText) {
  EXPECT_EQ(expand("b", "", "abc"), "abc");
  EXPECT_EQ(expand("x", "", "abc"), "no match");
  EXPECT_EQ(expand("x", "$0", "abc"), "no match");
}

TEST(Expansion, LeftmostMatchAndGroupsThatTookNoPart) { EXPECT_EQ(expand(R"((\d)(z)?)", "<$1$2>", "a1b2"), "<1>"); }

TEST(Expansion, NamedGroupsInBothSpellings) {
  EXPECT_EQ(expand(R"((?<ts>\d+)-(?P<sha>\w+))", "$sha.$ts", "17-abc"), "abc.17");
  EXPECT_EQ(expand(R"([(?<]+(?<a>x))", "$a", "(?<x"), "x") << "in a class it is just characters";
  EXPECT_EQ(expand(R"([]^(?<]+(?<a>x))", "$a", "]x"), "x");
  EXPECT_EQ(expand(R"(\(\?<(?<a>x))", "$a", "(?<x"), "x");
  EXPECT_TRUE(Regex::compile("(?<=a)b").has_error()) << "no look-behind";
}

}  // namespace
}  // namespace weir::regex
