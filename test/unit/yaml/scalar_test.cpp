#include "pkg/yaml/scalar.hpp"

#include <gtest/gtest.h>

namespace weir::yaml {
namespace {

std::int64_t integer(std::string_view text) { return std::get<std::int64_t>(resolve(text, Typing::kCore).value); }

TEST(Scalar, WordsDependOnTheTyping) {
  for (const auto* word : {"yes", "No", "ON", "off", "y", "N"}) {
    EXPECT_EQ(resolve_tag(word, Typing::kCore), Tag::kString) << word;
    EXPECT_EQ(resolve_tag(word, Typing::kYaml11), Tag::kBool) << word;
  }
  for (const auto* word : {"true", "False", "TRUE"}) EXPECT_EQ(resolve_tag(word, Typing::kCore), Tag::kBool) << word;
  for (const auto* word : {"", "~", "null", "Null", "NULL"})
    EXPECT_EQ(resolve_tag(word, Typing::kCore), Tag::kNull) << word;
  for (const auto* word : {"tRUE", "nUll", "yEs", "None"})
    EXPECT_EQ(resolve_tag(word, Typing::kYaml11), Tag::kString) << word;
}

TEST(Scalar, IntegersInEveryBase) {
  EXPECT_EQ(integer("0"), 0);
  EXPECT_EQ(integer("-17"), -17);
  EXPECT_EQ(integer("+17"), 17);
  EXPECT_EQ(integer("0644"), 420);
  EXPECT_EQ(integer("0o17"), 15);
  EXPECT_EQ(integer("0x1F"), 31);
  EXPECT_EQ(integer("0b101"), 5);
  EXPECT_EQ(integer("1_000"), 1000);
  EXPECT_EQ(integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(std::get<std::uint64_t>(resolve("18446744073709551615", Typing::kCore).value), 18446744073709551615U);
  // Beyond 64 bits, and digits that the base does not have, are floats.
  EXPECT_EQ(resolve_tag("18446744073709551616", Typing::kCore), Tag::kFloat);
  EXPECT_EQ(resolve_tag("08", Typing::kCore), Tag::kFloat);
}

TEST(Scalar, Floats) {
  for (const auto* text : {"1.5", ".5", "1.", "-1e3", "6.02E+23", ".inf", "-.INF", ".NaN"})
    EXPECT_EQ(resolve_tag(text, Typing::kCore), Tag::kFloat) << text;
  for (const auto* text : {".", "-", "1e", "1.2.3", "1e400", "+.5x", "_", "0x", "1:30", "1.0.0"})
    EXPECT_EQ(resolve_tag(text, Typing::kCore), Tag::kString) << text;
}

TEST(Scalar, Timestamps) {
  EXPECT_EQ(timestamp_text("2001-1-2"), "2001-01-02T00:00:00Z");
  EXPECT_EQ(timestamp_text("2001-12-14t21:59:43.10-05:00"), "2001-12-14T21:59:43.1-05:00");
  EXPECT_EQ(timestamp_text("2001-12-14 21:59:43.100000"), "2001-12-14T21:59:43.1Z");
  for (const auto* text : {"2001-13-01", "2001-02-29", "2001-1", "2001-01-01T25:00:00Z", "12001-01-01", "2001-01-01x"})
    EXPECT_EQ(timestamp_text(text), std::nullopt) << text;
  EXPECT_EQ(timestamp_text("2000-02-29"), "2000-02-29T00:00:00Z");
}

TEST(Scalar, NumbersPrintShortest) {
  EXPECT_EQ(json_number(1e21), "1e+21");
  EXPECT_EQ(json_number(1e20), "100000000000000000000");
  EXPECT_EQ(json_number(0.1), "0.1");
  EXPECT_EQ(json_number(1.5e-7), "1.5e-7");
  EXPECT_EQ(json_number(-2.0), "-2");
  EXPECT_EQ(yaml_number(1234567.5), "1.2345675e+06");
  EXPECT_EQ(yaml_number(1e21), "1e+21");
  EXPECT_EQ(yaml_number(0.00001), "1e-05");
  EXPECT_EQ(yaml_number(0.5), "0.5");
}

TEST(Scalar, Base60) {
  EXPECT_TRUE(is_base60("12:30:45"));
  EXPECT_TRUE(is_base60("-1:5.5"));
  EXPECT_FALSE(is_base60("12:60"));
  EXPECT_FALSE(is_base60("12"));
  EXPECT_FALSE(is_base60("a:30"));
}

TEST(Scalar, TextsThatAYaml11ReaderTakesForSomethingElse) {
  for (const auto* text : {"yes", "12", "1.5", "null", "~", "a: b", "- x", "[a]", "key:"})
    EXPECT_TRUE(is_yaml11_non_string(text)) << text;
  for (const auto* text : {"", "abc", "2001-01-01", "2001-12-14 21:59:43", "a-b", "a:b", "yes\n", "'12'", "a b"})
    EXPECT_FALSE(is_yaml11_non_string(text)) << text;
}

}  // namespace
}  // namespace weir::yaml
