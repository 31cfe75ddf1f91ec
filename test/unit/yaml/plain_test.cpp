#include "pkg/yaml/plain.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::yaml {
namespace {

std::string read(std::string_view text, const PlainLimits& limits = {}) {
  const auto value = read_plain(text, "kube.yaml", limits);
  return value ? json::write(*value) : value.error().text();
}

std::string repeat(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

// A token of digits became a number, a cluster called `no` a boolean, a version like 1.10 lost its zero.
TEST(PlainYaml, EveryScalarIsTheTextThatStandsThere) {
  EXPECT_EQ(
      read("token: 123\nname: no\nversion: 1.10\ndate: 2024-05-01\nhex: 0x1F\nyes: on\n12: x\nquoted: \"a\\tb\"\nlist: "
           "[1, true]\n"),
      R"({"token":"123","name":"no","version":"1.10","date":"2024-05-01","hex":"0x1F","yes":"on","12":"x","quoted":"a\tb","list":["1","true"]})"
  );
  EXPECT_EQ(read("pem: |\n  one\n  two\nfolded: >-\n  a\n  b\n"), R"({"pem":"one\ntwo\n","folded":"a b"})");
}

TEST(PlainYaml, NothingIsNullAndQuotesMakeItText) {
  EXPECT_EQ(read("a:\nb: ~\nc: null\nd: 'null'\ne: \"\"\n"), R"({"a":null,"b":null,"c":null,"d":"null","e":""})");
  EXPECT_EQ(read(""), "null");
  EXPECT_EQ(read("# nothing but words\n---\n...\n"), "null");
}

TEST(PlainYaml, ReadsJson) {
  EXPECT_EQ(
      read("{\n\t\"a\": [1, -2.5e3, true, null],\n\t\"b\":{\"c\":\"d\\u00e9\\/\\n\"}\n}\n"),
      R"({"a":["1","-2.5e3","true",null],"b":{"c":"dé/\n"}})"
  );
}

TEST(PlainYaml, AnchorsAndMergeKeysAreResolved) {
  EXPECT_EQ(read("base: &b {x: 1, y: 2}\nother: *b\n"), R"({"base":{"x":"1","y":"2"},"other":{"x":"1","y":"2"}})");
  EXPECT_EQ(
      read("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\n"),
      R"({"a":{"x":"1","y":"1"},"b":{"y":"2","z":"2"},"c":{"x":"3","y":"1","z":"2"}})"
  );
  EXPECT_EQ(read("\"<<\": {x: 1}\n"), R"({"<<":{"x":"1"}})");
  EXPECT_EQ(read("&k key: 1\nagain: *k\n"), R"({"key":"1","again":"key"})");
}

TEST(PlainYaml, ErrorsNameLineAndColumn) {
  EXPECT_EQ(read("a: 1\nb: [1, 2\nc: 3\n").substr(0, 13), "kube.yaml:3:2");
  EXPECT_EQ(read("a: 1\n\nb: *nowhere\n").substr(0, 13), "kube.yaml:3:4");
  EXPECT_EQ(read("a:\n  b: 1\n  b: 2\n"), "kube.yaml:3:3: the key \"b\" stands twice in its mapping");
  EXPECT_EQ(read("a: 1\n? [x]\n: 2\n"), "kube.yaml:2:3: a key must be a text");
  EXPECT_EQ(read("a: &a [*a]\n"), "kube.yaml:1:8: an anchor cannot stand inside of itself");
  EXPECT_EQ(read("a: !!binary Y2E=\n"), "kube.yaml:1:4: tags are not read here");
  EXPECT_EQ(read("a: 1\n<<: x\n"), "kube.yaml:2:5: << expects a mapping or a list of mappings");
  EXPECT_EQ(read("<<: {}\n<<: {}\n"), "kube.yaml:2:1: the key \"<<\" stands twice in its mapping");
  EXPECT_EQ(read_plain("a: 1\na: 2\n").error().where, "line 2:1");
}

TEST(PlainYaml, ThereIsOneDocument) {
  EXPECT_EQ(read("---\n---\na: 1\n---\n# empty\n"), R"({"a":"1"})");
  EXPECT_EQ(read("a: 1\n---\nb: 2\n"), "kube.yaml:3:1: expected one YAML document");
  // The parser never comes to the end of these.
  for (const char* text : {"]", "a: 1\n]\n", "}", ","}) EXPECT_FALSE(read_plain(text).has_value()) << text;
  EXPECT_EQ(read(repeat("---\n", 50)), "kube.yaml: expected one YAML document");
}

// The parser takes the byte 4 for the end of its input: what stands behind it would be gone.
TEST(PlainYaml, BytesThatTheParserMisreadsAreRefused) {
  using namespace std::string_literals;
  EXPECT_EQ(read("a: 1\nb: \x04 2\n"s), "kube.yaml:2:4: control characters are not allowed here");
  EXPECT_EQ(read("a\0b: 1"s), "kube.yaml:1:2: control characters are not allowed here");
  EXPECT_EQ(read("a: \xC3\x28\n"), "kube.yaml: the text is not UTF-8");
  EXPECT_EQ(
      read("\xEF\xBB\xBF"
           "a: caf\xC3\xA9\r\n"),
      "{\"a\":\"caf\xC3\xA9\"}"
  );
}

TEST(PlainYaml, SizeIsLimited) {
  PlainLimits limits;
  limits.max_bytes = 10;
  EXPECT_EQ(read("a: 1234567", limits), R"({"a":"1234567"})");
  EXPECT_EQ(read("a: 12345678", limits), "kube.yaml: larger than the 10 bytes that are read here");
}

TEST(PlainYaml, DepthIsLimited) {
  PlainLimits limits;
  limits.max_depth = 3;
  EXPECT_EQ(read("a: [[1]]", limits), R"({"a":[["1"]]})");
  EXPECT_EQ(read("a: [[[1]]]", limits), "kube.yaml:1:6: nested deeper than 3 levels");
  const std::size_t many = 200'000;
  EXPECT_EQ(read("a: &a [[1]]\nb: *a\nc: [*a]\n", limits), "kube.yaml:3:5: nested deeper than 3 levels");
  EXPECT_EQ(read(repeat("- ", many / 2)), "kube.yaml:1:65: nested deeper than 32 levels");
  // Each bracket could begin a key.
  EXPECT_EQ(read(repeat("[", many)), "kube.yaml:1:1: a key must be a text");
  EXPECT_FALSE(read_plain(repeat("{a: ", many / 4)).has_value());
  EXPECT_FALSE(read_plain(repeat("? ", many / 2)).has_value());
}

TEST(PlainYaml, WhatAliasesCopyIsLimited) {
  std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name < 'k'; ++name) {
    const char before = static_cast<char>(name - 1);
    text::append(laughs, name, ": &", name, " [", repeat(text::cat("*", before, ", "), 10), "]\n");
  }
  EXPECT_EQ(read(laughs), "kube.yaml:4:32: anchors and aliases copy more than 10000 values");

  const std::string text = text::cat("a: &a ", repeat("x", 400'000), "\nb: [", repeat("*a, ", 100), "]\n");
  EXPECT_EQ(read(text), "kube.yaml:2:9: anchors and aliases copy more than 1048576 bytes");

  PlainLimits limits;
  limits.max_copied_values = 5;  // &x, two times *x, and &l with its element
  EXPECT_EQ(read("a: [&x 1, *x]\nb: &l [*x]\n", limits), R"({"a":["1","1"],"b":["1"]})");
  EXPECT_EQ(
      read("a: [&x 1, *x]\nb: &l [*x]\nc: *x\n", limits), "kube.yaml:3:4: anchors and aliases copy more than 5 values"
  );
}

// Every key was compared with every one before it.
TEST(PlainYaml, ManyKeysTakeLittleTime) {
  std::string text;
  for (int i = 0; i < 80'000; ++i) text::append(text, "key", i, ": v\n");
  const auto value = read_plain(text);
  ASSERT_TRUE(value.has_value()) << value.error().text();
  EXPECT_EQ(value->size(), 80'000U);
}

}  // namespace
}  // namespace weir::yaml
