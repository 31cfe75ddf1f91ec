// Errors in Helm's words, and what helps to find the fault.
#include <gmock/gmock.h>

#include "test/unit/helm/render_support.hpp"

namespace weir::helm {
namespace {

RenderFailure failure_of(const std::string& text, std::string_view values = "{}", const Texts& more = {}) {
  Texts files{{"templates/x.yaml", text}};
  files.insert(files.end(), more.begin(), more.end());
  const auto rendered = render(input_of(make_chart("demo", files), values));
  return rendered ? RenderFailure{} : rendered.error();
}

TEST(RenderErrors, AFaultOfATemplateIsABlock) {
  const auto failure = failure_of("a: 1\nb: {{ .Values.absent.key }}\n");
  EXPECT_EQ(
      failure.words,
      "demo/templates/x.yaml:2:13\n  executing \"demo/templates/x.yaml\" at <.Values.absent.key>:\n"
      "    nil pointer evaluating interface {}.key"
  );
  EXPECT_EQ(failure.place, "demo/templates/x.yaml:2:13");
  EXPECT_EQ(failure.source_line, "b: {{ .Values.absent.key }}");
  EXPECT_EQ(failure.value, ".Values.absent is null");
  EXPECT_EQ(failure.explanation(), "demo/templates/x.yaml:2:13: b: {{ .Values.absent.key }}\n.Values.absent is null");
}

TEST(RenderErrors, EveryIncludeIsABlockOfItsOwn) {
  const auto failure = failure_of(
      "x: {{ include \"outer\" . }}",
      R"({"n":5.0})",
      {{"templates/_h.tpl",
        "{{ define \"outer\" }}\n{{ include \"inner\" . }}{{ end }}{{ define \"inner\" }}\n\n{{ upper .Values.n }}{{ "
        "end }}"}}
  );
  EXPECT_EQ(
      failure.words,
      "demo/templates/x.yaml:1:6\n  executing \"demo/templates/x.yaml\" at <include \"outer\" .>:\n    error calling "
      "include:\n"
      "demo/templates/_h.tpl:2:3\n  executing \"outer\" at <include \"inner\" .>:\n    error calling include:\n"
      "demo/templates/_h.tpl:4:16\n  executing \"inner\" at <.Values.n>:\n"
      "    wrong type for value; expected string; got float64"
  );
  EXPECT_EQ(failure.place, "demo/templates/_h.tpl:4:16");
  EXPECT_EQ(failure.source_line, "{{ upper .Values.n }}{{ end }}");
  EXPECT_EQ(failure.value, ".Values.n is 5 (float64)");
}

TEST(RenderErrors, AFunctionsOwnWordsMakeItOneLine) {
  EXPECT_EQ(
      failure_of("{{ index .Values.l 5 }}", R"({"l":[1]})").words,
      "template: demo/templates/x.yaml:1:3: executing \"demo/templates/x.yaml\" at <index .Values.l 5>: error calling "
      "index: "
      "index out of range: 5"
  );
}

TEST(RenderErrors, TplTellsItsText) {
  const auto failure = failure_of("{{ tpl \"{{ .Values.a.b }}\" . }}");
  EXPECT_EQ(
      failure.words,
      "template: demo/templates/x.yaml:1:3: executing \"demo/templates/x.yaml\" at <tpl \"{{ .Values.a.b }}\" .>: "
      "error "
      "calling tpl: error during tpl function execution for \"{{ .Values.a.b }}\": template: gotpl:1:10: executing "
      "\"gotpl\" at <.Values.a.b>: nil pointer evaluating interface {}.b"
  );
  EXPECT_EQ(failure.place, "gotpl:1:10");
  EXPECT_EQ(failure.value, ".Values.a is null");
  EXPECT_EQ(
      failure_of("{{ tpl \"{{ nope }}\" . }}").words,
      "template: demo/templates/x.yaml:1:3: executing \"demo/templates/x.yaml\" at <tpl \"{{ nope }}\" .>: error "
      "calling "
      "tpl: cannot parse template \"{{ nope }}\": template: gotpl:1: function \"nope\" not defined"
  );
}

TEST(RenderErrors, WhatDoesNotParseIsToldWithItsLine) {
  const auto failure = failure_of("a\n{{ nope }}");
  EXPECT_EQ(failure.words, "parse error at (demo/templates/x.yaml:2): function \"nope\" not defined");
  EXPECT_EQ(failure.source_line, "{{ nope }}");
  EXPECT_EQ(failure_of("{{ if }}").words, "parse error at (demo/templates/x.yaml:1): missing value for if");
}

TEST(RenderErrors, RequiredInsideTplIsTheMessageAlone) {
  EXPECT_EQ(
      failure_of("{{ tpl .Values.t . }}", R"({"t":"{{ required \"give it\" .Values.x }}"})").words,
      "execution error at (demo/templates/x.yaml:1:3): give it"
  );
}

TEST(RenderErrors, TheValueAtFaultIsNamed) {
  EXPECT_EQ(failure_of("{{ $x := .Values }}{{ $x.a.b }}", R"({"a":"text"})").value, "$x.a is text (string)");
  EXPECT_EQ(failure_of("{{ $x := .Release.Name }}{{ $x.b }}").value, "$x is rel (string)");
  EXPECT_EQ(failure_of("{{ (dict \"a\" nil).a.b }}").value, "(dict \"a\" nil).a is null");
  EXPECT_EQ(failure_of("{{ with 5 }}{{ .b }}{{ end }}").value, ". is 5 (int)");
  EXPECT_EQ(failure_of("{{ upper .Values.l }}", R"({"l":[1.0,"a"]})").value, ".Values.l is [1 a] ([]interface {})");
}

TEST(RenderErrors, GoSaysWhatIsNoTextAndWhatIsNothing) {
  EXPECT_THAT(
      failure_of("{{ upper .Values.absent }}").words,
      testing::EndsWith("wrong type for value; expected string; got interface {}")
  );
  EXPECT_THAT(failure_of("{{ .Values.absent | upper }}").words, testing::EndsWith("invalid value; expected string"));
}

}  // namespace
}  // namespace weir::helm
