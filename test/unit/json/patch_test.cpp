#include "pkg/json/patch.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::json {
namespace {

std::string patched(std::string_view document, std::string_view patch) {
  auto result = apply_patch(parse(document).value(), parse(patch).value());
  return result ? write(*result) : result.error().text();
}

TEST(JsonPatch, TheOperationsOfRfc6902) {
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])"), R"({"a":1,"b":2})");
  EXPECT_EQ(patched("[1,3]", R"([{"op":"add","path":"/1","value":2}])"), "[1,2,3]");
  EXPECT_EQ(patched("[1]", R"([{"op":"add","path":"/-","value":2}])"), "[1,2]");
  EXPECT_EQ(patched(R"({"a":1,"b":2})", R"([{"op":"remove","path":"/a"}])"), R"({"b":2})");
  EXPECT_EQ(patched("[1,2]", R"([{"op":"remove","path":"/0"}])"), "[2]");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"replace","path":"/a","value":[]}])"), R"({"a":[]})");
  EXPECT_EQ(patched(R"({"a":{"b":1}})", R"([{"op":"move","from":"/a/b","path":"/c"}])"), R"({"a":{},"c":1})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])"), R"({"a":1,"b":1})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":1.0}])"), R"({"a":1})");
  EXPECT_EQ(patched(R"({"a/b":1})", R"([{"op":"replace","path":"/a~1b","value":2}])"), R"({"a/b":2})");
}

TEST(JsonPatch, ErrorsNameTheOperationAndField) {
  EXPECT_EQ(
      patched("{}", R"([{"op":"add","path":"/a","value":1},{"op":"remove","path":"/b"}])"),
      "[1].path: there is nothing at \"/b\""
  );
  EXPECT_EQ(
      patched("{}", R"([{"op":"jump","path":""}])"),
      "[0].op: expected one of add, remove, replace, move, copy, test, got \"jump\""
  );
  EXPECT_EQ(patched("[]", R"([{"op":"add","path":"/1","value":1}])"), "[0].path: \"/1\" is outside of a list of 0");
  EXPECT_EQ(patched("{}", R"([{"op":"add","path":"/a"}])"), "[0].value: required");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":2}])"), "[0].value: test failed at \"/a\"");
  EXPECT_EQ(patched("{}", "{}"), "expected a list of operations, got an object");
}

}  // namespace
}  // namespace weir::json
