#include "pkg/json/codec.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"

namespace weir::json {
namespace {

TEST(JsonCodec, RoundTripKeepsOrderAndNumbers) {
  for (const std::string text :
       {R"({"z":1,"a":[true,false,null,{}],"n":1.0,"big":123456789012345678901234567890})",
        R"("a \"quoted\" \\ line\nand \u0001")",
        "[]",
        "-0.5e-10",
        R"({"":{"":[[]]}})"}) {
    EXPECT_EQ(write(parse(text).value()), text);
  }
}

TEST(JsonCodec, UnescapesUnicode) { EXPECT_EQ(parse(R"("\u00e9\ud83d\ude00")")->as_string(), "\u00e9\U0001F600"); }

TEST(JsonCodec, ErrorsNameTheByte) {
  const auto error = parse("{\"a\": }").error();
  EXPECT_EQ(error.where, "byte 6");
  EXPECT_EQ(error.message, "invalid value");
  for (const std::string text : {"", "{", "[1,]", "{} {}", "nul", "\"\xff\"", "01", "{\"a\"}"}) {
    EXPECT_TRUE(parse(text).has_error()) << text;
  }
}

TEST(JsonCodec, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(parse(R"({"a":1,"a":2})").error().message, "the key \"a\" stands twice in one object");
  std::string large = "{";
  for (int i = 0; i < 100; ++i) text::append(large, "\"key", i, "\":1,");
  EXPECT_TRUE(parse(large + "\"last\":1}").has_value());
  EXPECT_TRUE(parse(large + "\"key7\":1}").has_error());
}

TEST(JsonCodec, RefusesDeepNestingWithoutUsingTheStack) {
  const std::string deep(1'000'000, '[');
  EXPECT_EQ(parse(deep).error().message, "nested deeper than 512");
}

TEST(JsonCodec, WritesForPeople) {
  EXPECT_EQ(write_pretty(*parse(R"({"a":[1,{}],"b":{}})")), R"({
  "a": [
    1,
    {}
  ],
  "b": {}
})");
}

}  // namespace
}  // namespace weir::json
