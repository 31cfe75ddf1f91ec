#include "controllers/kustomize/substitute.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::kustomize_controller {
namespace {

const Variables kVariables{
    {"name", "web"},
    {"empty", ""},
    {"path", "/usr/local/bin"},
    {"mixed", "aBcD"},
    {"number", "3"},
    {"truth", "true"},
    {"quoted", "\"3\""},
    {"file", "app.tar.gz"}};

Result<json::Value> substituted(std::string_view object, const Variables& variables = kVariables) {
  SubstitutionPass pass{variables};
  return substitute_object(json::parse(object).value(), pass);
}

std::string text_of(std::string_view text, bool strict = true) {
  SubstitutionPass pass{kVariables, strict};
  auto out = substitute_text(text, pass);
  return out ? *out : "error: " + out.error().text();
}

TEST(Substitute, OnlyBracesCount) { EXPECT_EQ(text_of("${name} $name $ {name} $"), "web $name $ {name} $"); }

// `$$name` stayed as it was.
TEST(Substitute, ADoubledDollarIsOne) {
  EXPECT_EQ(text_of("$${name} $$name $$"), "${name} $name $");
  EXPECT_EQ(text_of("$$$${name}"), "$${name}");
  EXPECT_EQ(text_of("$$${name}"), "$web");
  EXPECT_EQ(text_of("$${a=${name}}"), "${a=web}");
  EXPECT_EQ(text_of("$${a"), "${a") << "nothing is open";
}

TEST(Substitute, DefaultsStandInForWhatIsMissingOrEmpty) {
  for (const auto* form : {"${x:=d}", "${x:-d}", "${x:?d}", "${x:+d}", "${x=d}", "${empty:=d}"}) {
    EXPECT_EQ(text_of(form), "d") << form;
  }
  EXPECT_EQ(text_of("${name:=d}"), "web");
  EXPECT_EQ(text_of("[${x:=}${x=}]"), "[]");
  EXPECT_EQ(text_of("${x:=${name}-${y:=z}}"), "web-z");
  EXPECT_EQ(text_of("${x:=$${name}}"), "$web") << "nothing is escaped inside of a default";
}

TEST(Substitute, StrictNamesTheVariableThatIsNotSet) {
  EXPECT_EQ(text_of("${x}"), "error: variable not set (strict mode): \"x\"");
  for (const auto* form : {"${x^^}", "${#x}", "${x#a}", "${x/a/b}", "${x:1}"}) {
    EXPECT_EQ(text_of(form), "error: variable not set (strict mode): \"x\"") << form;
  }
  EXPECT_EQ(text_of("[${x}${1}]", false), "[]");
  EXPECT_EQ(text_of("[${empty}]"), "[]") << "an empty value is a value";
}

TEST(Substitute, Functions) {
  EXPECT_EQ(text_of("${mixed^^} ${mixed,,} ${name^} ${mixed,}"), "ABCD abcd Web aBcD");
  EXPECT_EQ(text_of("${#name}"), "3");
  EXPECT_EQ(text_of("${path/\\/usr/X} ${path//\\//-}"), "X/local/bin -usr-local-bin");
  EXPECT_EQ(text_of("${file/%.gz/.xz} ${file/#app/lib}"), "app.tar.xz lib.tar.gz");
  EXPECT_EQ(text_of("${file/.gz/} ${file/#app/}"), "app.tar app.tar.gz") << "the second needs a replacement";
  EXPECT_EQ(text_of("${path##*/} ${path#*/} ${file%.*} ${file%%.*}"), "bin usr/local/bin app.tar app");
  EXPECT_EQ(text_of("${path#${name}} ${path#${mixed:=*}}"), "/usr/local/bin /usr/local/bin");
}

TEST(Substitute, PositionsMayCountFromTheEnd) {
  EXPECT_EQ(text_of("${mixed:1} ${mixed:1:2} ${mixed:9}"), "BcD Bc ");
  EXPECT_EQ(
      text_of("${path:0:-1} ${path:5:-4} ${path:${number}:2} ${path:-3}"), "/usr/local/bi local r/ /usr/local/bin"
  ) << ":- begins a default";
  EXPECT_EQ(text_of("${path: -4} ${path:x} ${path:1:x}"), "/usr/local/bin /usr/local/bin /usr/local/bin")
      << "what is no number counts for nothing";
  EXPECT_EQ(text_of("${path:4:-20}${path:99:1}${path:99:-1}"), "");
  EXPECT_EQ(text_of("${path:1:99999999999999999999}"), "/usr/local/bin");
}

TEST(Substitute, BrokenExpressionsAreErrors) {
  EXPECT_EQ(text_of("${name"), "error: expected } after ${name");
  EXPECT_EQ(text_of("${}"), "error: expected a variable name after ${");
  EXPECT_EQ(text_of("${-x}"), "error: expected a variable name after ${");
  EXPECT_EQ(text_of("${name:=x"), "error: expected a parameter after \"name\"");
  for (const auto* form :
       {"${a-b}",
        "${unset-d}",
        "${a-}",
        "${a+b}",
        "${a?b}",
        "${a:1:2${a}}",
        "${a#}",
        "${a#x${a}}",
        "${a/x}",
        "${a^^^}",
        "${#a:1}"})
    EXPECT_TRUE(text_of(form, false).starts_with("error: expected ")) << form;
  std::string deep = "x";
  for (int i = 0; i < 100; ++i) deep = "${y:=" + deep + "}";
  EXPECT_EQ(text_of(deep), "error: variables are nested too deeply");
}

TEST(Substitute, TypesAreFoundAnew) {
  EXPECT_EQ(
      json::write(
          substituted(R"({"a":"${number}","b":"${truth}","c":"${quoted}","d":"${empty}","e":"x${number}"})").value()
      ),
      R"({"a":3,"b":true,"c":"3","d":null,"e":"x3"})"
  );
}

// A date became a time.
TEST(Substitute, ADateStaysTheTextThatItIs) {
  const Variables dates{{"day", "2024-05-01"}, {"time", "2001-12-14t21:59:43.10-05:00"}};
  EXPECT_EQ(
      json::write(substituted(R"({"a":"${day}","b":"${time}"})", dates).value()),
      R"({"a":"2024-05-01","b":"2001-12-14t21:59:43.10-05:00"})"
  );
}

TEST(Substitute, ObjectsWithoutVariablesStayAsTheyAre) {
  constexpr std::string_view kObject = R"({"z":"1","a":"yes","n":1.0})";
  EXPECT_EQ(json::write(substituted(kObject).value()), kObject);
}

TEST(Substitute, AResultThatIsNoYamlTellsNoValue) {
  const Variables secret{{"s", "a: b: s3cr3t"}};
  const auto out = substituted(R"({"x":"${s}"})", secret);
  ASSERT_TRUE(out.has_error());
  EXPECT_EQ(out.error().text().find("s3cr3t"), std::string::npos);
}

TEST(Substitute, WhatASecretBecameIsHidden) {
  const Variables variables{{"pw", "hunter2"}, {"day", "monday"}};
  SubstitutionPass pass{variables};
  pass.secrets = {"pw"};
  ASSERT_TRUE(substitute_object(json::parse(R"({"plain":"${day^^}"})").value(), pass));
  EXPECT_TRUE(pass.hidden.empty());
  const auto object =
      json::parse(R"({"a":"${pw^^}","b":"x-${none:=${pw/2/3}}","c":"${day^}","d":"as it was"})").value();
  ASSERT_TRUE(substitute_object(object, pass));
  EXPECT_EQ(pass.hidden, (std::set<std::string>{"HUNTER2", "hunter3", "x-hunter3", "Monday"}));
}

// Small inputs that made gigabytes, or kept a thread for ever.
TEST(Substitute, APassPutsOutOnlySoMuch) {
  const Variables variables{{"v", std::string(1000, 'a')}};
  std::string text;
  for (int i = 0; i < 300; ++i) text += "${v}";
  SubstitutionPass pass{variables};
  pass.bytes_left = 500'000;
  EXPECT_TRUE(substitute_text(text, pass));
  EXPECT_EQ(substitute_text(text, pass).error().text(), "the results of the variables are too long")
      << "all texts together";
  SubstitutionPass replacing{variables};
  replacing.bytes_left = 500'000;
  EXPECT_EQ(
      substitute_text(text::cat("${v//a/", std::string(1000, 'b'), "}"), replacing).error().text(),
      "the results of the variables are too long"
  );
}

TEST(Substitute, PatternsCostOnlySoMuch) {
  const Variables variables{{"v", std::string(1'000, 'a')}};
  SubstitutionPass pass{variables};
  EXPECT_EQ(substitute_text("${v##*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b}", pass).value(), variables.reveal("v"));
  SubstitutionPass poor{variables};
  poor.steps = Steps{10'000};
  EXPECT_EQ(substitute_text("${v##*a*a*b}", poor).error().text(), "the patterns of the variables take too long");
}

TEST(Substitute, AliasesInResultsCopyOnlySoMuch) {
  const Variables variables{{"v", "[&a [1, 2, 3], *a, *a, *a, *a]"}};
  SubstitutionPass pass{variables};
  pass.aliases = yaml::AliasBudget{20};
  const auto object = json::parse(R"({"x":"${v}"})").value();
  EXPECT_TRUE(substitute_object(object, pass));
  EXPECT_EQ(substitute_object(object, pass).error().message, "the result of the substitution is no valid YAML");
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
