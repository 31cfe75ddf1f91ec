// Several templates on one graph of data, texts parsed on the way, types with names, errors level by level.
#include <gmock/gmock.h>

#include "pkg/template/template.hpp"

namespace weir::templates {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Options options_with_tpl() {
  Options options;
  options.root_name = "root";
  options.functions["include"] =
      make_function([](Call& call, const std::string& name, const Value& data) { return call.render(name, data); });
  options.functions["tpl"] = make_function([](Call& call, const std::string&, const Value& data) {
    const auto parsed = call.parse("text", call.argument(0));
    if (!parsed) throw CallError{parsed.error().text()};
    try {
      return call.render(*parsed, data);
    } catch (ExecutionError& error) {
      throw CallError{"in a text: ", std::move(error)};
    }
  });
  return options;
}

TemplateSet set_of(std::initializer_list<std::pair<const char*, const char*>> texts) {
  TemplateSet set{options_with_tpl()};
  for (const auto& [name, text] : texts) EXPECT_TRUE(set.add(name, text)) << name;
  return set;
}

TEST(TemplateRendering, WhatOneTemplateSetsTheNextOneSees) {
  const auto set = set_of({{"a", "{{ $_ := set . \"n\" 1 }}"}, {"b", "{{ .n }}"}});
  const Value data = Value::dict({});
  Rendering rendering{set};
  ASSERT_TRUE(rendering.render("a", data));
  EXPECT_EQ(rendering.render("b", data).value(), "1");
  EXPECT_EQ(set.render("b", Value::dict({})).value(), "<no value>");
}

TEST(TemplateRendering, ChangedMapsAreEmptiedInTheEnd) {
  const auto before = memory_in_use();
  {
    const auto set = set_of({{"a", "{{ $_ := set . \"self\" . }}{{ .self.self.x }}"}});
    const Value data = Value::dict({{"x", "y"}});
    {
      Rendering rendering{set};
      EXPECT_EQ(rendering.render("a", data).value(), "y");
    }
    EXPECT_TRUE(data.as_map().entries.empty());
  }
  EXPECT_EQ(memory_in_use(), before);
}

TEST(TemplateRendering, TextsSeeTheSetAndHideItWhileTheyRun) {
  const auto set = set_of(
      {{"h", "{{ define \"a\" }}outer{{ end }}"},
       {"x", "{{ tpl .t . }} {{ include \"a\" . }}"},
       {"y", "{{ tpl .u . }}"}}
  );
  const Value data = Value::dict(
      {{"t", "{{ define \"a\" }}inner{{ end }}{{ include \"a\" . }} {{ template \"a\" }}"},
       {"u", "{{ define \"b\" }}{{ . }}{{ end }}{{ tpl `{{ include \"b\" 5 }}` . }}"}}
  );
  Rendering rendering{set};
  EXPECT_EQ(rendering.render("x", data).value(), "inner inner outer");
  EXPECT_EQ(rendering.render("x", data).value(), "inner inner outer");
  EXPECT_EQ(rendering.render("y", data).value(), "5");
}

TEST(TemplateRendering, LimitsCountForAllOutputsForEach) {
  const auto set = set_of({{"a", "{{ range 100 }}xy{{ end }}"}});
  Limits limits;
  limits.output_bytes = 200;
  limits.steps = 1'000;
  Rendering rendering{set, limits};
  EXPECT_TRUE(rendering.render("a", {}));
  EXPECT_TRUE(rendering.render("a", {}));
  int more = 0;
  while (rendering.render("a", {}) && more < 10) ++more;
  EXPECT_LT(more, 10);
  EXPECT_THAT(rendering.render("a", {}).error().text(), HasSubstr("rendering takes more than 1000 steps"));
}

TEST(TemplateRendering, ErrorsTellTheirLevels) {
  const auto set =
      set_of({{"h", "{{ define \"deep\" }}\n  {{ .x.y.z }}{{ end }}"}, {"main", "a\n{{ include \"deep\" . | upper }}"}}
      );
  Rendering rendering{set};
  const auto out = rendering.render("main", Value::dict({{"x", Value::dict({{"y", Value::nil()}})}}));
  ASSERT_FALSE(out);
  const RenderError& error = out.error();
  ASSERT_EQ(error.levels.size(), 2U);
  EXPECT_EQ(error.levels[0], (ErrorLevel{"main:2:3", "main", "include \"deep\" .", "error calling include: "}));
  EXPECT_EQ(error.levels[1], (ErrorLevel{"h:2:7", "deep", ".x.y.z", "nil pointer evaluating interface {}.z"}));
  EXPECT_EQ(error.detail.source, "  {{ .x.y.z }}{{ end }}");
  EXPECT_EQ(error.detail.value, ".x.y is null");
  EXPECT_EQ(
      error.text(),
      "template: main:2:3: executing \"main\" at <include \"deep\" .>: error calling include: template: h:2:7: "
      "executing \"deep\" at <.x.y.z>: nil pointer evaluating interface {}.z"
  );
  EXPECT_EQ(error.input_error().where, "template: main:2:3");
  EXPECT_EQ(error.input_error().text(), error.text());
}

TEST(TemplateRendering, WordsOfAFunctionAreALevelToo) {
  const auto set = set_of({{"a", "{{ tpl \"{{ fail `no` }}\" . }}"}, {"b", "{{ include \"none\" . }}"}});
  Rendering rendering{set};
  std::vector<std::string> messages;
  for (const auto& level : rendering.render("a", {}).error().levels) messages.push_back(level.message);
  EXPECT_THAT(messages, ElementsAre("error calling tpl: ", "in a text: ", "error calling fail: ", "no"));
  EXPECT_EQ(
      rendering.render("b", {}).error().levels[1].text(),
      "template: no template \"none\" associated with template \"root\""
  );
}

const NamedType& pet_type() {
  static const NamedType type{
      "zoo.Pets", {{"Count", make_function([](Call&, const Value& self) {
                      return Value::integer(static_cast<std::int64_t>(self.as_map().entries.size()));
                    })}}};
  return type;
}

TEST(TemplateNamedTypes, AMapWithANameHasMethodsAndIsAMap) {
  const auto set =
      set_of({{"a", "{{ typeOf . }} {{ kindOf . }} {{ .Count }} {{ .cat }} {{ . }} {{ printf \"%#v\" . }}"}});
  const Value plain = Value::dict({{"cat", "Tom"}});
  Rendering rendering{set};
  EXPECT_EQ(
      rendering.render("a", plain.named(pet_type())).value(),
      "zoo.Pets map 1 Tom map[cat:Tom] zoo.Pets{\"cat\":\"Tom\"}"
  );
  EXPECT_TRUE(plain.is_same(plain.named(pet_type())));
  EXPECT_EQ(plain.type(), "map[string]interface {}");
  EXPECT_EQ(plain.named(pet_type()).unnamed().named_type(), nullptr);
}

TEST(TemplateNamedTypes, FunctionsForDictionariesTakeItWithoutItsName) {
  const auto set = set_of({{"a", "{{ typeOf (set . \"dog\" 1) }} {{ .Count }} {{ typeOf (deepCopy .) }}"}});
  Rendering rendering{set};
  EXPECT_EQ(rendering.render("a", Value::dict({}).named(pet_type())).value(), "map[string]interface {} 1 zoo.Pets");
}

TEST(TemplateBytes, AreAListOfNumbersThatSharesItsText) {
  const auto set = set_of(
      {{"a",
        "{{ . }} {{ typeOf . }} {{ kindOf . }} {{ len . }} {{ index . 1 }} {{ printf \"%s %x\" . . }} {{ toString . }} "
        "{{ toJson . }} {{ range . }}<{{ . }}>{{ end }} {{ first . }} {{ slice . 1 }} {{ eq (toString .) \"ab\" }}"}}
  );
  Rendering rendering{set};
  EXPECT_EQ(
      rendering.render("a", Value::bytes("ab")).value(),
      "[97 98] []uint8 slice 2 98 ab 6162 ab \"YWI=\" <97><98> 97 [98] true"
  );
  const auto text = std::make_shared<const std::string>("shared");
  const Value bytes = Value::shared_text(text, Kind::kBytes);
  EXPECT_EQ(&bytes.as_bytes(), text.get());
  EXPECT_EQ(&bytes.with_kind(Kind::kString).as_string(), text.get());
}

TEST(TemplateValues, DeepListsAreFreedWithoutRecursion) {
  Value deep = Value::list({});
  for (int i = 0; i < 1'000'000; ++i) deep = Value::list({deep});
  EXPECT_EQ(deep.as_list().items.size(), 1U);
}

TEST(TemplateValues, KnowWhatTheyAre) {
  EXPECT_THROW(static_cast<void>(Value{"x"}.as_integer()), std::bad_variant_access);
  EXPECT_THROW(static_cast<void>(Value::integer(1).as_string()), std::bad_variant_access);
  EXPECT_THROW(static_cast<void>(Value{}.as_map()), std::bad_variant_access);
}

}  // namespace
}  // namespace weir::templates
