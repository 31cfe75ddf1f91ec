#include "pkg/runtime/lanes.hpp"

#include <gtest/gtest.h>

namespace weir::runtime {
namespace {

std::string take(Lanes& lanes) {
  const auto next = lanes.take();
  return next ? next->lane + next->text : "";
}

TEST(Lanes, OneTextOfALaneAtATimeInTheOrderTheyCame) {
  Lanes lanes{{}};
  for (const char* text : {"1", "2", "3"}) lanes.add("a", text);
  EXPECT_EQ(take(lanes), "a1");
  EXPECT_EQ(take(lanes), "") << "the first is on its way";
  lanes.done("a");
  EXPECT_EQ(take(lanes), "a2");
  lanes.add("a", "4");
  EXPECT_EQ(take(lanes), "");
  lanes.done("a");
  EXPECT_EQ(take(lanes), "a3");
  lanes.done("a");
  EXPECT_EQ(take(lanes), "a4");
  lanes.done("a");
  EXPECT_EQ(take(lanes), "");
  EXPECT_EQ(lanes.waiting(), 0u);
}

TEST(Lanes, TakeTurnsAndDoNotWaitForEachOther) {
  Lanes lanes{{}};
  for (const char* text : {"1", "2"}) lanes.add("a", text);
  for (const char* text : {"1", "2"}) lanes.add("b", text);
  EXPECT_EQ(take(lanes), "a1");
  EXPECT_EQ(take(lanes), "b1");
  lanes.done("b");
  EXPECT_EQ(take(lanes), "b2") << "a is still busy";
  lanes.done("b");
  lanes.add("b", "3");
  lanes.done("a");
  EXPECT_EQ(take(lanes), "b3");
  EXPECT_EQ(take(lanes), "a2");
}

TEST(Lanes, AreBoundedInAllAndEach) {
  Lanes::Limits limits;
  limits.texts = 4;
  limits.texts_of_lane = 2;
  limits.bytes = 10;
  Lanes lanes{limits};
  EXPECT_TRUE(lanes.add("a", "1"));
  EXPECT_TRUE(lanes.add("a", "2"));
  EXPECT_FALSE(lanes.add("a", "3"));
  EXPECT_FALSE(lanes.add("b", "123456789")) << "eleven bytes";
  EXPECT_TRUE(lanes.add("b", "12345678"));
  EXPECT_EQ(take(lanes), "a1");
  EXPECT_TRUE(lanes.add("a", "3")) << "what is on its way waits no more";
  EXPECT_EQ(take(lanes), "b12345678");
  EXPECT_TRUE(lanes.add("b", "2"));
  EXPECT_TRUE(lanes.add("c", "1"));
  EXPECT_FALSE(lanes.add("d", "1")) << "the fifth";
}

}  // namespace
}  // namespace weir::runtime
