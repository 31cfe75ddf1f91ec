#include <gtest/gtest.h>

#include "pkg/oci/registry_client.hpp"

namespace weir::oci {
namespace {

TEST(TagsPage, OneTagALine) {
  std::string lines = "before\n";
  EXPECT_EQ(append_tags(R"({"name": "a", "tags": ["1.0", "latest", "no/tag", "two\nlines"]})", lines).value(), 2u);
  EXPECT_EQ(lines, "before\n1.0\nlatest\n");
}

TEST(TagsPage, NoTagsAtAll) {
  std::string lines;
  EXPECT_EQ(append_tags(R"({"name": "a", "tags": null})", lines).value(), 0u);
  EXPECT_EQ(append_tags(R"({"name": "a"})", lines).value(), 0u);
  EXPECT_EQ(append_tags(R"({"name": "a", "tags": []})", lines).value(), 0u);
}

TEST(TagsPage, AnythingElseIsRefused) {
  std::string lines;
  for (const char* body : {"", "<html>", "[]", "{}", R"({"tags": 1})", R"({"tags": [1]})", R"({"tags": ["a"]} x)"}) {
    const auto added = append_tags(body, lines);
    ASSERT_TRUE(added.has_error()) << body;
    EXPECT_TRUE(added.error().text().starts_with("expected a tag list")) << added.error().text();
  }
}

}  // namespace
}  // namespace weir::oci
