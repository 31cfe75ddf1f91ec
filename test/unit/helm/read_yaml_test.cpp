// Values are read as YAML 1.1 by way of JSON: what a scalar is, and whose words an error has.

#include "pkg/helm/values/read_yaml.hpp"

#include <gtest/gtest.h>

#include "test/unit/helm/chart_support.hpp"

namespace weir::helm {
namespace {

std::string read(std::string_view yaml) { return text_of(read_values(yaml)); }

TEST(ReadValues, ScalarsAreThoseOfYaml11) {
  EXPECT_EQ(
      read("a: yes\nb: off\nc: 0644\nd: 0o17\ne: 1_000\nf: 1:30\ng: ~\nh: 2020-01-02\ni: 'no'\nj: 0x1f\nk:\n"),
      R"({"a":true,"b":false,"c":420,"d":15,"e":1000,"f":"1:30","g":null,"h":"2020-01-02","i":"no","j":31,"k":null})"
  );
}

TEST(ReadValues, NumbersAreFloats) {
  const auto values = values_of("a: 5\nb: 9007199254740993\nc: 1e3\nd: 0.10\ne: 1e21");
  EXPECT_EQ(json::write(values), R"({"a":5.0,"b":9007199254740992.0,"c":1000.0,"d":0.1,"e":1e+21})");
  EXPECT_FALSE(is_int64(values.find("a")->as_number()));
  EXPECT_EQ(text_of(values), R"({"a":5,"b":9007199254740992,"c":1000,"d":0.1,"e":1e+21})");
}

TEST(ReadValues, KeysAreTexts) {
  EXPECT_EQ(read("y: 1\n5: 2\n0.1: 3\nn: 4\n1e6: 5\n"), R"({"0.1":3,"1e+06":5,"5":2,"false":4,"true":1})");
}

TEST(ReadValues, TheLastOfEqualKeysWins) {
  EXPECT_EQ(read("a: 1\nb: 0\na: 2\n"), R"({"a":2,"b":0})");
  EXPECT_EQ(read("yes: 1\n'true': 2\n"), R"({"true":2})");
}

TEST(ReadValues, MergesAnchors) {
  EXPECT_EQ(read("x: &x {a: 1, b: 2}\nz:\n  <<: *x\n  b: 3\n"), R"({"x":{"a":1,"b":2},"z":{"a":1,"b":3}})");
  // Version 2 merges where "<<" stands, and more than once.
  EXPECT_EQ(read("x: &x {a: 1}\nz:\n  a: 3\n  <<: *x\n"), R"({"x":{"a":1},"z":{"a":1}})");
  EXPECT_EQ(
      read("x: &x {a: 1, b: 1}\nw: &y {a: 2}\nz:\n  <<: [*x, *y]\nv:\n  <<: *x\n  <<: *y\n"),
      R"({"v":{"a":2,"b":1},"w":{"a":2},"x":{"a":1,"b":1},"z":{"a":1,"b":1}})"
  );
}

TEST(ReadValues, DocumentsAreMerged) {
  EXPECT_EQ(read("---\na: {x: 1, w: 2}\n--- # next\na: {w: ~, z: 3}\n---\n"), R"({"a":{"w":null,"x":1,"z":3}})");
  EXPECT_EQ(read("# nothing\n"), "{}");
  EXPECT_EQ(read(""), "{}");
}

TEST(ReadValues, ErrorsAreHelms) {
  EXPECT_EQ(
      read("[a]"),
      "error: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
      "array "
      "into Go value of type map[string]interface {}"
  );
  EXPECT_EQ(
      read("a: [1\nb: 2\n"),
      "error: cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 1: did not find expected ',' "
      "or ']'"
  );
  EXPECT_EQ(text_of(read_yaml("a: .inf")), "error: error converting YAML to JSON: json: unsupported value: +Inf");
  EXPECT_EQ(
      text_of(read_yaml("? [a, 1]\n: b")),
      "error: error converting YAML to JSON: yaml: invalid map key: []interface {}{\"a\", 1}"
  );
  EXPECT_EQ(text_of(read_yaml("a: *b")), "error: error converting YAML to JSON: yaml: unknown anchor 'b' referenced");
  EXPECT_EQ(
      text_of(read_yaml("a: b\n c: d\ne")),
      "error: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"
  );
}

TEST(ReadYaml, WhatStandsBehindTheFirstDocumentDoesNotMatter) {
  EXPECT_EQ(text_of(read_yaml("{}\nn: 0\n")), "{}");
  EXPECT_EQ(text_of(read_yaml("a: 1\n---\nb: 2\n")), R"({"a":1})");
}

TEST(ReadYaml, HoldsItsLimits) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += c;
    bomb += ": &";
    bomb += c;
    bomb += " [";
    for (int i = 0; i < 9; ++i) bomb += std::string{"*"} + static_cast<char>(c - 1) + ",";
    bomb += "]\n";
  }
  EXPECT_FALSE(read_yaml(bomb));
  EXPECT_FALSE(read_yaml(std::string(5000, '[')));
  YamlLimits limits;
  limits.max_bytes = 10;
  EXPECT_FALSE(read_yaml("a: 12345678901", limits));
}

TEST(ReadYaml, EmptyCollectionsAreHandedOutBeforeAColonIsLookedFor) {
  const auto message = [](std::string_view text) {
    const auto read = read_yaml(text);
    return read ? "read" : read.error().message;
  };
  // What `toYaml` of an empty table leaves between other keys.
  EXPECT_EQ(
      message("x:\n- c: n\n  {}\ny: 1\n"), "error converting YAML to JSON: yaml: line 2: did not find expected key"
  );
  EXPECT_EQ(message("a: b\n[]\n"), "error converting YAML to JSON: yaml: line 1: did not find expected key");
  EXPECT_EQ(message("a: b\n{c: d}\n"), "error converting YAML to JSON: yaml: line 3: could not find expected ':'");
  EXPECT_EQ(message("a: b\n\"c\"\nd: e\n"), "error converting YAML to JSON: yaml: line 3: could not find expected ':'");
  EXPECT_EQ(message("a:\n  {}\nb: 1\n"), "read");
}

}  // namespace
}  // namespace weir::helm
