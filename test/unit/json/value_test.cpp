#include "pkg/json/value.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::json {
namespace {

TEST(JsonValue, ObjectsKeepTheirOrderAndHoldAKeyOnce) {
  Value value;
  value.set("b", 1);
  value.set("a", 2);
  value.set("b", 3);
  EXPECT_EQ(write(value), R"({"b":3,"a":2})");
  EXPECT_TRUE(value.erase("b"));
  EXPECT_FALSE(value.erase("b"));
  sort_keys(value);
  EXPECT_EQ(write(value), R"({"a":2})");
}

TEST(JsonValue, EqualityIgnoresMemberOrderAndSpellingOfNumbers) {
  EXPECT_EQ(*parse(R"({"a":1,"b":[1.0,1e2]})"), *parse(R"({"b":[1,100],"a":1})"));
  EXPECT_FALSE(*parse("[1,2]") == *parse("[2,1]"));
  EXPECT_FALSE(*parse("9007199254740993") == *parse("9007199254740992"));
}

TEST(JsonValue, PathsOfForeignObjectsMayBeMissing) {
  const auto object = *parse(R"({"metadata":{"name":"web","generation":3}})");
  EXPECT_EQ(object.text_at({"metadata", "name"}), "web");
  EXPECT_EQ(object.text_at({"metadata", "generation"}), "");
  EXPECT_EQ(object.text_at({"spec", "name"}), "");
  EXPECT_EQ(object.find_path({"metadata", "generation"})->integer(), 3);
}

TEST(JsonValue, CopiesAreDeep) {
  Value original = *parse(R"({"a":{"b":1}})");
  Value copy = original;
  copy["a"].set("b", 2);
  EXPECT_EQ(write(original), R"({"a":{"b":1}})");
}

}  // namespace
}  // namespace weir::json
