// Keywords and their words.

#include "test/unit/jsonschema/validate_support.hpp"

namespace weir::jsonschema {
namespace {

TEST(Validate, Types) {
  EXPECT_EQ(validated(R"({"type":"string"})", "5"), "- at '': got number, want string");
  EXPECT_EQ(validated(R"({"type":["object","null"]})", "[]"), "- at '': got array, want null or object");
  EXPECT_EQ(validated(R"({"type":"integer"})", "5.0"), "");
  EXPECT_EQ(validated(R"({"type":"integer"})", "5.5"), "- at '': got number, want integer");
  EXPECT_EQ(validated("false", "{}"), "- at '': false schema");
  EXPECT_EQ(validated("true", "{}"), "");
}

TEST(Validate, Numbers) {
  EXPECT_EQ(validated(R"({"maximum":65535})", "70000"), "- at '': maximum: got 70,000, want 65,535");
  EXPECT_EQ(validated(R"({"minimum":0})", "-1"), "- at '': minimum: got -1, want 0");
  EXPECT_EQ(validated(R"({"exclusiveMinimum":1})", "1"), "- at '': exclusiveMinimum: got 1, want 1");
  EXPECT_EQ(validated(R"({"multipleOf":0.5})", "0.3"), "- at '': multipleOf: got 0.3, want 0.5");
  EXPECT_EQ(validated(R"({"multipleOf":0.1})", "0.3"), "");
  EXPECT_EQ(validated(R"({"maximum":1})", "1234567.5"), "- at '': maximum: got 1.2345675×10⁰⁶, want 1");
  EXPECT_EQ(
      validated(R"({"$schema":"http://json-schema.org/draft-04/schema#","minimum":1,"exclusiveMinimum":true})", "1"),
      "- at '': exclusiveMinimum: got 1, want 1"
  );
}

TEST(Validate, Objects) {
  EXPECT_EQ(validated(R"({"required":["a"]})", "{}"), "- at '': missing property 'a'");
  EXPECT_EQ(validated(R"({"required":["a","b","c"]})", R"({"b":1})"), "- at '': missing properties 'a', 'c'");
  EXPECT_EQ(
      validated(
          R"({"properties":{"a":{}},"patternProperties":{"^x":{}},"additionalProperties":false})",
          R"({"z":1,"a":1,"x1":1,"q":1})"
      ),
      "- at '': additional properties 'q', 'z' not allowed"
  );
  EXPECT_EQ(
      validated(R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})"),
      "- at '': invalid propertyName 'abc'\n  - at '': maxLength: got 3, want 2"
  );
  EXPECT_EQ(
      validated(R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})"), "- at '': properties 'b' required, if 'a' exists"
  );
  EXPECT_EQ(
      validated(R"({"properties":{"a/b":{"type":"null"}}})", R"({"a/b":1})"), "- at '/a~1b': got number, want null"
  );
}

TEST(Validate, Arrays) {
  EXPECT_EQ(
      validated(R"({"uniqueItems":true})", R"([1,{"a":1,"b":2},{"b":2.0,"a":1e0}])"),
      "- at '': items at 1 and 2 are equal"
  );
  EXPECT_EQ(validated(R"({"prefixItems":[{}],"items":false})", "[1,2]"), "- at '/0': false schema");
  EXPECT_EQ(
      validated(R"({"contains":{"const":1}})", "[2]"),
      "- at '': no items match contains schema\n  - at '/0': value must be 1"
  );
  EXPECT_EQ(
      validated(
          R"({"$schema":"http://json-schema.org/draft-07/schema#","items":[{}],"additionalItems":false})", "[1,2,3]"
      ),
      "- at '': last 2 additionalItem(s) not allowed"
  );
  EXPECT_EQ(validated(R"({"minItems":1000})", "[]"), "- at '': minItems: got 0, want 1,000");
}

TEST(Validate, TextsAndChoices) {
  EXPECT_EQ(validated(R"({"pattern":"^[a-z]+$"})", R"("ABC")"), "- at '': 'ABC' does not match pattern '^[a-z]+$'");
  EXPECT_EQ(validated(R"({"maxLength":2})", R"("äöü")"), "- at '': maxLength: got 3, want 2");
  EXPECT_EQ(validated(R"({"enum":["a",5,null]})", R"("b")"), "- at '': value must be one of 'a', 5, <nil>");
  EXPECT_EQ(validated(R"({"enum":[["a"]]})", "1"), "- at '': 'enum' failed");
  EXPECT_EQ(validated(R"({"const":"it's"})", "1"), "- at '': value must be 'it\\'s'");
}

TEST(Validate, Combinations) {
  EXPECT_EQ(
      validated(R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1"),
      "- at '': 'anyOf' failed\n  - at '': got number, want string\n  - at '': got number, want null"
  );
  EXPECT_EQ(validated(R"({"oneOf":[{},{"type":"number"}]})", "1"), "- at '': 'oneOf' failed, subschemas 0, 1 matched");
  EXPECT_EQ(
      validated(R"({"oneOf":[{"type":"null"}]})", "1"),
      "- at '': 'oneOf' failed, none matched\n  - at '': got number, want null"
  );
  EXPECT_EQ(validated(R"({"not":{}})", "1"), "- at '': 'not' failed");
  EXPECT_EQ(
      validated(R"({"allOf":[{"minimum":2,"maximum":0}]})", "1"),
      "- at '': 'allOf' failed\n  - at '': validation failed\n    - at '': minimum: got 1, want 2\n    - at '': "
      "maximum: got 1, want 0"
  );
  EXPECT_EQ(
      validated(R"({"if":{"const":1},"then":{"type":"string"},"else":false})", "1"), "- at '': got number, want string"
  );
}

TEST(Validate, WhatNobodyLookedAt) {
  EXPECT_EQ(
      validated(R"({"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false})", R"({"a":1,"b":2})"),
      "- at '/b': false schema"
  );
  EXPECT_EQ(
      validated(
          R"({"anyOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}],"unevaluatedProperties":false})",
          R"({"a":1,"b":2})"
      ),
      ""
  );
  EXPECT_EQ(validated(R"({"prefixItems":[{}],"unevaluatedItems":false})", "[1,2]"), "- at '/1': false schema");
}

TEST(Validate, SchemasAreValidatedToo) {
  EXPECT_EQ(
      validated(R"({"$schema":"http://json-schema.org/draft-07/schema#","type":5})", "{}"),
      "\"file:///values.schema.json#\" is not valid against metaschema: jsonschema validation failed with "
      "'http://json-schema.org/draft-07/schema#'\n- at '/type': 'anyOf' failed\n  - at '/type': value must be one of "
      "'array', "
      "'boolean', 'integer', 'null', 'number', 'object', 'string'\n  - at '/type': got number, want array"
  );
  EXPECT_EQ(
      validated(R"({"$schema":"http://json-schema.org/draft-07/schema","minLength":-1})", "{}")
              .find("- at '/minLength'") != std::string::npos,
      true
  );
}

TEST(Validate, HasABudget) {
  // Doubles at every level.
  std::string schema = R"({"$defs":{"a0":{"type":"null"})";
  for (int i = 1; i < 40; ++i) {
    const std::string below = R"({"$ref":"#/$defs/a)" + std::to_string(i - 1) + R"("})";
    schema += R"(,"a)" + std::to_string(i) + R"(":{"anyOf":[)" + below + "," + below + "]}";
  }
  schema += R"(},"$ref":"#/$defs/a39"})";
  Options options;
  options.limits.steps = 100'000;
  EXPECT_EQ(validated(schema, "1", options), "validation takes more than 100000 steps");
  EXPECT_EQ(validated(R"({"pattern":"(a*)*b"})", '"' + std::string(100'000, 'a') + '"').substr(0, 10), "- at '': '");
}

}  // namespace
}  // namespace weir::jsonschema
