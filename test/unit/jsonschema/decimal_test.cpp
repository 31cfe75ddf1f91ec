#include "pkg/jsonschema/decimal.hpp"

#include <gtest/gtest.h>

namespace weir::jsonschema {
namespace {

Decimal number(std::string_view text) { return Decimal::parse(text).value(); }

TEST(Decimal, ComparesExactly) {
  EXPECT_EQ(number("1.0"), number("1e0"));
  EXPECT_EQ(number("-0"), number("0.00"));
  EXPECT_LT(number("9007199254740992"), number("9007199254740993"));
  EXPECT_LT(number("-2"), number("-1.5"));
  EXPECT_LT(number("-1"), number("0"));
  EXPECT_GT(number("1e400"), number("1e399"));
  EXPECT_LT(number("0.09"), number("0.1"));
}

TEST(Decimal, KnowsIntegersAndMultiples) {
  EXPECT_TRUE(number("5.0").is_integer());
  EXPECT_FALSE(number("5.01").is_integer());
  EXPECT_EQ(number("12e2").integer(), 1200);
  EXPECT_EQ(number("1e30").integer(), std::nullopt);
  EXPECT_EQ(number("0.3").is_multiple_of(number("0.1")), true);
  EXPECT_EQ(number("-7").is_multiple_of(number("2")), false);
  EXPECT_EQ(number("1e3000").is_multiple_of(number("1e-3000")), std::nullopt);
}

TEST(Decimal, RefusesWhatIsNone) {
  for (const auto* text : {"", "-", "x", "1x", "1e", "1e999999999", "."}) EXPECT_FALSE(Decimal::parse(text)) << text;
}

}  // namespace
}  // namespace weir::jsonschema
