// A chart that wants too much ends in an error that names it.
#include <chrono>
#include <stop_token>
#include <thread>

#include <gmock/gmock.h>

#include "pkg/helm/functions/functions.hpp"
#include "pkg/helm/functions/system_outside.hpp"
#include "test/unit/helm/render_support.hpp"

namespace weir::helm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

RenderInput bomb(const std::string& text, const std::string& values = "{}", const Texts& more = {}) {
  Texts files{{"templates/bomb.yaml", text}};
  files.insert(files.end(), more.begin(), more.end());
  auto input = input_of(make_chart("demo", files), values);
  input.limits.steps = 3'000'000;
  input.limits.output_bytes = 1U << 20U;
  input.limits.memory_bytes = 32U << 20U;
  return input;
}

std::string words_of(const RenderInput& input) {
  const auto rendered = render(input);
  return rendered ? "rendered" : rendered.error().words;
}

TEST(RenderLimits, LoopsWithoutEndTakeTooManySteps) {
  EXPECT_THAT(
      words_of(bomb("{{ range 9000000000 }}{{ end }}")),
      AllOf(HasSubstr("demo/templates/bomb.yaml:1:"), HasSubstr("rendering takes more than 3000000 steps"))
  );
}

TEST(RenderLimits, StepsCountForTheWholeRelease) {
  const std::string part = "{{ range 2000000 }}{{ end }}";
  EXPECT_THAT(
      words_of(bomb(part, "{}", {{"templates/a", part}})), HasSubstr("rendering takes more than 3000000 steps")
  );
}

TEST(RenderLimits, TemplatesThatCallEachOtherEnd) {
  const Texts helper{
      {"templates/_h.tpl",
       "{{ define \"a\" }}{{ include \"b\" . }}{{ end }}{{ define \"b\" }}{{ include \"a\" . }}{{ end }}"}};
  EXPECT_THAT(
      words_of(bomb("{{ include \"a\" . }}", "{}", helper)),
      AllOf(
          HasSubstr("demo/templates/bomb.yaml:1:3"),
          testing::AnyOf(HasSubstr("nested reference name"), HasSubstr("nested too deep"))
      )
  );
  const Texts calls{{"templates/_h.tpl", "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}"}};
  EXPECT_THAT(words_of(bomb("{{ template \"a\" . }}", "{}", calls)), HasSubstr("demo/templates/_h.tpl:1:"));
  EXPECT_THAT(
      words_of(bomb("{{ tpl .Values.t . }}", R"({"t":"{{ tpl .Values.t . }}"})")),
      AllOf(HasSubstr("demo/templates/bomb.yaml:1:3"), HasSubstr("rendering is nested too deep"))
  );
}

TEST(RenderLimits, ManyIncludesInsideEachOtherDoNotExhaustTheStack) {
  std::string blocks = "{{ define \"a\" }}";
  for (int i = 0; i < 50; ++i) blocks += "{{ if true }}{{ with . }}";
  blocks += "{{ include \"a\" . }}";
  for (int i = 0; i < 50; ++i) blocks += "{{ end }}{{ end }}";
  EXPECT_THAT(
      words_of(bomb("{{ include \"a\" . }}", "{}", {{"templates/_h.tpl", blocks + "{{ end }}"}})),
      HasSubstr("nested too deep")
  );
}

TEST(RenderLimits, TextsThatGrowAreTooLarge) {
  for (const char* text :
       {"{{ repeat 9000000000 \"x\" }}",
        "{{ $s := \"xx\" }}{{ range 100 }}{{ $s = print $s $s }}{{ end }}",
        "{{ range 100000 }}0123456789abcdef{{ end }}",
        "{{ tpl (repeat 9000 \"{{ repeat 200 `x` }}\") . }}"}) {
    EXPECT_THAT(
        words_of(bomb(text)),
        AllOf(HasSubstr("demo/templates/bomb.yaml:1:"), HasSubstr("a text of more than 1048576 bytes"))
    ) << text;
  }
}

TEST(RenderLimits, WhatIsKeptFillsOnlySoMuchMemory) {
  for (const char* text :
       {"{{ $l := list }}{{ range 1000 }}{{ $l = append $l (repeat 1000000 \"x\") }}{{ end }}",
        "{{ $d := dict }}{{ range $i := until 100000 }}{{ $_ := set $d (printf \"%0500d\" $i) $i }}{{ end }}"}) {
    EXPECT_THAT(words_of(bomb(text)), HasSubstr("rendering takes more than 33554432 bytes of memory")) << text;
  }
}

TEST(RenderLimits, TreesOfTemplatesCountBeforeTheyAreMade) {
  std::string actions;
  for (int i = 0; i < 100'000; ++i) actions += "{{ 1 }}";
  EXPECT_EQ(
      words_of(bomb(actions)), "demo/templates/bomb.yaml: the chart's templates take more than 33554432 bytes of memory"
  );
  EXPECT_THAT(
      words_of(bomb("{{ tpl (repeat 100000 \"{{ 1 }}\") . }}")),
      HasSubstr("error calling tpl: rendering takes more than 33554432 bytes of memory")
  );
}

TEST(RenderLimits, NumbersCountBeforeTheyAreAList) {
  EXPECT_THAT(
      words_of(bomb("{{ until 2500000 | len }}")), HasSubstr("rendering takes more than 33554432 bytes of memory")
  );
}

TEST(RenderLimits, YamlOfAListThatHoldsItselfManyTimesIsTooLarge) {
  auto input = bomb("{{ $l := list 1 }}{{ range 40 }}{{ $l = list $l $l }}{{ end }}{{ toYaml $l }}");
  input.functions = std::make_shared<const templates::Functions>(chart_functions(system_outside()));
  EXPECT_THAT(words_of(input), HasSubstr("error calling toYaml: a text of more than 1048576 bytes"));
}

TEST(RenderLimits, HashesCostWhatTheyTake) {
  auto input = bomb("{{ bcrypt \"x\" | len }}{{ range 9 }}{{ bcrypt \"x\" }}{{ end }}");
  input.functions = std::make_shared<const templates::Functions>(chart_functions(system_outside()));
  EXPECT_THAT(words_of(input), HasSubstr("error calling bcrypt: rendering takes more than 3000000 steps"));
}

TEST(RenderLimits, TplThatDoublesEnds) {
  EXPECT_THAT(
      words_of(bomb(
          "{{ $_ := set .Values \"n\" 0 }}{{ tpl .Values.t . }}",
          R"({"t":"{{ if lt (int .Values.n) 60 }}{{ $n := add1 .Values.n }}{{ $_ := set .Values \"n\" $n }}{{ tpl .Values.t . }}{{ $_ := set .Values \"n\" $n }}{{ tpl .Values.t . }}{{ $_ := set .Values \"n\" (sub $n 1) }}{{ end }}"})"
      )),
      HasSubstr("demo/templates/bomb.yaml:1:")
  );
}

TEST(RenderLimits, AStopEndsTheRendering) {
  std::stop_source stop;
  auto input = bomb("{{ range 9000000000 }}{{ end }}");
  input.limits.steps = ~std::uint64_t{0};
  input.stop = stop.get_token();
  std::jthread stopper{[&stop] {
    std::this_thread::yield();
    stop.request_stop();
  }};
  EXPECT_THAT(words_of(input), AllOf(HasSubstr("demo/templates/bomb.yaml:1:"), HasSubstr("rendering was stopped")));
}

TEST(RenderLimits, AGraphThatHoldsItselfIsTakenApart) {
  EXPECT_EQ(
      text_of(
          "{{ $_ := set .Values \"self\" .Values }}{{ $_ := set . \"me\" . }}{{ .me.Values.self.self.a }}",
          R"({"a":"x"})"
      ),
      "x"
  );
}

}  // namespace
}  // namespace weir::helm
