#include "pkg/json/merge.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::json {
namespace {

std::string merged(std::string_view target, std::string_view patch) {
  Value value = parse(target).value();
  merge_patch(value, parse(patch).value());
  return write(value);
}

TEST(JsonMerge, TheExamplesOfRfc7386) {
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"b":"c"})"), R"({"a":"b","b":"c"})");
  EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":null})"), R"({})");
  EXPECT_EQ(merged(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
  EXPECT_EQ(merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
  EXPECT_EQ(merged(R"(["a","b"])", R"(["c","d"])"), R"(["c","d"])");
  EXPECT_EQ(merged(R"({"a":"foo"})", "null"), "null");
  EXPECT_EQ(merged("{}", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
}

TEST(JsonMerge, MakesThePatchThatLeadsFromOneToTheOther) {
  const auto before = *parse(R"({"a":1,"b":{"c":1,"d":2},"e":[1]})");
  const auto after = *parse(R"({"a":1,"b":{"c":1,"d":3},"f":4})");
  const auto patch = make_merge_patch(before, after);
  EXPECT_EQ(write(patch), R"({"e":null,"b":{"d":3},"f":4})");
  Value target = before;
  merge_patch(target, patch);
  EXPECT_EQ(target, after);
  EXPECT_TRUE(make_merge_patch(after, after).empty());
}

}  // namespace
}  // namespace weir::json
