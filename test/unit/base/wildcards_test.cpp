#include "pkg/base/wildcards.hpp"

#include <gtest/gtest.h>

namespace weir::text {
namespace {

TEST(Wildcards, StarsAndQuestionMarks) {
  EXPECT_TRUE(fits_wildcards("", ""));
  EXPECT_TRUE(fits_wildcards("*", ""));
  EXPECT_TRUE(fits_wildcards("**", "abc"));
  EXPECT_TRUE(fits_wildcards("a?c", "abc"));
  EXPECT_TRUE(fits_wildcards("*.example.*", "git.example.org"));
  EXPECT_TRUE(fits_wildcards("*ab", "aab")) << "the star gives back what it took";
  EXPECT_TRUE(fits_wildcards("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(fits_wildcards("", "a"));
  EXPECT_FALSE(fits_wildcards("?", ""));
  EXPECT_FALSE(fits_wildcards("a*b", "ac"));
  EXPECT_FALSE(fits_wildcards("abc*d", "abc"));
}

}  // namespace
}  // namespace weir::text
