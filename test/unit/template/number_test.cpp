// Reading numbers and literals as Go does.
#include <cmath>

#include <gmock/gmock.h>

#include "pkg/template/numbers.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates {
namespace {

TEST(TemplateNumbers, IntegersFollowTheirPrefix) {
  EXPECT_EQ(parse_integer("0x_1f", 0).value, 31);
  EXPECT_EQ(parse_integer("-0b11", 0).value, -3);
  EXPECT_EQ(parse_integer("017", 0).value, 15);
  EXPECT_EQ(parse_integer("017", 10).value, 17);
  for (const char* text : {"", "-", "0x", "1_", "_1", "1__2", "08", "1a", "0b2", "+-1"})
    EXPECT_FALSE(parse_integer(text, 0).is_good()) << text;
  EXPECT_EQ(parse_integer("9223372036854775808", 10).value, INT64_MAX);
  EXPECT_EQ(parse_integer("-9223372036854775808", 10).value, INT64_MIN);
  EXPECT_TRUE(parse_integer("-9223372036854775808", 10).is_good());
  EXPECT_FALSE(parse_unsigned("18446744073709551616", 10).is_good());
}

TEST(TemplateNumbers, RealsAreDecimalOrHexadecimal) {
  EXPECT_EQ(parse_real("1e3"), 1000);
  EXPECT_EQ(parse_real("0x1p-2"), 0.25);
  EXPECT_EQ(parse_real("1_0.5"), 10.5);
  EXPECT_EQ(parse_real("1e-400"), 0);
  EXPECT_TRUE(std::isinf(*parse_real("-Inf")));
  EXPECT_TRUE(std::isnan(*parse_real("NaN")));
  for (const char* text : {"", ".", "1e", "0x1", "1e400", "1.2.3", "--1", "1_", " 1", "infx"})
    EXPECT_FALSE(parse_real(text)) << text;
}

TEST(TemplateNumbers, RealsPrintInTheirExtremes) {
  EXPECT_EQ(format_real(INFINITY, 'g', -1), "+Inf");
  EXPECT_EQ(format_real(-INFINITY, 'f', 2), "-Inf");
  EXPECT_EQ(format_real(NAN, 'e', 2), "NaN");
  EXPECT_EQ(format_real(5e-324, 'g', -1), "5e-324");
  EXPECT_EQ(format_real(5e-324, 'x', -1), "0x1p-1074");
  EXPECT_EQ(format_real(1.7976931348623157e308, 'g', -1), "1.7976931348623157e+308");
  EXPECT_EQ(format_real(0.3, 'f', -1), "0.3");
}

TEST(TemplateLiterals, GoThereAndBack) {
  for (const std::string text : {"", "plain", "tab\tquote\"back\\", "ü 😀", "\xff\xfe", "\x01\x7f", "\xe2\x80\xa8"})
    EXPECT_EQ(unquote(quote(text)), text);
  for (const char* text : {"\"", "\"a", "\"\\x1\"", "\"\\ud800\"", "\"\\400\"", "\"a\"b\"", "'a'", "`a`b`", "\"\\'\""})
    EXPECT_FALSE(unquote(text)) << text;
}

TEST(TemplateUnicode, InvalidBytesAreOneCharacterEach) {
  for (const std::string_view text : {"\x80", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    EXPECT_FALSE(unicode::decode(text).is_valid);
    EXPECT_EQ(unicode::decode(text).size, 1U);
    EXPECT_EQ(unicode::count(text), text.size());
  }
  EXPECT_EQ(unicode::trim_space("\xc2\xa0 x \xe3\x80\x80"), "x");
  EXPECT_EQ(unicode::to_upper("straße ǆ ა"), "STRAßE Ǆ Ა");
  EXPECT_EQ(unicode::to_title(0x1c6), 0x1c5U);
}

}  // namespace
}  // namespace weir::templates
