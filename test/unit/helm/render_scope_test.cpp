// What templates see, and what they do to it.
#include <gmock/gmock.h>

#include "test/unit/helm/render_support.hpp"

namespace weir::helm {
namespace {

TEST(RenderScope, ValuesKeepTheirKindsOfNumber) {
  EXPECT_EQ(
      text_of(
          "{{ .Values.f }} {{ typeOf .Values.f }} {{ .Values.i }} {{ typeOf .Values.i }}",
          R"({"f":1000000.0,"i":1000000})"
      ),
      "1e+06 float64 1000000 int64"
  );
}

TEST(RenderScope, TypesAreNamedAsInHelm) {
  EXPECT_EQ(
      text_of(
          "{{ typeOf . }} {{ typeOf .Values }} {{ typeOf .Values.a }} {{ typeOf .Template }} {{ typeOf .Files }} "
          "{{ kindOf .Values }} {{ typeOf .Chart }} {{ typeOf .Subcharts }} {{ printf \"%T\" .Release.Revision }}",
          R"({"a":{}})"
      ),
      "common.Values common.Values map[string]interface {} common.Values engine.files map map[string]interface {} "
      "map[string]interface {} int"
  );
  EXPECT_EQ(
      text_of("{{ printf \"%T %T %T\" .Capabilities .Capabilities.APIVersions .Capabilities.KubeVersion }}"),
      "*common.Capabilities common.VersionSet common.KubeVersion"
  );
}

TEST(RenderScope, AMapOfValuesGoesWhereADictionaryIsWanted) {
  EXPECT_EQ(
      text_of("{{ keys .Values }} {{ typeOf (set .Values \"b\" 1) }} {{ .Values }}", R"({"a":true})"),
      "[a] map[string]interface {} map[a:true b:1]"
  );
}

TEST(RenderScope, TheVersionOfHelmHasItsNamesInJson) {
  EXPECT_EQ(
      text_of("{{ toJson .Capabilities.HelmVersion }}"),
      R"({"version":"v4.2","go_version":"go1.26.8","kube_client_version":"v1.36"})"
  );
  EXPECT_EQ(text_of("{{ .Capabilities.HelmVersion }}"), "{v4.2   go1.26.8 v1.36}");
}

TEST(RenderScope, CapabilitiesTellVersions) {
  EXPECT_EQ(
      text_of("{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion }} "
              "{{ .Capabilities.KubeVersion.GitVersion }} {{ .Capabilities.KubeVersion.Minor }} "
              "{{ .Capabilities.APIVersions.Has \"apps/v1\" }} {{ .Capabilities.APIVersions.Has \"apps/v2\" }} "
              "{{ .Capabilities.HelmVersion.Version }}"),
      "v1.33.0-x.1 v1.33.0 v1.33.0-x.1 33 true false v4.2"
  );
  EXPECT_EQ(text_of("{{ range .Capabilities.APIVersions }}<{{ . }}>{{ end }}"), "<v1><apps/v1>");
}

TEST(RenderScope, ReleaseTellsInstallFromUpgrade) {
  auto input = input_of(make_chart(
      "demo",
      {{"templates/x",
        "{{ .Release.Name }}/{{ .Release.Namespace }} "
        "{{ .Release.IsInstall }} {{ .Release.IsUpgrade }} "
        "{{ .Release.Revision }} {{ .Release.Service }}"}}
  ));
  EXPECT_EQ(texts_of(input)["demo/templates/x"], "rel/ns true false 1 Helm");
  input.release.is_upgrade = true;
  input.release.revision = 7;
  EXPECT_EQ(texts_of(input)["demo/templates/x"], "rel/ns false true 7 Helm");
}

TEST(RenderScope, ChartHasCapitalKeysAndNothingElse) {
  EXPECT_EQ(
      text_of("{{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.IsRoot }} [{{ .Chart.name }}] [{{ .Chart.Absent }}]"),
      "demo 1.2.3 true [] []"
  );
}

TEST(RenderScope, AnnotationsThatAreNotThereAreNull) {
  EXPECT_EQ(
      text_of("{{ .Chart.Annotations | toJson }} {{ .Chart.Annotations }} [{{ .Chart.Annotations.x }}] "
              "{{ typeOf .Chart.Annotations }} {{ range .Chart.Annotations }}x{{ else }}none{{ end }}"),
      "null map[] [] map[string]string none"
  );
}

TEST(RenderScope, FilesAreParsedAndExecutedFromBelowAndBackwards) {
  const std::string count = "{{ $n := .Values.n | default 0 | int | add 1 }}{{ $_ := set .Values \"n\" $n }}{{ $n }}";
  const auto child = make_chart("sub", {{"templates/z", "{{ .Values.n | default 0 }}"}});
  const auto chart =
      make_chart("demo", {{"templates/a", count}, {"templates/b", count}, {"templates/deep/er/a", count}}, {child});
  EXPECT_THAT(
      texts_of(input_of(chart)),
      testing::ElementsAre(
          testing::Pair("demo/charts/sub/templates/z", "0"),
          testing::Pair("demo/templates/a", "3"),
          testing::Pair("demo/templates/b", "2"),
          testing::Pair("demo/templates/deep/er/a", "1")
      )
  );
}

TEST(RenderScope, ADefineNearTheTopWins) {
  const auto who = [](const std::string& answer) { return "{{ define \"who\" }}" + answer + "{{ end }}"; };
  const auto child =
      make_chart("sub", {{"templates/_a.tpl", who("child")}, {"templates/x", "{{ include \"who\" . }}"}});
  const auto chart =
      make_chart("demo", {{"templates/_a.tpl", who("early")}, {"templates/_b.tpl", who("late")}}, {child});
  EXPECT_EQ(texts_of(input_of(chart))["demo/charts/sub/templates/x"], "early");
}

TEST(RenderScope, WhatASubchartSetsItsParentSees) {
  const auto child = make_chart("sub", {{"templates/x", "{{ $_ := set .Values \"seen\" \"yes\" }}"}});
  const auto chart =
      make_chart("demo", {{"templates/a", "{{ .Values.sub.seen }} {{ .Subcharts.sub.Values.seen }}"}}, {child});
  EXPECT_EQ(texts_of(input_of(chart, R"({"sub":{}})"))["demo/templates/a"], "yes yes");
}

TEST(RenderScope, TablesInGlobalsAreTheSameForAllCharts) {
  const auto child = make_chart("sub", {{"templates/x", "{{ $_ := set .Values.global.a.b \"seen\" \"yes\" }}"}});
  const auto chart = make_chart("demo", {{"templates/a", "{{ .Values.global.a.b.seen }}"}}, {child});
  EXPECT_EQ(
      texts_of(input_of(chart, R"({"global":{"a":{"b":{}}},"sub":{"global":{"a":{"b":{}}}}})"))["demo/templates/a"],
      "yes"
  );
}

TEST(RenderScope, SubchartsWithoutValuesHaveAnEmptyMap) {
  const auto child = make_chart("sub", {{"templates/x", "{{ .Values }}{{ .Chart.IsRoot }}"}});
  EXPECT_EQ(texts_of(input_of(make_chart("demo", {}, {child})))["demo/charts/sub/templates/x"], "map[]false");
}

TEST(RenderScope, TemplateTellsTheFileThatIsRendered) {
  const Texts files{
      {"templates/_h.tpl", "{{ define \"who\" }}{{ .Template.Name }}{{ end }}"},
      {"templates/deep/x", "{{ include \"who\" . }} {{ .Template.BasePath }} {{ tpl \"{{ .Template.Name }}\" . }}"}};
  EXPECT_EQ(
      texts_of(input_of(make_chart("demo", files)))["demo/templates/deep/x"],
      "demo/templates/deep/x demo/templates demo/templates/deep/x"
  );
}

TEST(RenderScope, OfALibraryOnlyPartialsAreUsed) {
  auto library =
      make_chart("lib", {{"templates/_h.tpl", "{{ define \"lib.x\" }}from lib{{ end }}"}, {"templates/y", "never"}});
  library->metadata.type = "library";
  const auto chart = make_chart("demo", {{"templates/x", "{{ include \"lib.x\" . }}"}}, {library});
  EXPECT_THAT(texts_of(input_of(chart)), testing::ElementsAre(testing::Pair("demo/templates/x", "from lib")));
}

TEST(RenderScope, NotesStandApart) {
  const auto child = make_chart("sub", {{"templates/NOTES.txt", "child {{ .Chart.Name }}"}});
  const auto chart =
      make_chart("demo", {{"templates/NOTES.txt", "hello {{ .Release.Name }}"}, {"templates/x", "x"}}, {child});
  const auto rendered = render(input_of(chart));
  ASSERT_TRUE(rendered);
  EXPECT_EQ(rendered->notes, "hello rel");
  EXPECT_EQ(rendered->all_notes, "child sub\nhello rel");
  ASSERT_EQ(rendered->files.size(), 1U);
  EXPECT_EQ(rendered->files[0].name, "demo/templates/x");
}

TEST(RenderScope, AMissingValuePrintsAsNothing) {
  EXPECT_EQ(text_of("[{{ .Values.absent }}] [{{ .Values.a.absent }}] <no value>", R"({"a":{}})"), "[] [] ");
}

TEST(RenderScope, TheInputIsNotChanged) {
  const auto input = input_of(
      make_chart("demo", {{"templates/x", "{{ .Values.n }}{{ $_ := set .Values \"n\" 2 }}{{ $_ := set . \"me\" . }}"}}),
      R"({"n":1})"
  );
  EXPECT_EQ(texts_of(input)["demo/templates/x"], "1");
  EXPECT_EQ(texts_of(input)["demo/templates/x"], "1");
}

}  // namespace
}  // namespace weir::helm
