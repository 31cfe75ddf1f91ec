// Which functions there are, those of the caller's own, and sets of templates.
#include <gmock/gmock.h>

#include "pkg/template/template.hpp"

namespace weir::templates {
namespace {

using testing::HasSubstr;

std::string render(std::string_view text) {
  const auto parsed = Template::parse("t", text);
  if (!parsed) return parsed.error().text();
  const auto out = parsed->render({});
  return out ? *out : out.error().text();
}

TEST(TemplateFunctions, WhatDependsOnMoreThanItsArgumentsDoesNotParse) {
  for (const char* name :
       {"now",        "date",        "dateInZone",    "date_in_zone",      "htmlDate",       "htmlDateInZone",
        "dateModify", "ago",         "env",           "expandenv",         "getHostByName",  "randAlphaNum",
        "randAlpha",  "randNumeric", "randAscii",     "randBytes",         "randInt",        "shuffle",
        "uuidv4",     "genCA",       "genPrivateKey", "genSelfSignedCert", "genSignedCert",  "buildCustomCert",
        "bcrypt",     "htpasswd",    "encryptAES",    "decryptAES",        "derivePassword", "noSuchFunction"}) {
    EXPECT_EQ(
        render(std::string{"\n{{ "} + name + " 1 }}"),
        std::string{"template: t:2: function \""} + name + "\" not defined"
    );
  }
}

TEST(TemplateFunctions, OwnFunctionsStandBesideAndBeforeTheBuiltinOnes) {
  Options options;
  options.functions["shout"] = make_function([](Call&, const std::string& text) { return text + "!"; });
  options.functions["len"] = make_function([](Call&, const Value&) { return "own"; });
  const auto parsed = Template::parse("t", "{{ \"hi\" | shout }} {{ len 1 }}", std::move(options));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed->render({}), "hi! own");
}

TEST(TemplateFunctions, BreakAndContinueCanBeFunctions) {
  Options options;
  options.functions["break"] = make_function([](Call&) { return "broken"; });
  const auto parsed = Template::parse("t", "{{ break }}", std::move(options));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed->render({}), "broken");
}

TEST(TemplateFunctions, RefuseNoValueAndNilByName) {
  EXPECT_THAT(
      render("{{ len .missing }}"), HasSubstr("error calling len: reflect: call of reflect.Value.Type on zero Value")
  );
  EXPECT_THAT(
      render("{{ len nil }}"), HasSubstr("error calling len: reflect: call of reflect.Value.Type on zero Value")
  );
  EXPECT_THAT(render("{{ call \"x\" }}"), HasSubstr("error calling call: non-function of type string"));
  EXPECT_THAT(render("{{ deepCopy nil }}"), HasSubstr("reflect: call of reflect.Value.Type on zero Value"));
}

TEST(TemplateFunctions, WordsBeyondAsciiStayWhole) {
  EXPECT_EQ(render("{{ nospace \"ä b\" }} {{ initials \"äpfel über\" }}"), "äb äü");
}

TEST(TemplateFunctions, RegularExpressionsThatAreNoneAreNamed) {
  EXPECT_THAT(
      render("{{ regexFind \"(\" \"a\" }}"),
      HasSubstr("error calling regexFind: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`")
  );
  EXPECT_THAT(
      render("{{ mustRegexMatch \"(\" \"a\" }}"),
      HasSubstr("error calling mustRegexMatch: error parsing regexp: missing closing ): `(`")
  );
}

TEST(TemplateFunctions, VersionsThatAreNoneAreNamed) {
  EXPECT_THAT(render("{{ semver \"x.y\" }}"), HasSubstr("error calling semver: "));
  EXPECT_THAT(render("{{ semverCompare \"^\" \"1.0.0\" }}"), HasSubstr("error calling semverCompare: "));
  EXPECT_THAT(
      render("{{ (semver \"1.0.0\").Compare 1 }}"), HasSubstr("can't handle 1 for arg of type *semver.Version")
  );
}

TEST(TemplateFunctions, JsonThatIsNoneIsRefusedByTheMustForm) {
  EXPECT_THAT(render("{{ mustFromJson \"{\" }}"), HasSubstr("error calling mustFromJson: "));
  EXPECT_THAT(render("{{ mustToJson 1i }}"), HasSubstr("error calling mustToJson: json: unsupported type: complex128"));
  EXPECT_EQ(render("{{ toJson 1i }}|"), "|");
}

TEST(TemplateFunctions, AddressesThatAreNoneAreNamed) {
  EXPECT_THAT(
      render("{{ urlParse \"%zz\" }}"), HasSubstr("unable to parse url: parse \"%zz\": invalid URL escape \"%zz\"")
  );
  EXPECT_THAT(render("{{ urlParse \"http://h:x\" }}"), HasSubstr("invalid port \":x\" after host"));
  EXPECT_THAT(render("{{ urlParse \":x\" }}"), HasSubstr("missing protocol scheme"));
}

TEST(TemplateSetTest, TemplatesCallEachOtherAcrossTexts) {
  TemplateSet set;
  ASSERT_TRUE(set.add("helpers", "{{ define \"name\" }}<{{ . }}>{{ end }}"));
  ASSERT_TRUE(set.add("main", "{{ template \"name\" \"x\" }}"));
  EXPECT_EQ(*set.render("main", {}), "<x>");
  EXPECT_TRUE(set.contains("name"));
  EXPECT_EQ(set.render("other", {}).error().text(), "template: no template \"other\"");
}

TEST(TemplateSetTest, ALaterTextReplacesATemplateUnlessItIsBlank) {
  TemplateSet set;
  ASSERT_TRUE(set.add("a", "one"));
  ASSERT_TRUE(set.add("a", " \n"));
  EXPECT_EQ(*set.render("a", {}), "one");
  ASSERT_TRUE(set.add("a", "two"));
  EXPECT_EQ(*set.render("a", {}), "two");
}

TEST(TemplateSetTest, AFunctionCanRenderAnotherTemplate) {
  Options options;
  options.functions["include"] =
      make_function([](Call& call, const std::string& name, const Value& data) { return call.render(name, data); });
  TemplateSet set{std::move(options)};
  ASSERT_TRUE(set.add("main", "{{ include \"part\" 5 | indent 2 }}{{ define \"part\" }}a\n{{ . }}{{ end }}"));
  EXPECT_EQ(*set.render("main", {}), "  a\n  5");
  ASSERT_TRUE(set.add("bad", "{{ include \"broken\" . }}{{ define \"broken\" }}{{ fail \"deep\" }}{{ end }}"));
  EXPECT_EQ(
      set.render("bad", {}).error().text(),
      "template: bad:1:3: executing \"bad\" at <include \"broken\" .>: error calling include: "
      "template: bad:1:48: "
      "executing \"broken\" at <fail \"deep\">: error calling fail: deep"
  );
  EXPECT_THAT(set.render("main", {}).value(), "  a\n  5");
}

}  // namespace
}  // namespace weir::templates
