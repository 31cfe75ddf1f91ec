// include, tpl, required, fail, lookup.
#include <gmock/gmock.h>

#include "pkg/base/text.hpp"
#include "test/unit/helm/render_support.hpp"

namespace weir::helm {
namespace {

const std::string kHelper = "templates/_h.tpl";

TEST(RenderFunctions, IncludeGivesTextForPipelines) {
  EXPECT_EQ(
      text_of("{{ include \"a\" 5 | indent 2 }}", "{}", {{kHelper, "{{ define \"a\" }}x\n{{ . }}{{ end }}"}}),
      "  x\n  5"
  );
}

TEST(RenderFunctions, ATemplateMayIncludeItselfAThousandTimes) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the stack of an instrumented program is too small";
#endif
  const Texts helper{
      {kHelper, "{{ define \"d\" }}{{ if gt (int .) 0 }}x{{ include \"d\" (sub (int .) 1) }}{{ end }}{{ end }}"}};
  EXPECT_EQ(text_of("{{ include \"d\" 1000 | len }}", "{}", helper), "1000");
  EXPECT_THAT(
      text_of("{{ include \"d\" 1001 | len }}", "{}", helper),
      testing::EndsWith("rendering template has a nested reference name: d: unable to execute template")
  );
}

TEST(RenderFunctions, TplSeesTheSetAndItsOwnDefinesOnly) {
  const Texts helper{{kHelper, "{{ define \"a\" }}outer{{ end }}"}};
  EXPECT_EQ(
      text_of("{{ tpl .Values.t . }}", R"({"t":"<{{ include \"a\" . }} {{ .Release.Name }}>"})", helper), "<outer rel>"
  );
  EXPECT_EQ(
      text_of(
          "{{ tpl .Values.t . }} {{ include \"a\" . }}",
          R"({"t":"{{ define \"a\" }}inner{{ end }}{{ include \"a\" . }}"})",
          helper
      ),
      "inner outer"
  );
  EXPECT_EQ(
      text_of("{{ tpl .Values.t . }}", R"({"t":"{{ define \"b\" }}b{{ end }}{{ tpl \"{{ include `b` . }}\" . }}"})"),
      "b"
  );
  EXPECT_EQ(
      text_of("{{ tpl .Values.t . }}{{ include \"b\" . }}", R"({"t":"{{ define \"b\" }}b{{ end }}"})"),
      "demo/templates/x.yaml:1:24\n  executing \"demo/templates/x.yaml\" at <include \"b\" .>:\n    error calling "
      "include:\n"
      "template: no template \"b\" associated with template \"gotpl\""
  );
}

TEST(RenderFunctions, TplOfPlainTextIsTheText) {
  EXPECT_EQ(text_of("{{ tpl \"plain\" . }}{{ tpl \"\" . }}{{ tpl \"a<no value>b\" . }}"), "plainab");
}

TEST(RenderFunctions, TplGivesNothingForWhatIsMissing) {
  EXPECT_EQ(text_of("{{ tpl \"[{{ .Values.absent }}]\" . | len }}"), "2");
}

TEST(RenderFunctions, RequiredRefusesOnlyNilAndTheEmptyText) {
  EXPECT_EQ(
      text_of("{{ required \"x\" .Values.f }}{{ required \"x\" .Values.z }}", R"({"f":false,"z":0.0})"), "false0"
  );
  EXPECT_EQ(
      text_of("a\n {{ required \"who is it?\" .Values.absent }}"),
      "execution error at (demo/templates/x.yaml:2:4): who is it?"
  );
  EXPECT_EQ(text_of("{{ required \"no\" \"\" }}"), "execution error at (demo/templates/x.yaml:1:3): no");
}

TEST(RenderFunctions, FailNamesTheOutermostPlace) {
  EXPECT_EQ(
      text_of("\n{{ include \"a\" . }}", "{}", {{kHelper, "{{ define \"a\" }}{{ fail \"one\\ntwo\" }}{{ end }}"}}),
      "execution error at (demo/templates/x.yaml:2:3): one\ntwo"
  );
}

TEST(RenderFunctions, LintGoesOnWithoutWhatIsRequired) {
  auto input = input_of(make_chart("demo", {{"templates/x", "[{{ required \"r\" .Values.a }}{{ fail \"f\" }}]"}}));
  input.strictness = Strictness::kLint;
  EXPECT_EQ(texts_of(input)["demo/templates/x"], "[]");
}

class OneSecret final : public Lookup {
 public:
  Result<json::Value> find(
      std::string_view api_version, std::string_view kind, std::string_view ns, std::string_view name
  ) override {
    asked = text::cat(api_version, " ", kind, " ", ns, " ", name);
    if (name == "gone") return json::Value::object();
    if (name == "forbidden") return InputError{"", "secrets \"forbidden\" is forbidden"};
    return json::parse(R"({"kind":"Secret","data":{"n":5}})").value();
  }
  std::string asked;
};

TEST(RenderFunctions, LookupAsksTheCluster) {
  OneSecret cluster;
  auto input = input_of(make_chart(
      "demo",
      {{"templates/x",
        "{{ with (lookup \"v1\" \"Secret\" \"ns\" \"s\").data }}{{ .n }}{{ end }} {{ lookup \"v1\" \"Secret\" \"ns\" "
        "\"gone\" }}"}}
  ));
  EXPECT_EQ(texts_of(input)["demo/templates/x"], " map[]");
  input.lookup = &cluster;
  EXPECT_EQ(texts_of(input)["demo/templates/x"], "5 map[]");
  EXPECT_EQ(cluster.asked, "v1 Secret ns gone");
  input.chart = make_chart("demo", {{"templates/x", "{{ lookup \"v1\" \"Secret\" \"ns\" \"forbidden\" }}"}});
  EXPECT_EQ(
      texts_of(input)["error"],
      "template: demo/templates/x:1:3: executing \"demo/templates/x\" at <lookup \"v1\" \"Secret\" \"ns\" "
      "\"forbidden\">: "
      "error calling lookup: secrets \"forbidden\" is forbidden"
  );
}

}  // namespace
}  // namespace weir::helm
