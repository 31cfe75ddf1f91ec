// What is_plainly_valid() takes, the metaschemas take; common schemas it takes.
#include "pkg/jsonschema/plain_schema.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/jsonschema/jsonschema.hpp"

namespace weir::jsonschema {
namespace {

constexpr int kDrafts[] = {6, 7, 2019, 2020};

std::string_view url_of(int draft) {
  switch (draft) {
    case 6: return "http://json-schema.org/draft-06/schema#";
    case 7: return "http://json-schema.org/draft-07/schema#";
    case 2019: return "https://json-schema.org/draft/2019-09/schema";
    default: return "https://json-schema.org/draft/2020-12/schema";
  }
}

json::Value parsed(std::string_view text) { return json::parse(text).value(); }

bool is_valid(const json::Value& schema, int draft) {
  Validator validator;
  Options options;
  options.url = "file:///schema.json";
  return validator.validate(schema, parsed(text::cat(R"({"$ref":")", url_of(draft), R"("})")), options).has_value();
}

TEST(PlainSchemas, AreWhatTheMetaschemasTake) {
  const char* const names[] = {
      "$anchor",
      "$comment",
      "$defs",
      "$id",
      "$ref",
      "$schema",
      "$vocabulary",
      "additionalItems",
      "additionalProperties",
      "allOf",
      "anyOf",
      "const",
      "contains",
      "contentEncoding",
      "contentMediaType",
      "contentSchema",
      "default",
      "definitions",
      "dependencies",
      "dependentRequired",
      "dependentSchemas",
      "deprecated",
      "description",
      "else",
      "enum",
      "examples",
      "exclusiveMaximum",
      "exclusiveMinimum",
      "format",
      "if",
      "items",
      "maxContains",
      "maxItems",
      "maxLength",
      "maxProperties",
      "maximum",
      "minContains",
      "minItems",
      "minLength",
      "minProperties",
      "minimum",
      "multipleOf",
      "not",
      "oneOf",
      "pattern",
      "patternProperties",
      "prefixItems",
      "properties",
      "propertyNames",
      "readOnly",
      "required",
      "then",
      "title",
      "type",
      "unevaluatedItems",
      "unevaluatedProperties",
      "uniqueItems",
      "writeOnly",
      "unknown",
      "id"};
  const char* const values[] = {
      "null",
      "true",
      "-1",
      "0",
      "3",
      "1.5",
      R"("x")",
      R"("[")",
      R"("string")",
      R"("#/a")",
      R"("%zz")",
      "[]",
      R"(["a"])",
      R"(["a","a"])",
      R"(["string","null"])",
      R"(["string","string"])",
      "[{}]",
      "[true]",
      "[1]",
      "[1,1]",
      "{}",
      R"({"a":1})",
      R"({"a":{}})",
      R"({"[":{}})",
      R"({"a":["b"]})",
      R"({"type":1})",
      R"({"a":{"type":1}})",
      R"({"a":{"a":{}}})"};
  int taken = 0;
  for (const int draft : kDrafts) {
    for (const char* const name : names) {
      for (const char* const value : values) {
        const auto schema = parsed(text::cat("{\"", name, "\":", value, "}"));
        if (!is_plainly_valid(schema, draft)) continue;
        ++taken;
        EXPECT_TRUE(is_valid(schema, draft)) << draft << " " << name << " " << value;
      }
    }
  }
  EXPECT_GT(taken, 1000);
}

TEST(PlainSchemas, CommonOnesAreTaken) {
  const auto schema = parsed(R"({
    "$schema": "http://json-schema.org/draft-07/schema#", "title": "Values", "type": "object", "required": ["a", "b"],
    "properties": {"a": {"type": ["string", "null"], "pattern": "^a+$", "minLength": 1, "default": ""},
                   "b": {"$ref": "#/definitions/b"}, "c": {"type": "array", "items": {"type": "integer", "minimum": 0}}},
    "definitions": {"b": {"anyOf": [{"enum": ["x", "y"]}, {"const": 5}], "description": "b"}},
    "additionalProperties": false, "form": true})");
  for (const int draft : {7, 2019, 2020}) EXPECT_TRUE(is_plainly_valid(schema, draft)) << draft;
  EXPECT_FALSE(is_plainly_valid(schema, 4));
}

TEST(PlainSchemas, DeepOnesAreLeftToTheMetaschema) {
  std::string text = "{}";
  for (int i = 0; i < 300; ++i) text = text::cat(R"({"not":)", text, "}");
  EXPECT_FALSE(is_plainly_valid(parsed(text), 2020));
}

TEST(PlainSchemas, WhatIsWrongIsStillRefused) {
  Validator validator;
  Options options;
  options.url = "file:///schema.json";
  const auto refused = validator.validate(json::Value::object(), parsed(R"({"type": "objekt"})"), options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("is not valid against metaschema"), std::string::npos);
}

}  // namespace
}  // namespace weir::jsonschema
