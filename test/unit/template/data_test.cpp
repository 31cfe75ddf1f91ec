// Data of the caller's own: structs with methods, maps with struct keys, and what stays as it was
// after rendering.
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "pkg/template/template.hpp"

namespace weir::templates {
namespace {

std::string render(std::string_view text, const Value& data) {
  const auto parsed = Template::parse("message", text);
  if (!parsed) return parsed.error().text();
  const auto out = parsed->render(data);
  return out ? *out : out.error().text();
}

std::shared_ptr<const StructType> identifier_type() {
  auto out = std::make_shared<StructType>("update.ObjectIdentifier");
  for (const char* name : {"APIVersion", "Kind", "Name", "Namespace"}) out->fields.emplace_back(name);
  return out;
}

Value identifier(const std::string& kind, const std::string& name, const std::string& space) {
  return Value::structure(identifier_type(), {"apps/v1", kind, name, space});
}

std::shared_ptr<const StructType> image_type() {
  auto out = std::make_shared<StructType>("update.imageRef");
  out->fields.emplace_back("written");
  out->fields.emplace_back("Policy");
  out->methods["String"] = make_function([](Call&, const Value& self) { return self.as_struct().fields[0]; });
  out->methods["Identifier"] = make_function([](Call&, const Value& self) {
    const std::string& text = self.as_struct().fields[0].as_string();
    return text.substr(text.rfind(':') + 1);
  });
  out->methods["Join"] = make_function([](Call&, const Value& self, const std::string& between, std::int64_t count) {
    std::string text = self.as_struct().fields[0].as_string();
    for (std::int64_t i = 0; i < count; ++i) text += between;
    return text;
  });
  out->methods["Broken"] = make_function([](Call&, const Value&) -> Value { throw CallError{"no such image"}; });
  return out;
}

Value image(const std::string& written) { return Value::structure(image_type(), {written, "apps/podinfo"}); }

Value updated() {
  Value objects = Value::map("update.ObjectIdentifier", "[]update.ImageRef");
  objects.as_map().set(identifier("StatefulSet", "db", "prod"), Value::list({image("pg:16")}, "[]update.ImageRef"));
  objects.as_map().set(
      identifier("Deployment", "web", "prod"),
      Value::list({image("ghcr.io/web:1.2"), image("nginx:1")}, "[]update.ImageRef")
  );
  objects.as_map().set(identifier("Deployment", "api", "test"), Value::list({image("api:3")}, "[]update.ImageRef"));
  auto type = std::make_shared<StructType>("update.Result");
  type->fields.emplace_back("Objects");
  return Value::dict({{"Updated", Value::structure(type, {objects})}});
}

TEST(TemplateData, MapsWithStructKeysAreWalkedInTheOrderOfTheirFields) {
  EXPECT_EQ(
      render(
          "{{ range $resource, $images := .Updated.Objects }}{{ $resource.Kind }} {{ "
          "$resource.Name }}: "
          "{{ range $images }}{{ . }} {{ end }}\n{{ end }}",
          updated()
      ),
      "Deployment api: api:3 \n"
      "Deployment web: ghcr.io/web:1.2 nginx:1 \n"
      "StatefulSet db: pg:16 \n"
  );
}

TEST(TemplateData, StructsPrintAsGoPrintsThem) {
  const Value data = Value::dict({{"id", identifier("Deployment", "web", "prod")}, {"image", image("web:1")}});
  EXPECT_EQ(render("{{ .id }}", data), "{apps/v1 Deployment web prod}");
  EXPECT_EQ(
      render("{{ printf \"%+v %T\" .id .id }}", data),
      "{APIVersion:apps/v1 Kind:Deployment Name:web Namespace:prod} update.ObjectIdentifier"
  );
  EXPECT_EQ(
      render("{{ .image }} {{ printf \"%s|%q|%5v\" .image .image .image }}", data), "web:1 web:1|\"web:1\"|web:1"
  );
  EXPECT_EQ(render("{{ printf \"%v\" (list .image) }}", data), "[web:1]");
  EXPECT_EQ(render("{{ printf \"%d\" .image }}", data), "{%!d(string=web:1) %!d(string=apps/podinfo)}");
  EXPECT_EQ(render("{{ . }}", data), "map[id:{apps/v1 Deployment web prod} image:web:1]");
  EXPECT_EQ(
      render("{{ printf \"%#v\" .id }}", data),
      "update.ObjectIdentifier{APIVersion:\"apps/v1\", Kind:\"Deployment\", Name:\"web\", "
      "Namespace:\"prod\"}"
  );
}

TEST(TemplateData, MapsWithStructKeysPrintSorted) {
  EXPECT_EQ(
      render("{{ .Updated.Objects }}", updated()),
      "map[{apps/v1 Deployment api test}:[api:3] {apps/v1 Deployment web prod}:[ghcr.io/web:1.2 "
      "nginx:1] "
      "{apps/v1 StatefulSet db prod}:[pg:16]]"
  );
}

TEST(TemplateData, MethodsAreCalledWithArgumentsAndInPipelines) {
  const Value data = Value::dict({{"image", image("web:1")}});
  EXPECT_EQ(render("{{ .image.Identifier }} {{ .image.Policy }}", data), "1 apps/podinfo");
  EXPECT_EQ(render("{{ .image.Join \"-\" 2 }} {{ 3 | .image.Join \"+\" }}", data), "web:1-- web:1+++");
  EXPECT_EQ(render("{{ .image.String | upper }} {{ (.image).Identifier | add1 }}", data), "WEB:1 2");
  EXPECT_EQ(
      render("{{ .image.Join \"-\" }}", data),
      "template: message:1:9: executing \"message\" at <.image.Join>: wrong number of args for "
      "Join: want 2 got 1"
  );
  EXPECT_EQ(
      render("{{ .image.Join 1 2 }}", data),
      "template: message:1:15: executing \"message\" at <1>: expected string; found 1"
  );
  EXPECT_EQ(
      render("{{ .image.Broken }}", data),
      "template: message:1:9: executing \"message\" at <.image.Broken>: error calling Broken: no "
      "such image"
  );
}

TEST(TemplateData, WhatAStructHasNotIsAnError) {
  const Value data = Value::dict({{"image", image("web:1")}});
  EXPECT_EQ(
      render("{{ .image.Tag }}", data),
      "template: message:1:9: executing \"message\" at <.image.Tag>: can't evaluate field Tag in "
      "type interface {}"
  );
  EXPECT_EQ(
      render("{{ (.image).Tag }}", data),
      "template: message:1:4: executing \"message\" at <.image>: can't evaluate field Tag in type "
      "update.imageRef"
  );
  EXPECT_EQ(
      render("{{ (.image).written }}", data),
      "template: message:1:4: executing \"message\" at <.image>: written is an unexported field of "
      "struct "
      "type update.imageRef"
  );
  EXPECT_EQ(
      render("{{ .image.Policy 1 }}", data),
      "template: message:1:9: executing \"message\" at <.image.Policy>: Policy has arguments but "
      "cannot be invoked as "
      "function"
  );
}

TEST(TemplateData, EmbeddedStructsLendTheirFieldsAndMethods) {
  auto outer = std::make_shared<StructType>("update.Outer");
  outer->fields.emplace_back("imageRef", true);
  outer->fields.emplace_back("Extra");
  const Value data = Value::structure(outer, {image("web:1"), Value::integer(5)});
  EXPECT_EQ(render("{{ .Policy }} {{ .Identifier }} {{ .Extra }} {{ . }}", data), "apps/podinfo 1 5 web:1");
}

TEST(TemplateData, StructsAreComparedFieldByField) {
  const Value data = Value::dict(
      {{"a", identifier("Deployment", "web", "prod")},
       {"b", identifier("Deployment", "web", "prod")},
       {"c", identifier("Deployment", "api", "prod")}}
  );
  EXPECT_EQ(
      render("{{ eq .a .b }} {{ eq .a .c }} {{ ne .a .c }} {{ has .a (list .b) }}", data), "true false true true"
  );
}

TEST(TemplateData, TypedMapsGiveTheZeroValueOfTheirTypeForIndex) {
  Value counts = Value::map("string", "int");
  counts.as_map().set("a", Value::integer(1));
  const Value data = Value::dict({{"counts", counts}});
  EXPECT_EQ(render("{{ index .counts \"a\" }} {{ index .counts \"zz\" }} {{ .counts.zz }}", data), "1 0 <no value>");
  EXPECT_EQ(render("{{ printf \"%T\" .counts }}", data), "map[string]int");
}

TEST(TemplateData, FunctionsCanBeDataToo) {
  const Value data = Value::dict({{"double", Value::function(make_function([](Call&, std::int64_t number) {
                                     return Value::integer(2 * number);
                                   }))}});
  EXPECT_EQ(render("{{ call .double 21 }}", data), "42");
  EXPECT_EQ(
      render("{{ call .double \"x\" }}", data),
      "template: message:1:3: executing \"message\" at <call .double \"x\">: error calling call: "
      "arg 0: value has type "
      "string; should be int"
  );
  EXPECT_THAT(render("{{ .double }}", data), testing::HasSubstr("can't print {{.double}} of type func()"));
}

TEST(TemplateData, StaysAsItWasHoweverATemplateChangesIt) {
  const Value data = Value::dict({{"m", Value::dict({{"a", Value::integer(1)}})}});
  const auto parsed = Template::parse("message", "{{ $_ := set .m \"b\" 2 }}{{ .m }}");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed->render(data), "map[a:1 b:2]");
  EXPECT_EQ(*parsed->render(data), "map[a:1 b:2]");
  EXPECT_EQ(data.as_map().find("m")->as_map().entries.size(), 1U);
}

TEST(TemplateData, OneTemplateRendersOnManyThreads) {
  const auto parsed = Template::parse("message", "{{ range $i := until 50 }}{{ $i | printf \"%02d\" }}{{ end }}");
  ASSERT_TRUE(parsed);
  const std::string expected = *parsed->render({});
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] { result = *parsed->render(Value::dict({})); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(results, testing::Each(expected));
}

}  // namespace
}  // namespace weir::templates
