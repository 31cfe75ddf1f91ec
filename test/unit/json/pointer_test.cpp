#include "pkg/json/pointer.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::json {
namespace {

TEST(JsonPointer, FindsTheExamplesOfRfc6901) {
  const Value document = *parse(R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8})");
  EXPECT_EQ(Pointer::parse("")->find(document), &document);
  EXPECT_EQ(*Pointer::parse("/foo/1")->find(document), Value{"baz"});
  EXPECT_EQ(*Pointer::parse("/")->find(document), Value{0});
  EXPECT_EQ(*Pointer::parse("/a~1b")->find(document), Value{1});
  EXPECT_EQ(*Pointer::parse("/m~0n")->find(document), Value{8});
  for (const auto* text : {"/foo/2", "/foo/01", "/foo/-", "/x/y", "/foo/bar"}) {
    EXPECT_EQ(Pointer::parse(text)->find(document), nullptr) << text;
  }
}

TEST(JsonPointer, RefusesOtherTexts) {
  EXPECT_TRUE(Pointer::parse("foo").has_error());
  EXPECT_TRUE(Pointer::parse("/a~2").has_error());
  EXPECT_TRUE(Pointer::parse("/a~").has_error());
  EXPECT_EQ(Pointer::parse("/a~1b/~0")->text(), "/a~1b/~0");
}

}  // namespace
}  // namespace weir::json
