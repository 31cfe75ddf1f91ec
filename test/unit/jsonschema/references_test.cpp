// References: inside of a document, to others, and round in circles.

#include <map>

#include "test/unit/jsonschema/validate_support.hpp"

namespace weir::jsonschema {
namespace {

class MapLoader final : public DocumentLoader {
 public:
  std::map<std::string, std::string> documents;
  std::vector<std::string> asked;

  Result<json::Value> load(const std::string& url) override {
    asked.push_back(url);
    const auto found = documents.find(url);
    if (found == documents.end()) return InputError{"", "404"};
    return json::parse(found->second);
  }
};

TEST(References, InsideOfADocument) {
  EXPECT_EQ(
      validated(R"({"$ref":"#/$defs/p","$defs":{"p":{"maximum":10}}})", "11"), "- at '': maximum: got 11, want 10"
  );
  EXPECT_EQ(
      validated(R"({"$ref":"#a","$defs":{"p":{"$anchor":"a","type":"null"}}})", "1"), "- at '': got number, want null"
  );
  EXPECT_EQ(
      validated(R"({"$ref":"p.json","$defs":{"p":{"$id":"p.json","type":"null"}}})", "1"),
      "- at '': got number, want null"
  );
  EXPECT_EQ(
      validated(R"({"$ref":"#/$defs/a~1b%25","$defs":{"a/b%":{"type":"null"}}})", "1"), "- at '': got number, want null"
  );
  EXPECT_EQ(
      validated(R"({"$ref":"#/nowhere"})", "1"), "json-pointer in \"file:///values.schema.json#/nowhere\" not found"
  );
  EXPECT_EQ(
      validated(R"({"$ref":"#nowhere"})", "1"),
      "anchor in \"file:///values.schema.json#nowhere\" not found in schema \"file:///values.schema.json\""
  );
}

TEST(References, SiblingsCountFromDraft2019On) {
  EXPECT_EQ(validated(R"({"$ref":"#/$defs/p","maximum":1,"$defs":{"p":{}}})", "2"), "- at '': maximum: got 2, want 1");
  EXPECT_EQ(
      validated(
          R"({"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"$ref":"#/definitions/p","maximum":1}},"definitions":{"p":{}}})",
          R"({"a":2})"
      ),
      ""
  );
}

TEST(References, ToOtherDocuments) {
  MapLoader loader;
  loader.documents = {
      {"https://x.y/a.json", R"({"$ref":"b.json#/definitions/n"})"},
      {"https://x.y/b.json", R"({"definitions":{"n":{"type":"null"}}})"}};
  Options options;
  options.loader = &loader;
  EXPECT_EQ(validated(R"({"$ref":"https://x.y/a.json"})", "1", options), "- at '': got number, want null");
  EXPECT_EQ(loader.asked.size(), 2u);
  EXPECT_EQ(validated(R"({"$ref":"https://x.y/c.json"})", "1", options), "failing loading \"https://x.y/c.json\": 404");
}

TEST(References, WithoutALoader) {
  EXPECT_EQ(
      validated(R"({"$ref":"other.json"})", "1"),
      "failing loading \"file:///other.json\": open /other.json: no such file or directory"
  );
  EXPECT_EQ(
      validated(R"({"$ref":"https://x.y/a.json"})", "1"),
      "failing loading \"https://x.y/a.json\": HTTP request failed for https://x.y/a.json: Get \"https://x.y/a.json\": "
      "no "
      "network is used here"
  );
  EXPECT_EQ(validated(R"({"$ref":"ftp:x"})", "1"), "failing loading \"ftp:x\": no URLLoader registered for \"ftp:x\"");
  std::vector<std::string> warnings;
  const auto schema = json::parse(R"({"$ref":"urn:a:b"})").value();
  EXPECT_TRUE(Validator{}.validate(json::Value{1}, schema, {}, &warnings));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0], "unresolved URN reference ignored; using permissive schema urn=urn:a:b");
}

TEST(References, InCircles) {
  EXPECT_EQ(
      validated(R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}})", "1"),
      "- at '': both /$ref/$ref/$ref and /$ref resolve to \"file:///values.schema.json#/$defs/a\" causing reference "
      "cycle"
  );
  EXPECT_EQ(validated(R"({"properties":{"a":{"$ref":"#"}},"additionalProperties":false})", R"({"a":{"a":{}}})"), "");
}

TEST(References, DynamicOnes) {
  EXPECT_EQ(
      validated(
          R"({"$id":"http://x.y/top","$ref":"list","$defs":{"e":{"$dynamicAnchor":"item","type":"null"},)"
          R"("l":{"$id":"list","items":{"$dynamicRef":"#item"},"$defs":{"d":{"$dynamicAnchor":"item"}}}}})",
          "[1]"
      ),
      "- at '/0': got number, want null"
  );
}

}  // namespace
}  // namespace weir::jsonschema
