#include "pkg/semver/version.hpp"

#include <gtest/gtest.h>

namespace weir::semver {
namespace {

TEST(Version, OrderOfTheSpecification) {
  const char* const ascending[] = {
      "0.0.1",
      "0.1.0",
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-beta.99999999999999999999999",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "1.2.0",
      "1.10.0",
      "2.0.0",
  };
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i)
    EXPECT_LT(*Version::parse_strict(ascending[i]), *Version::parse_strict(ascending[i + 1])) << ascending[i];
}

TEST(Version, BuildMetadataDoesNotCount) {
  const auto version = Version::parse_strict("1.2.3+b.1");
  ASSERT_TRUE(version);
  EXPECT_EQ(*version, *Version::parse_strict("1.2.3+a"));
  EXPECT_EQ(version->text(), "1.2.3+b.1");
}

TEST(Version, WhatStrictRefuses) {
  for (const char* text :
       {"",
        "1",
        "1.2",
        "1.2.3.4",
        "v1.2.3",
        "01.2.3",
        "1.2.3-",
        "1.2.3-01",
        "1.2.3+",
        "1.2.3-a..b",
        "1.2.x",
        " 1.2.3",
        "1.2.3 ",
        "1.2.3-a_b",
        "-1.2.3",
        "99999999999999999999.0.0"})
    EXPECT_FALSE(Version::parse_strict(text)) << text;
  EXPECT_EQ(Version::parse_strict("x").error().message, "not a semantic version: \"x\"");
}

TEST(Version, Tags) {
  EXPECT_EQ(Version::parse_tag("v1.2.3")->text(), "1.2.3");
  EXPECT_EQ(Version::parse_tag("1.2.3-rc.1")->prerelease, "rc.1");
  for (const char* text : {"v1.2", "vv1.2.3", "V1.2.3", "release-1.2.3"})
    EXPECT_FALSE(Version::parse_tag(text)) << text;
}

TEST(Version, Lenient) {
  EXPECT_EQ(Version::parse_lenient("v1")->text(), "1.0.0");
  EXPECT_EQ(Version::parse_lenient("1.2-beta")->text(), "1.2.0-beta");
  EXPECT_EQ(Version::parse_lenient("01.02.03")->text(), "1.2.3");
}

}  // namespace
}  // namespace weir::semver
