#include "controllers/image_reflector/tag_database.hpp"

#include <gtest/gtest.h>

namespace weir::image_reflector {
namespace {

std::vector<regex::Regex> excluding(const char* pattern) { return {regex::Regex::compile(pattern).value()}; }

TEST(TagList, DescendingWithoutDoublesAndExclusions) {
  const auto tags = TagList::make("1.0\nlatest\n1.0\nx.sig\n0.9\n", excluding(R"(\.sig$)"));
  EXPECT_EQ(tags->lines(), "latest\n1.0\n0.9\n");
  EXPECT_EQ(tags->size(), 3u);
  EXPECT_EQ(tags->tags()[2], "0.9");
}

TEST(TagList, RevisionIsTheDigestOfTheJoinedTags) {
  EXPECT_EQ(TagList::make("a\nb", {})->revision(), TagList::make("b\na\n", {})->revision());
  // printf 'b\na' | sha256sum
  EXPECT_EQ(TagList::make("a\nb", {})->revision(), "sha256:c4a78e5bdf318c857b19a6ae4678d9fc8ab0d9bf2b7dd11b41a06c4c1047d943");
  // printf '' | sha256sum
  EXPECT_EQ(TagList::make("", {})->revision(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(TagFile, ComesBackAsItWas) {
  const TagSnapshot snapshot{"ghcr.io/team/app", TagList::make("1.0\n2.0", {})};
  const auto back = decode_tags(encode_tags(snapshot));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->image(), "ghcr.io/team/app");
  EXPECT_EQ(back->tags().lines(), "2.0\n1.0\n");
}

TEST(TagFile, CutShortOrChangedAnywhereItIsNone) {
  const auto bytes = encode_tags(TagSnapshot{"ghcr.io/team/app", TagList::make("1.0\n2.0\n3.0", {})});
  for (std::size_t size = 0; size + 1 < bytes.size(); ++size) {
    EXPECT_FALSE(decode_tags(bytes.substr(0, size))) << size;  // the last line feed alone may be missing
  }
  const auto after_head = bytes.find('\n') + 1;
  for (auto at = after_head; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] = 'x';
    const auto decoded = decode_tags(changed);
    EXPECT_TRUE(!decoded || decoded->tags().lines() == "3.0\n2.0\n1.0\n") << at;
  }
}

}  // namespace
}  // namespace weir::image_reflector
