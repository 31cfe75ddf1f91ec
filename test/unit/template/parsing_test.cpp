#include <string>

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/template/template.hpp"

namespace weir::templates {
namespace {

std::string refusal(std::string_view text) {
  const auto parsed = Template::parse("t", text);
  return parsed ? "parsed" : text::cat(parsed.error().where, ": ", parsed.error().message);
}

std::string rendered(std::string_view text) {
  const auto parsed = Template::parse("t", text);
  if (!parsed) return parsed.error().message;
  const auto out = parsed->render(Value::dict({{"größe", "XL"}, {"a", Value::dict({{"b", "c"}})}}));
  return out ? *out : out.error().message;
}

TEST(Parsing, AnErrorIsOnTheLineOfTheLastTokenHoweverLongTheAction) {
  std::string action = "one\n{{ list";
  for (int i = 0; i < 100; ++i) action += "\n  1";
  EXPECT_EQ(refusal(action + "\n  = }}"), "template: t:103: unexpected \"=\" in operand");
  EXPECT_EQ(refusal(action + "\n"), "template: t:103: unclosed action started at t:2");
  EXPECT_EQ(refusal(action + " }}{{ list 1 }}\n{{ end }}"), "template: t:103: unexpected {{end}}");
}

TEST(Parsing, LineBreaksCountInTextsCommentsRawStringsAndBlanks) {
  EXPECT_EQ(
      refusal("a\nb{{/* c\nd */ -}}\n\n{{ `e\nf`\n }}{{ nope }}"), "template: t:7: function \"nope\" not defined"
  );
  EXPECT_EQ(refusal("a\n{{- /* c\n"), "template: t:2: unclosed comment");
  EXPECT_EQ(refusal("{{ if true }}\n\n"), "template: t:3: unexpected EOF");
}

TEST(Parsing, WordsMayHaveLettersOfUnicode) {
  EXPECT_EQ(rendered("{{ .größe }}{{ $ü := 1 }}{{ $ü }}"), "XL1");
  EXPECT_EQ(refusal("{{ .a→b }}"), "template: t:1: bad character U+2192 '→'");
  EXPECT_EQ(refusal("{{ → }}"), "template: t:1: unrecognized character in action: U+2192 '→'");
}

TEST(Parsing, TrimMarkersTakeBlanksAndStayOutOfWords) {
  EXPECT_EQ(rendered("x \n {{- 1 -}} \n y"), "x1y");
  EXPECT_EQ(rendered("{{ add 3 -2 }}"), "1");
  EXPECT_EQ(rendered("{{ .a.b -}}\n"), "c");
}

TEST(Parsing, StringsAreWhatTheySay) {
  EXPECT_EQ(rendered(R"({{ "plain" }}{{ "a\tb\"c" }}{{ "ü" }}{{ "" }})"), "plaina\tb\"cü");
  EXPECT_EQ(rendered("{{ `raw \\n \"x\"\r\n` }}"), "raw \\n \"x\"\n");
  EXPECT_EQ(refusal("{{ \"a\nb\" }}"), "template: t:1: unterminated quoted string");
  EXPECT_EQ(refusal("{{ \"a\\\n\" }}"), "template: t:1: unterminated quoted string");
  EXPECT_EQ(refusal(R"({{ "\z" }})"), "template: t:1: invalid syntax");
}

TEST(Parsing, FieldsOfConstantsAreRefused) {
  EXPECT_EQ(refusal("{{ true.a.b }}"), "template: t:1: unexpected . after term \"true\"");
  EXPECT_EQ(rendered("{{ (.a).b }}{{ with .a }}{{ $.a.b }}{{ end }}"), "cc");
}

}  // namespace
}  // namespace weir::templates
