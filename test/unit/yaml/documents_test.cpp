#include "pkg/yaml/documents.hpp"

#include <gtest/gtest.h>

#include "pkg/json/codec.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::yaml {
namespace {

TEST(Documents, SkipEmptyOnesAndKnowTheirLine) {
  const auto documents = parse_documents("# header\n---\na: 1\n---\n---\nb: yes\n1: x\n", "dir/app.yaml");
  ASSERT_TRUE(documents);
  ASSERT_EQ(documents->size(), 2U);
  EXPECT_EQ((*documents)[0].line, 3U);
  EXPECT_EQ(json::write((*documents)[1].value), R"({"b":true,"1":"x"})");
  EXPECT_EQ((*documents)[1].line, 6U);
  EXPECT_EQ((*documents)[1].source, "dir/app.yaml");
}

TEST(Documents, WhatJsonCannotHoldIsRefusedWithItsPlace) {
  const auto documents = parse_documents("a:\n  b: .nan\n", "x.yaml");
  ASSERT_FALSE(documents);
  EXPECT_EQ(documents.error().text(), "x.yaml:2:6: JSON has no number for this");
}

// Dates in kustomization.yaml, in JSON patches and in variables became times.
TEST(Documents, DatesAreTextsToKubectlAndTimesToYaml12) {
  constexpr std::string_view kText =
      "a: 2024-05-01\nb: !!timestamp 2001-1-1\n2024-05-02: 2001-12-14t21:59:43.10-05:00\n";
  EXPECT_EQ(
      json::write(parse_document(kText).value()),
      R"({"a":"2024-05-01","b":"2001-1-1","2024-05-02":"2001-12-14t21:59:43.10-05:00"})"
  );
  EXPECT_EQ(
      json::write(parse_document(kText, ParseOptions{}).value()),
      R"({"a":"2024-05-01T00:00:00Z","b":"2001-01-01T00:00:00Z","2024-05-02T00:00:00Z":"2001-12-14T21:59:43.1-05:00"})"
  );
}

TEST(Documents, ALoneMarkIsAnEmptyTextToKubectl) {
  EXPECT_EQ(json::write(parse_document("a: !\nb: ! 5\nc:\n").value()), R"({"a":"","b":5,"c":null})");
}

TEST(Documents, OfManyEqualKeysTheLastOneStandsAtTheFirstOnesPlace) {
  ParseOptions options;
  options.duplicates = DuplicateKeys::kLastWins;
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "a: 1\nb: 2\n";  // took minutes
  EXPECT_EQ(json::write(parse_document(text + "c: 3\na: 4\n", options).value()), R"({"a":4,"b":2,"c":3})");
}

TEST(Documents, MemoryIsLimited) {
  ParseOptions options;
  options.source = "x.yaml";
  options.max_memory_bytes = 50'000;
  std::string text = "a: &a " + std::string(1000, 'x') + "\nb: [*a";
  for (int i = 0; i < 100; ++i) text += ", *a";
  EXPECT_EQ(parse_document(text + "]\n", options).error().text(), "x.yaml: takes more than 50000 bytes of memory");
  EXPECT_EQ(parse_documents(text + "]\n", options).error().text(), "x.yaml: takes more than 50000 bytes of memory");
}

TEST(Documents, AliasesOfATextShareOneLimit) {
  ParseOptions options;
  options.source = "x.yaml";
  options.max_alias_nodes = 5;
  std::string text;
  for (int i = 0; i < 3; ++i) text += "---\na: &a x\nb: [*a, *a]\n";
  EXPECT_EQ(parse_documents(text, options).error().text(), "x.yaml:9:9: aliases expand to more than 5 nodes");
}

TEST(Documents, ATreeFromJsonPrintsTheSame) {
  const auto value = json::parse(R"({"a":"1","b":[1,null,true,{"c":"x\ny"}]})").value();
  Arena arena;
  const auto again = to_json(*from_json(value, arena), {});
  ASSERT_TRUE(again);
  EXPECT_EQ(yaml::write(*again), yaml::write(value));
}

}  // namespace
}  // namespace weir::yaml
