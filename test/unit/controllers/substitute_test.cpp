#include "controllers/kustomize/substitute.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"

namespace weir::kustomize_controller {
namespace {

const Variables kVariables{{"name", "web"},     {"empty", ""},        {"path", "/usr/local/bin"},
                           {"mixed", "aBcD"},   {"number", "3"},      {"truth", "true"},
                           {"quoted", "\"3\""}, {"file", "app.tar.gz"}};

std::string text_of(std::string_view text, bool strict = true) {
  auto out = substitute_text(text, kVariables, strict);
  return out ? *out : "error: " + out.error().text();
}

TEST(Substitute, OnlyBracesCount) {
  EXPECT_EQ(text_of("${name} $name $$ {name}"), "web $name $$ {name}");
}

TEST(Substitute, ADoubledDollarEscapesTheOutermostExpression) {
  EXPECT_EQ(text_of("$${name}"), "${name}");
  EXPECT_EQ(text_of("$${a=${name}}"), "${a=web}");
}

TEST(Substitute, DefaultsStandInForWhatIsMissingOrEmpty) {
  for (const auto* form : {"${x:=d}", "${x:-d}", "${x=d}", "${x-d}", "${empty:=d}"}) {
    EXPECT_EQ(text_of(form), "d") << form;
  }
  EXPECT_EQ(text_of("${name:=d}"), "web");
  EXPECT_EQ(text_of("${x:=${name}-${y:=z}}"), "web-z");
}

TEST(Substitute, StrictNamesTheVariableThatIsNotSet) {
  EXPECT_EQ(text_of("${x}"), "error: variable not set (strict mode): \"x\"");
  EXPECT_EQ(text_of("${x^^}"), "error: variable not set (strict mode): \"x\"");
  EXPECT_EQ(text_of("[${x}]", false), "[]");
  EXPECT_EQ(text_of("[${empty}]"), "[]") << "an empty value is a value";
}

TEST(Substitute, Functions) {
  EXPECT_EQ(text_of("${mixed^^} ${mixed,,} ${name^} ${mixed,}"), "ABCD abcd Web aBcD");
  EXPECT_EQ(text_of("${#name}"), "3");
  EXPECT_EQ(text_of("${mixed:1} ${mixed:1:2} ${mixed:9}"), "BcD Bc ");
  EXPECT_EQ(text_of("${path/\\/usr/X} ${path//\\//-}"), "X/local/bin -usr-local-bin");
  EXPECT_EQ(text_of("${file/%.gz/.xz} ${file/#app/lib}"), "app.tar.xz lib.tar.gz");
  EXPECT_EQ(text_of("${path##*/} ${path#*/} ${file%.*} ${file%%.*}"), "bin usr/local/bin app.tar app");
}

TEST(Substitute, BrokenExpressionsAreErrors) {
  EXPECT_EQ(text_of("${name"), "error: expected } after ${name");
  EXPECT_EQ(text_of("${}"), "error: expected a variable name after ${");
  EXPECT_EQ(text_of("${1x}"), "error: expected a variable name after ${");
  EXPECT_EQ(text_of("${name:=x"), "error: a ${ is not closed");
  EXPECT_EQ(text_of("${mixed:x}"), "error: expected a number after ${mixed:, got \"x\"");
  std::string deep = "x";
  for (int i = 0; i < 100; ++i) deep = "${y:=" + deep + "}";
  EXPECT_EQ(text_of(deep), "error: variables are nested too deeply");
}

TEST(Substitute, TypesAreFoundAnew) {
  const auto object = json::parse(R"({"a":"${number}","b":"${truth}","c":"${quoted}","d":"${empty}","e":"x${number}"})");
  EXPECT_EQ(
      json::write(substitute_object(*object, kVariables, true).value()),
      R"({"a":3,"b":true,"c":"3","d":null,"e":"x3"})"
  );
}

TEST(Substitute, ObjectsWithoutVariablesStayAsTheyAre) {
  const auto object = json::parse(R"({"z":"1","a":"yes","n":1.0})");
  EXPECT_EQ(json::write(substitute_object(*object, kVariables, true).value()), R"({"z":"1","a":"yes","n":1.0})");
}

TEST(Substitute, AResultThatIsNoYamlTellsNoValue) {
  const Variables secret{{"s", "a: b: s3cr3t"}};
  const auto object = json::parse(R"({"x":"${s}"})");
  const auto out = substitute_object(*object, secret, true);
  ASSERT_TRUE(out.has_error());
  EXPECT_EQ(out.error().text().find("s3cr3t"), std::string::npos);
}

TEST(Substitute, VariableNames) {
  EXPECT_TRUE(check_variable_name("_a1").has_value());
  EXPECT_TRUE(check_variable_name("1a").has_error());
  EXPECT_EQ(
      check_variable_name("a-b").error().message,
      "'a-b' var name is invalid, must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'"
  );
}

}  // namespace
}  // namespace weir::kustomize_controller
