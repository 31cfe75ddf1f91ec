#include "pkg/yaml/parser.hpp"

#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/emitter.hpp"

namespace weir::yaml {
namespace {

/// The first document as JSON text, or "error: where: message".
std::string read(std::string_view text, ParseOptions options = {}) {
  options.source = "app.yaml";
  Arena arena;
  const auto node = parse_first(text, arena, options);
  if (!node) return "error: " + node.error().text();
  const auto value = to_json(**node, options);
  return value ? json::write(*value) : "error: " + value.error().text();
}

TEST(Parser, ReadsBlockAndFlowCollections) {
  EXPECT_EQ(read("a: 1\nb:\n- x\n- y: [1, 2]\n  z: {k: v}\n"), R"({"a":1,"b":["x",{"y":[1,2],"z":{"k":"v"}}]})");
  EXPECT_EQ(read("- - a\n  - b\n-\n- c\n"), R"([["a","b"],null,"c"])");
  EXPECT_EQ(read("? a\n: b\n? [x]\n"), "error: app.yaml:3:3: expected a key that is text");
  EXPECT_EQ(read("[a: 1, b]"), R"([{"a":1},"b"])");
  EXPECT_EQ(read("{a: , b}"), R"({"a":null,"b":null})");
}

TEST(Parser, EmptyTextIsNoDocument) {
  for (const auto* text : {"", "\n", "# only a comment\n", "---\n"}) {
    Arena arena;
    const auto node = parse_first(text, arena);
    ASSERT_TRUE(node) << text;
    EXPECT_TRUE(is_missing(*node)) << text;
  }
}

TEST(Parser, ReadsScalarsInEveryStyle) {
  EXPECT_EQ(read("a: 'it''s'\n"), R"({"a":"it's"})");
  EXPECT_EQ(read(R"(a: "x\ty\u00e9\n")"), "{\"a\":\"x\\ty\xC3\xA9\\n\"}");
  EXPECT_EQ(read("a: one\n  two\n\n  three\n"), R"({"a":"one two\nthree"})");
  EXPECT_EQ(read("a: 'one\n  two\n\n  three'\n"), R"({"a":"one two\nthree"})");
  EXPECT_EQ(read("a: |\n  x\n   y\n\nb: 1\n"), R"({"a":"x\n y\n","b":1})");
  EXPECT_EQ(read("a: |-\n  x\n  y\n"), R"({"a":"x\ny"})");
  EXPECT_EQ(read("a: |+\n  x\n\n"), R"({"a":"x\n\n"})");
  EXPECT_EQ(read("a: |2\n    x\n"), R"({"a":"  x\n"})");
  EXPECT_EQ(read("a: >\n  x\n  y\n\n  z\n"), R"({"a":"x y\nz\n"})");
  EXPECT_EQ(read("a: b # comment\nc: d#e\n"), R"({"a":"b","c":"d#e"})");
  EXPECT_EQ(read("a: http://x:80/\n"), R"({"a":"http://x:80/"})");
}

TEST(Parser, TagsDecideOverTheText) {
  EXPECT_EQ(read("a: !!str 1\nb: !!int \"2\"\nc: !!float 3\nd: !custom x\n"), R"({"a":"1","b":2,"c":3,"d":"x"})");
  EXPECT_EQ(read("a: !!binary aGk=\n"), R"({"a":"hi"})");
  EXPECT_EQ(read("a: !!int x\n"), "error: app.yaml:1:4: the text does not fit the tag before it");
  EXPECT_EQ(read("%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 1\n"), R"({"a":"1"})");
  EXPECT_EQ(read("a: !h!x 1\n"), "error: app.yaml:1:4: the tag handle !h! is not declared");
}

TEST(Parser, AliasesCopyAndMergeKeysGiveWay) {
  EXPECT_EQ(read("a: &x {p: 1, q: 2}\nb: *x\n"), R"({"a":{"p":1,"q":2},"b":{"p":1,"q":2}})");
  EXPECT_EQ(read("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n"), R"({"a":{"p":1,"q":2},"b":{"q":3,"p":1}})");
  EXPECT_EQ(
      read("a: &x {p: 1}\nb: &y {p: 2, r: 3}\nc:\n  <<: [*x, *y]\n"),
      R"({"a":{"p":1},"b":{"p":2,"r":3},"c":{"p":1,"r":3}})"
  );
  EXPECT_EQ(read("a: *x\n"), "error: app.yaml:1:4: the anchor x is not defined");
  EXPECT_EQ(read("a: &x [*x]\n"), "error: app.yaml:1:8: the anchor x contains itself");
  EXPECT_EQ(read("a: 1\nb:\n  <<: 2\n"), "error: app.yaml:3:3: << takes a mapping or a list of mappings");
}

TEST(Parser, SyntaxErrorsNameLineAndColumn) {
  EXPECT_EQ(
      read("a: b: c\n"), "error: app.yaml:1:5: a mapping value cannot stand here; is a quote or an indentation missing?"
  );
  EXPECT_EQ(read("a:\n\tb: 1\n"), "error: app.yaml:2:1: a tab cannot indent; use spaces");
  EXPECT_EQ(read("a: [1, 2\nb: 3\n"), "error: app.yaml:2:2: expected , or ]");
  EXPECT_EQ(read("a: \"x\n"), "error: app.yaml:1:4: the quoted text is not closed");
  EXPECT_EQ(read("a: @x\n"), "error: app.yaml:1:4: a plain value cannot begin with @; quote it");
  EXPECT_EQ(read("a: 1\nb\n"), "error: app.yaml:2:1: expected \"key: value\", found text without \":\"");
  EXPECT_EQ(
      read("  a: 1\n b: 2\n"), "error: app.yaml:2:2: expected the end of the document; is the indentation right?"
  );
  EXPECT_EQ(
      read("a: \x01\n"),
      "error: app.yaml:1:4: control characters are not allowed; write them as escapes in double quotes"
  );
  EXPECT_EQ(read("a: \xFF\n"), "error: app.yaml:1:4: the text is not UTF-8");
}

TEST(Parser, DuplicateKeysAreRefusedUnlessTheCallerSaysOtherwise) {
  EXPECT_EQ(
      read("a: 1\nb: 2\na: 3\n"), "error: app.yaml:3:1: the key \"a\" stands here a second time; the first is on line 1"
  );
  ParseOptions options;
  options.duplicates = DuplicateKeys::kLastWins;
  EXPECT_EQ(read("a: 1\nb: 2\na: 3\n", options), R"({"a":3,"b":2})");
}

TEST(Parser, LinesCountFromTheFirstLineOfTheSource) {
  ParseOptions options;
  options.first_line = 10;
  EXPECT_EQ(read("a: 1\nb: @\n", options), "error: app.yaml:11:4: a plain value cannot begin with @; quote it");
}

TEST(Parser, DepthIsLimited) {
  ParseOptions options;
  options.max_depth = 20;
  EXPECT_EQ(read(std::string(30, '['), options), "error: app.yaml:1:21: nested deeper than 20 levels");
}

TEST(Parser, SizeIsLimited) {
  ParseOptions options;
  options.max_bytes = 10;
  EXPECT_EQ(read("a: 123456789\n", options), "error: app.yaml: is larger than 10 bytes");
}

TEST(Parser, AliasExpansionIsLimited) {
  // Each level doubles: a few hundred bytes would otherwise become gigabytes.
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) bomb += text::cat("a", i, ": &a", i, " [*a", i - 1, ", *a", i - 1, "]\n");
  EXPECT_NE(read(bomb).find("aliases expand to more than 400000 nodes"), std::string::npos) << read(bomb);
}

TEST(Parser, ReadsAStreamOfDocuments) {
  Arena arena;
  const auto nodes = parse_all("a: 1\n---\n---\n# nothing\n---\nb: 2\n...\n", arena);
  ASSERT_TRUE(nodes);
  ASSERT_EQ(nodes->size(), 4U);
  EXPECT_TRUE(is_missing((*nodes)[1]));
  EXPECT_EQ((*nodes)[3]->text_at("b"), "2");
  EXPECT_EQ((*nodes)[3]->line, 6U);
}

// Elsewhere an end mark ends nothing more; here there is no document yet, which the parsers of Go refuse.
TEST(Parser, AnEndMarkCannotBeginAText) {
  EXPECT_EQ(read("...\n"), "error: app.yaml:1:1: expected a document before the end mark ...");
  EXPECT_EQ(read("# nothing\n...\na: 1\n"), "error: app.yaml:2:1: expected a document before the end mark ...");
  Arena arena;
  const auto nodes = parse_all("a: 1\n...\n...\n---\n...\n", arena);
  ASSERT_TRUE(nodes);
  EXPECT_EQ(nodes->size(), 2U);
}

TEST(Folded, PrintingOnceAddsALineBeforeIndentedOnes) {
  EXPECT_EQ(reread_folded("a\nb\n"), "a\nb\n");
  EXPECT_EQ(reread_folded("a:\n  b\n"), "a:\n\n  b\n");
  EXPECT_EQ(reread_folded("one line\n"), "one line\n");
}

// They gained a line, although the original prints them in quotes, or as they are.
TEST(Folded, TextsThatCannotBePrintedFoldedAreNoBlocks) {
  for (const auto* text : {"a \n  b\nc", "a\n  \xF0\x9F\x98\x80\nc", "a\n  b\nc ", "a\n  b\x01\nc"})
    EXPECT_FALSE(stays_block(text)) << text;
  for (const auto* text : {" a\nb\n  c", "\n a\nb\n  c"}) {
    EXPECT_TRUE(stays_block(text)) << text;
    EXPECT_EQ(reread_folded(text), text) << text;
  }
  EXPECT_TRUE(stays_block("a\t\n\tb\nc")) << "tabs may stand in a block";
  EXPECT_EQ(reread_folded("a\t\n\tb\nc"), "a\t\n\n\tb\nc");
}

}  // namespace
}  // namespace weir::yaml
