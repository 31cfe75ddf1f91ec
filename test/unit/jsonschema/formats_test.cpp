#include "pkg/jsonschema/formats.hpp"

#include <gtest/gtest.h>

#include "test/unit/jsonschema/validate_support.hpp"

namespace weir::jsonschema {
namespace {

std::string problem(std::string_view format, std::string_view text) {
  return find_format(format)->check(text).value_or("");
}

TEST(Formats, AreAssertedUpToDraft7) {
  EXPECT_EQ(
      validated(R"({"$schema":"http://json-schema.org/draft-07/schema#","format":"email"})", R"("nope")"),
      "- at '': 'nope' is not valid email: missing @"
  );
  EXPECT_EQ(validated(R"({"format":"email"})", R"("nope")"), "");
  EXPECT_EQ(find_format("unknown"), nullptr);
}

TEST(Formats, Hosts) {
  EXPECT_EQ(problem("hostname", "a.b-c."), "");
  EXPECT_EQ(problem("hostname", "-a"), "label starts with hyphen");
  EXPECT_EQ(problem("hostname", "a_b"), "invalid character '_'");
  EXPECT_EQ(problem("ipv4", "1.2.3.256"), "decimal must be between 0 and 255");
  EXPECT_EQ(problem("ipv4", "01.2.3.4"), "leading zeros");
  EXPECT_EQ(problem("ipv6", "::1"), "");
  EXPECT_EQ(problem("ipv6", "1::2::3").substr(0, 10), "ParseAddr(");
  EXPECT_EQ(problem("email", "a b@c.d"), "invalid character ' '");
  EXPECT_EQ(problem("email", "a@[1.2.3.4]"), "");
}

TEST(Formats, Times) {
  EXPECT_EQ(problem("date", "2020-02-29"), "");
  EXPECT_EQ(problem("date", "2021-02-29"), "parsing time \"2021-02-29\": day out of range");
  EXPECT_EQ(problem("time", "12:00:00Z"), "");
  EXPECT_EQ(problem("time", "12:00:60Z"), "invalid leap second");
  EXPECT_EQ(problem("date-time", "2020-01-02T03:04:05+01:00"), "");
  EXPECT_EQ(problem("duration", "P1DT2H"), "");
  EXPECT_EQ(problem("duration", "P1H"), "invalid unit 'H'");
  EXPECT_EQ(problem("period", "2020-01-02T03:04:05Z/P1D"), "");
}

TEST(Formats, Others) {
  EXPECT_EQ(problem("uri", "http://x.y/z?a#b"), "");
  EXPECT_EQ(problem("uri", "/z"), "relative url");
  EXPECT_EQ(problem("uri", "http://a b"), "parse \"http://a b\": invalid character \" \" in host name");
  EXPECT_EQ(problem("uuid", "123e4567-e89b-12d3-a456-42661417400g"), "non-hex character 'g'");
  EXPECT_EQ(problem("json-pointer", "/a~2"), "~ must be followed by 0 or 1");
  EXPECT_EQ(problem("regex", "("), "error parsing regexp: missing closing ): `(`");
  EXPECT_EQ(problem("semver", "1.0.0-01"), "pre-release numeric identifier starts with zero");
}

}  // namespace
}  // namespace weir::jsonschema
