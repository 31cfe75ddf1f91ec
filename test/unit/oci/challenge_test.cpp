#include "pkg/oci/challenge.hpp"

#include <gtest/gtest.h>

namespace weir::oci {
namespace {

TEST(Challenge, BearerWithItsParameters) {
  const auto all = parse_challenges(
      R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull,push")"
  );
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].scheme, "bearer");
  EXPECT_EQ(all[0].parameter("realm"), "https://auth.docker.io/token");
  EXPECT_EQ(all[0].parameter("service"), "registry.docker.io");
  EXPECT_EQ(all[0].parameter("scope"), "repository:library/alpine:pull,push");
  EXPECT_EQ(all[0].parameter("error"), "");
}

TEST(Challenge, SeveralInOneHeader) {
  const auto all = parse_challenges(R"(Negotiate, Basic realm="a, \"b\"" , BEARER Realm=https://x/t , service = s)");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].scheme, "negotiate");
  EXPECT_EQ(all[1].scheme, "basic");
  EXPECT_EQ(all[1].parameter("realm"), "a, \"b\"");
  EXPECT_EQ(all[2].scheme, "bearer");
  EXPECT_EQ(all[2].parameter("realm"), "https://x/t");
  EXPECT_EQ(all[2].parameter("service"), "s");
}

TEST(Challenge, OddTextsEnd) {
  EXPECT_TRUE(parse_challenges("").empty());
  EXPECT_TRUE(parse_challenges(" , ,").empty());
  EXPECT_TRUE(parse_challenges("\"\x01=").empty());
  EXPECT_EQ(parse_challenges("Basic realm=\"never closed").front().parameter("realm"), "never closed");
  EXPECT_EQ(parse_challenges("Basic realm=\"\\").size(), 1u);
}

}  // namespace
}  // namespace weir::oci
