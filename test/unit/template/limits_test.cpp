// What a hostile template cannot do: run for ever, fill the memory, exhaust the stack.
#include <string>

#include <gmock/gmock.h>

#include "pkg/template/template.hpp"

namespace weir::templates {
namespace {

using testing::HasSubstr;

std::string repeated(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

std::string render(std::string_view text, const Limits& limits = {}) {
  const auto parsed = Template::parse("t", text);
  if (!parsed) return parsed.error().text();
  const auto out = parsed->render(Value::dict({}), limits);
  return out ? *out : out.error().text();
}

TEST(TemplateLimits, LongLoopsEnd) {
  EXPECT_THAT(render("{{ range 9000000000 }}{{ end }}"), HasSubstr("rendering takes more than 1000000 steps"));
  EXPECT_THAT(
      render("{{ range 10000 }}{{ range 10000 }}{{ end }}{{ end }}"),
      HasSubstr("rendering takes more than 1000000 steps")
  );
}

TEST(TemplateLimits, LargeOutputEnds) {
  Limits limits;
  limits.output_bytes = 100;
  EXPECT_EQ(render(repeated("x", 100), limits).size(), 100U);
  EXPECT_THAT(render(repeated("x", 101), limits), HasSubstr("a text of more than 100 bytes"));
  EXPECT_THAT(render("{{ range 60 }}ab{{ end }}", limits), HasSubstr("a text of more than 100 bytes"));
  EXPECT_THAT(render("{{ repeat 60 \"ab\" | len }}", limits), HasSubstr("a text of more than 100 bytes"));
}

TEST(TemplateLimits, FunctionsThatMultiplyTextEnd) {
  for (const char* text :
       {"{{ repeat 9000000000 \"x\" }}",
        "{{ indent 9000000000 \"x\" }}",
        "{{ printf \"%1000000d%1000000d\" 1 2 }}",
        "{{ printf \"%.1000000f%.1000000f\" 1.0 2.0 }}",
        "{{ replace \"\" (repeat 10000 \"x\") (repeat 10000 \"y\") }}",
        "{{ regexReplaceAll \"a\" (repeat 10000 \"a\") (repeat 10000 \"$0\") }}",
        "{{ join (repeat 10000 \"x\") (until 10000) }}",
        "{{ $s := \"xx\" }}{{ range 100 }}{{ $s = print $s $s }}{{ end }}",
        "{{ $l := list 1 1 }}{{ range 100 }}{{ $l = list $l $l }}{{ end }}{{ $l }}",
        "{{ $l := list 1 1 }}{{ range 100 }}{{ $l = concat $l $l }}{{ end }}",
        "{{ wrapWith 1 (repeat 10000 \"x\") (repeat 10000 \"y\") }}",
        "{{ until 9000000000 }}",
        "{{ untilStep 0 9000000000000000000 1 | len }}",
        "{{ untilStep 9000000000000000000 9223372036854775807 1000000000000000000 | len }}{{ seq 1 "
        "9000000000 }}"}) {
    EXPECT_THAT(render(text), testing::AnyOf(HasSubstr("a text of more than"), HasSubstr("rendering takes more than")))
        << text;
  }
}

TEST(TemplateLimits, TemplatesThatCallThemselvesEnd) {
  EXPECT_THAT(
      render("{{ define \"x\" }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}"),
      HasSubstr("exceeded maximum template depth (200)")
  );
  const std::string nested = repeated("{{ if true }}", 100) + "{{ template \"x\" }}" + repeated("{{ end }}", 100);
  EXPECT_THAT(
      render("{{ define \"x\" }}" + nested + "{{ end }}{{ template \"x\" }}"), HasSubstr("rendering is nested too deep")
  );
}

TEST(TemplateLimits, DeepNestingDoesNotParse) {
  constexpr const char* kMessage = "actions or parentheses are nested more than 300 deep";
  EXPECT_THAT(render(repeated("{{ if true }}", 1000)), HasSubstr(kMessage));
  EXPECT_THAT(render("{{ " + repeated("(", 10000) + "1 }}"), HasSubstr(kMessage));
  EXPECT_THAT(render("{{ if 0 }}" + repeated("{{ else if 0 }}", 1000) + "{{ end }}"), HasSubstr(kMessage));
  EXPECT_THAT(render(repeated("{{ block \"x\" . }}", 1000)), HasSubstr(kMessage));
  EXPECT_EQ(render("{{ " + repeated("(", 100) + "1" + repeated(")", 100) + " }}"), "1");
}

TEST(TemplateLimits, DeepValuesAreNeitherPrintedNorComparedNorCopied) {
  const std::string deep = "{{ $l := list 1 }}{{ range 20000 }}{{ $l = list $l }}{{ end }}";
  EXPECT_EQ(render(deep + "ok"), "ok");
  EXPECT_THAT(render(deep + "{{ $l }}"), HasSubstr("a value is nested too deep to print"));
  EXPECT_THAT(render(deep + "{{ deepEqual $l $l }}"), HasSubstr("a value is nested too deep to compare"));
  EXPECT_THAT(render(deep + "{{ deepCopy $l }}"), HasSubstr("a value is nested too deep"));
  EXPECT_THAT(render(deep + "{{ mustToJson $l }}"), HasSubstr("nested too deep"));
}

TEST(TemplateLimits, DictionariesThatHoldThemselvesDoNoHarm) {
  const std::string loop = "{{ $d := dict \"a\" 1 }}{{ $_ := set $d \"self\" $d }}";
  EXPECT_EQ(render(loop + "{{ $d.self.self.a }}"), "1");
  EXPECT_THAT(render(loop + "{{ $d }}"), HasSubstr("nested too deep"));
  EXPECT_THAT(render(loop + "{{ merge $d $d }}"), HasSubstr("nested too deep"));
  EXPECT_EQ(render("{{ $_ := set . \"root\" . }}{{ len .root.root }}"), "1");
}

TEST(TemplateLimits, ADictionaryCanBeChangedWhileItIsWalked) {
  EXPECT_EQ(
      render("{{ $d := dict \"a\" 1 \"b\" 2 }}{{ range $k, $v := $d }}{{ $_ := unset $d \"b\" }}{{ "
             "$_ := set $d (print $k $k) $v }}"
             "{{ $k }}{{ end }} {{ $d }}"),
      "ab map[a:1 aa:1 bb:2]"
  );
}

TEST(TemplateLimits, DataThatIsNestedTooDeepIsRefused) {
  Value data = Value::list({});
  for (int i = 0; i < 2000; ++i) data = Value::list({data});
  const auto parsed = Template::parse("t", "x");
  EXPECT_EQ(parsed->render(data).error().text(), "template: t: the data is nested too deep");
}

TEST(TemplateLimits, MessagesRepeatOnlyTheBeginningOfALongAction) {
  const std::string message = render("{{ fail \"x\" " + repeated("| print", 5000) + " }}");
  EXPECT_LT(message.size(), 1200U);
}

}  // namespace
}  // namespace weir::templates
