#include "pkg/json/diff.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::json {
namespace {

TEST(JsonDiff, NamesTheDeepestPlaces) {
  const auto left = *parse(R"({"a":{"b":1,"c":[1,2]},"gone":1,"x/y":1,"list":[1]})");
  const auto right = *parse(R"({"a":{"b":2,"c":[1,3]},"new":1,"x/y":2,"list":[1,2]})");
  EXPECT_EQ(
      differing_paths(left, right),
      (std::vector<std::string>{"/a/b", "/a/c/1", "/gone", "/x~1y", "/list", "/new"})
  );
  EXPECT_TRUE(differing_paths(left, left).empty());
}

}  // namespace
}  // namespace weir::json
