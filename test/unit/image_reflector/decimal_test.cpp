#include "controllers/image_reflector/policy/decimal.hpp"

#include <gtest/gtest.h>

namespace weir::image_reflector {
namespace {

Decimal number(const char* text) { return Decimal::parse(text).value(); }

TEST(Decimal, ComparesExactly) {
  const char* ascending[] = {
      "-1e3",
      "-10.5",
      "-10",
      "-0.001",
      "0",
      "0.0009",
      "1e-3",
      "0.01",
      "1",
      "9",
      "10",
      "20231101093000001",
      "20231101093000002",
      "1e17",
      "1234e56"};
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
    EXPECT_LT(number(ascending[i]), number(ascending[i + 1])) << ascending[i];
    EXPECT_GT(number(ascending[i + 1]), number(ascending[i])) << ascending[i];
  }
}

TEST(Decimal, EqualValuesInOtherWords) {
  for (const char* text : {"1", "1.0", "+1", "01", "10e-1", "0.1e1", "1.", "100e-2"})
    EXPECT_EQ(number(text), number("1")) << text;
  for (const char* text : {"0", "-0", "0.00", ".0", "0e9"}) EXPECT_EQ(number(text), number("0")) << text;
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* text :
       {"", "-", ".", "v1", "1a", "1.2.3", "1e", "1e+", "e5", "nan", "inf", "0x1p4", "1e99999999999999", " 1"}) {
    const auto parsed = Decimal::parse(text);
    ASSERT_TRUE(parsed.has_error()) << text;
    EXPECT_EQ(parsed.error().text(), std::string{"failed to parse invalid numeric value '"} + text + "'");
  }
}

}  // namespace
}  // namespace weir::image_reflector
