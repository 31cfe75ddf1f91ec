#include "pkg/semver/range.hpp"

#include <gtest/gtest.h>

namespace weir::semver {
namespace {

struct Case {
  const char* range;
  const char* version;
  bool is_inside;
};

class InRange : public ::testing::TestWithParam<Case> {};

TEST_P(InRange, Holds) {
  const auto range = Range::parse(GetParam().range);
  ASSERT_TRUE(range) << GetParam().range;
  EXPECT_EQ(range->contains(*Version::parse_strict(GetParam().version)), GetParam().is_inside)
      << GetParam().range << " and " << GetParam().version;
}

const Case kCases[] = {
    {"=2.0.0", "1.2.3", false},
    {"=2.0.0", "2.0.0", true},
    {"2.0.0", "2.0.0", true},
    {"v2.0.0", "2.0.0", true},
    {"=2.0", "2.0.9", true},
    {"=2.0", "2.1.0", false},
    {"2", "2.9.9", true},
    {"2.x", "2.9.9", true},
    {"2.X.x", "3.0.0", false},
    {"2.1.*", "2.1.7", true},
    {"2.*.1", "2.5.0", true},
    {"*", "0.0.0", true},
    {"*", "17.1.0", true},
    {"*", "1.0.0-rc.1", false},
    {"", "1.0.0", true},
    {" ", "1.0.0", true},
    {"!=4.1.0", "4.1.0", false},
    {"!=4.1.0", "4.1.1", true},
    {"!=4.1", "4.1.7", false},
    {"!=4.1", "5.1.0", true},
    {"!=4.x", "4.9.0", false},
    {"!=4.x", "5.0.0", true},
    {">1.1", "1.1.9", false},
    {">1.1", "1.2.0", true},
    {">0", "0.0.1", false},
    {">0", "1.0.0", true},
    {">1.1.0", "1.1.1", true},
    {">=1.1", "1.1.0", true},
    {"=>1.1", "1.1.0", true},
    {">=11", "10.9.9", false},
    {"<1.1", "1.0.9", true},
    {"<1.1", "1.1.0", false},
    {"<=1.1", "1.1.9", true},
    {"=<1.1", "1.2.0", false},
    {"<=11", "11.9.9", true},
    {"<=11", "12.0.0", false},
    {"<=1.1.0", "1.1.1", false},
    {"~1.2.3", "1.2.9", true},
    {"~1.2.3", "1.2.2", false},
    {"~1.2.3", "1.3.0", false},
    {"~>1.2.3", "1.2.9", true},
    {"~1", "1.9.9", true},
    {"~1.x", "2.0.0", false},
    {"~1.2", "1.2.9", true},
    {"~0.0.0", "5.4.3", true},
    {"^1.2.3", "1.9.0", true},
    {"^1.2.3", "1.2.2", false},
    {"^1.2.3", "2.0.0", false},
    {"^1", "1.9.0", true},
    {"^1.x", "2.1.1", false},
    {"^0.2.3", "0.2.9", true},
    {"^0.2.3", "0.3.0", false},
    {"^0.2", "0.2.9", true},
    {"^0.0.3", "0.0.3", true},
    {"^0.0.3", "0.0.4", false},
    {"^0.0", "0.0.9", true},
    {"^0.0", "0.1.0", false},
    {"^0", "0.9.9", true},
    {"^0", "1.0.0", false},
    {">=1.0 <2", "1.5.0", true},
    {">=1.0 <2", "2.0.0", false},
    {">=1.0, <2", "1.5.0", true},
    {">= 1.0 ,< 2", "2.0.0", false},
    {">1.0.0<2.0.0", "1.5.0", true},
    {"<1 || >=3", "2.0.0", false},
    {"<1||>=3", "3.0.0", true},
    {"1.2 - 1.4.5", "1.4.5", true},
    {"1.2 - 1.4.5", "1.4.6", false},
    {"1.2 - 1.4.5", "1.1.9", false},
    {"1.2.3 - 2", "2.9.0", true},
    {"1 - 2 || 5", "5.1.0", true},
    // Pre-releases: only where the group names one.
    {">=1.0.0", "1.1.0-alpha", false},
    {">=1.0.0-0", "1.1.0-alpha", true},
    {">=1.0.0-0 <2.0.0", "1.1.0-alpha", true},
    {">=1.0.0-beta", "1.0.0-alpha", false},
    {"~1.2.3-beta.1", "1.2.3-beta.2", true},
    {"^1.2.0-alpha.1", "1.2.0-alpha.2", true},
    {"^1.2.0", "1.3.0-rc.1", false},
    {"1.0.0-rc.1", "1.0.0-rc.1", true},
    {"<1.0.0 || >=2.0.0-0", "2.1.0-rc.1", true},
    {"<1.0.0 || >=2.0.0-0", "0.9.0-rc.1", false},
    {"1.2.3+build", "1.2.3", true},
};
INSTANTIATE_TEST_SUITE_P(Range, InRange, ::testing::ValuesIn(kCases));

TEST(Range, RefusesWhatIsNoRange) {
  for (const char* text :
       {"x.y", "foo", ">", ">>1.0", "1.2.3.4", "1.a", "==1.0", "1..2", ">=1.0 &&  <2", "1.0 |2.0", "@1"})
    EXPECT_FALSE(Range::parse(text)) << text;
  EXPECT_EQ(Range::parse("x.y").error().message, "improper constraint: \"x.y\"");
}

}  // namespace
}  // namespace weir::semver
