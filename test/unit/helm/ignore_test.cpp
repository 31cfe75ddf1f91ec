#include "pkg/helm/chart/ignore.hpp"

#include <gtest/gtest.h>

#include "pkg/helm/chart/path_match.hpp"

namespace weir::helm {
namespace {

bool matches(std::string_view pattern, std::string_view name) { return match_path(pattern, name).value(); }

TEST(MatchPath, IsGosFilepathMatch) {
  EXPECT_TRUE(matches("*", "abc"));
  EXPECT_FALSE(matches("*", "a/b"));
  EXPECT_TRUE(matches("a*/b", "abc/b"));
  EXPECT_FALSE(matches("a*/b", "a/c/b"));
  EXPECT_TRUE(matches("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(matches("?", "ä"));
  EXPECT_FALSE(matches("?", "/"));
  EXPECT_TRUE(matches("[a-c]x", "bx"));
  EXPECT_FALSE(matches("[^a-c]x", "bx"));
  EXPECT_TRUE(matches("[\\]a]", "]"));
  EXPECT_TRUE(matches("\\*", "*"));
  EXPECT_FALSE(matches("\\*", "a"));
  EXPECT_TRUE(matches("", ""));
}

TEST(MatchPath, RefusesBrokenPatterns) {
  for (const auto* pattern : {"[", "[a", "[]a]", "[-]", "a\\", "[a-", "x[^"})
    EXPECT_FALSE(match_path(pattern, "zzz")) << pattern;
}

TEST(MatchPath, TakesTimeInProportion) {
  const std::string stars = std::string(2000, '*') + "b", name(20'000, 'a');
  EXPECT_FALSE(matches(stars, name));
}

TEST(IgnoreRules, NamesFoldersAndRoots) {
  auto rules = IgnoreRules::parse("\xEF\xBB\xBF# comment\n\n*.bak\n/top\nlogs/\na/*.txt\n").value();
  rules.add_defaults();
  EXPECT_TRUE(rules.is_ignored("x/y/z.bak", false));
  EXPECT_TRUE(rules.is_ignored("top", false));
  EXPECT_FALSE(rules.is_ignored("x/top", false));
  EXPECT_TRUE(rules.is_ignored("x/logs", true));
  EXPECT_FALSE(rules.is_ignored("x/logs", false));
  EXPECT_TRUE(rules.is_ignored("a/b.txt", false));
  EXPECT_FALSE(rules.is_ignored("b/a/b.txt", false));
  EXPECT_TRUE(rules.is_ignored("templates/.x", false));
  EXPECT_FALSE(rules.is_ignored("", true));
}

TEST(IgnoreRules, ANegatedRuleIgnoresAllElse) {
  const auto rules = IgnoreRules::parse("!keep.txt").value();
  EXPECT_FALSE(rules.is_ignored("keep.txt", false));
  EXPECT_TRUE(rules.is_ignored("Chart.yaml", false));
}

TEST(IgnoreRules, RefusesDoubleStars) {
  EXPECT_EQ(IgnoreRules::parse("a/**/b").error().message, "double-star (**) syntax is not supported");
  EXPECT_EQ(IgnoreRules::parse("[").error().message, "syntax error in pattern");
}

}  // namespace
}  // namespace weir::helm
