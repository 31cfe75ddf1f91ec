#include "controllers/kustomize/variables.hpp"

#include <gtest/gtest.h>

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

TEST(Masked, AValueLikeTheMaskDoesNotLoop) { EXPECT_EQ(masked("a****b", {"****"}), "a***b"); }

}  // namespace
}  // namespace weir::kustomize_controller
