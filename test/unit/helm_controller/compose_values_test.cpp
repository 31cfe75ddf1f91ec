#include "controllers/helm/compose_values.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pkg/helm/storage/go_json_text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::helm_controller {
namespace {

struct Given {
  std::string target_path;
  std::string text;
  bool literal = false;
};

std::string composed(const char* inline_values, const std::vector<Given>& given) {
  ValuesComposer composer{json::parse(inline_values).value()};
  for (const auto& one : given) {
    api::helm::ValuesReference reference;
    reference.target_path = one.target_path;
    reference.literal = one.literal;
    const auto done = composer.add(reference, one.text);
    if (!done) return done.error().text();
  }
  std::string out;
  helm::append_go_json(out, std::move(composer).finish());
  return out;
}

TEST(ComposeValuesTest, LaterFilesWinOverEarlierOnesAndInlineValuesOverAll) {
  EXPECT_EQ(
      composed(R"({"c": 9, "m": {"r": 1}})", {{"", "a: 1\nb: 1\nc: 1\nm: {p: 1, r: 0}"}, {"", "b: 2\nm: {q: 2}"}}),
      R"({"a":1,"b":2,"c":9,"m":{"p":1,"q":2,"r":1}})"
  );
  EXPECT_EQ(composed("null", {}), "{}");
  EXPECT_EQ(composed("null", {{"", ""}}), "{}");
  // A null stays: it takes the chart's own value away later.
  EXPECT_EQ(composed(R"({"a": null})", {{"", "a: 1"}}), R"({"a":null})");
}

TEST(ComposeValuesTest, AKeyThatYamlReadsAsABooleanIsOne) {
  EXPECT_EQ(composed("{}", {{"", "y: 1"}}), R"({"true":1})");
}

// The rules below were observed on helm-controller 1.6.4.
TEST(ComposeValuesTest, AtTheTopInlineValuesWinOverATargetPath) {
  EXPECT_EQ(composed(R"({"a": "inline"})", {{"a", "secret"}}), R"({"a":"inline"})");
}

TEST(ComposeValuesTest, BelowATableOfInlineValuesAloneTheTargetPathWins) {
  EXPECT_EQ(composed(R"({"m": {"a": "inline"}})", {{"m.a", "secret"}}), R"({"m":{"a":"secret"}})");
  EXPECT_EQ(composed(R"({"m": {"n": {"a": "inline"}}})", {{"m.n.a", "secret"}}), R"({"m":{"n":{"a":"secret"}}})");
  EXPECT_EQ(composed(R"({"l": [{"a": "inline"}]})", {{"l[0].a", "secret"}}), R"({"l":[{"a":"secret"}]})");
}

TEST(ComposeValuesTest, BelowATableThatAFileHasTooInlineValuesWin) {
  EXPECT_EQ(
      composed(R"({"m": {"a": "inline"}})", {{"", "m: {b: 1}"}, {"m.a", "secret"}}), R"({"m":{"a":"inline","b":1}})"
  );
  // One table further down it is theirs alone again.
  EXPECT_EQ(
      composed(R"({"m": {"n": {"a": "inline"}}})", {{"", "m: {b: 1}"}, {"m.n.a", "secret"}}),
      R"({"m":{"b":1,"n":{"a":"secret"}}})"
  );
}

TEST(ComposeValuesTest, AfterOneTargetPathTheTableIsNoLongerTheirsAlone) {
  EXPECT_EQ(
      composed(R"({"m": {"a": "inline", "b": "inline"}})", {{"m.a", "first"}, {"m.b", "second"}}),
      R"({"m":{"a":"first","b":"inline"}})"
  );
}

TEST(ComposeValuesTest, ALaterFileWinsOverATargetPath) {
  EXPECT_EQ(composed("{}", {{"a", "secret"}, {"", "a: file"}}), R"({"a":"file"})");
}

TEST(ComposeValuesTest, TextsAtATargetPathAreReadAsSetDoes) {
  EXPECT_EQ(composed("{}", {{"a", "5"}, {"b", "true"}, {"c", "null"}}), R"({"a":5,"b":true,"c":null})");
  EXPECT_EQ(composed("{}", {{"a", "'007'"}}), R"({"a":"007"})");
  EXPECT_EQ(composed("{}", {{"a", "\"'7'\""}}), R"({"a":"7"})");
  EXPECT_EQ(composed("{}", {{"a", "''"}}), R"({"a":""})");
  EXPECT_EQ(composed("{}", {{"nest.c", "a,b=c"}}), R"({"b":"c","nest":{"c":"a"}})");
  EXPECT_EQ(composed("{}", {{"nest.c", "a,b=c", true}}), R"({"nest":{"c":"a,b=c"}})");
  EXPECT_EQ(composed("{}", {{"a", "line\n"}}), R"({"a":"line\n"})");
  EXPECT_EQ(composed("{}", {{R"(a\.b)", "x"}}), R"({"a.b":"x"})");
}

TEST(ComposeValuesTest, WhatReplacesATableLeavesInlineValuesAlone) {
  EXPECT_EQ(composed(R"({"m": {"a": 1}})", {{"m", "text"}}), R"({"m":{"a":1}})");
}

TEST(ComposeValuesTest, WhatIsNoYamlIsRefused) {
  EXPECT_EQ(composed("{}", {{"", "a: [1"}}).substr(0, 10), "cannot unm");
  EXPECT_NE(composed("{}", {{"", "- 1"}}).find("cannot unmarshal"), std::string::npos);
}

}  // namespace
}  // namespace weir::helm_controller
