#include <gtest/gtest.h>

#include "controllers/kustomize/variables.hpp"

namespace weir::kustomize_controller {
namespace {

TEST(Masked, HidesEveryOccurrenceOfEachValue) {
  EXPECT_EQ(masked("port \"hunter2\" and hunter2", {"hunter2"}), "port \"***\" and ***");
  EXPECT_EQ(masked("nothing here", {"hunter2"}), "nothing here");
  EXPECT_EQ(masked("anything", {}), "anything");
}

TEST(Masked, ALongerValueGoesBeforeOneThatItContains) {
  EXPECT_EQ(masked("hunter2-long", {"hunter2-long", "hunter2"}), "***");
}

TEST(Masked, ValuesThatOverlapAreHiddenTogether) {
  EXPECT_EQ(masked("x-abcdefg-y", {"abcd", "bcdef", "cdefg"}), "x-***-y");
}

TEST(Masked, AValueIsHiddenAsGoQuotesIt) {
  EXPECT_EQ(masked(R"(Invalid value: "p\"w\\d": no)", {"p\"w\\d"}), R"(Invalid value: "***": no)");
}

TEST(Masked, AShortValueIsHiddenWhereItStandsAlone) {
  EXPECT_EQ(
      masked(R"(port: Invalid value: 80: must be above 80; "80" or "8080")", {"80"}),
      R"(port: Invalid value: ***: must be above 80; "***" or "8080")"
  );
}

TEST(Masked, AValueLikeTheMaskDoesNotLoop) { EXPECT_EQ(masked("a****b", {"****"}), "a***b"); }

}  // namespace
}  // namespace weir::kustomize_controller
