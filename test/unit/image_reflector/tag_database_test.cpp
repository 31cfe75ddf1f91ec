#include "controllers/image_reflector/tag_database.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "pkg/base/random.hpp"
#include "test/support/run.hpp"

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
  EXPECT_EQ(
      TagList::make("a\nb", {})->revision(), "sha256:c4a78e5bdf318c857b19a6ae4678d9fc8ab0d9bf2b7dd11b41a06c4c1047d943"
  );
  // printf '' | sha256sum
  EXPECT_EQ(
      TagList::make("", {})->revision(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  );
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

class Database : public testing::Test {
 protected:
  ~Database() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  static TagDatabase::Snapshot snapshot(const char* lines) {
    return std::make_shared<const TagSnapshot>("ghcr.io/team/app", TagList::make(lines, {}));
  }
  static TagKey key(const char* uid) { return TagKey{"apps", "app", uid}; }
  std::string find(TagDatabase& tags, const char* uid) {
    const auto found = test::run(reactor_, tags.find(key(uid)));
    return found ? found->tags().lines() : "none";
  }
  std::filesystem::path file(const char* uid) const {
    return std::filesystem::path{root_} / "imagerepository/apps/app" / (std::string{uid} + ".tags");
  }

  asio::io_context reactor_;
  async::BlockingPool io_{"io", 1, 8};
  const std::string root_ = std::filesystem::temp_directory_path() / ("weir-tags-" + random_hex(8));
};

TEST_F(Database, SurvivesTheProcessAndKeepsObjectsApart) {
  {
    TagDatabase tags{root_, io_};
    test::run(reactor_, tags.put(key("one"), snapshot("1.0")));
    test::run(reactor_, tags.put(key("one"), snapshot("1.1")));
    EXPECT_EQ(find(tags, "one"), "1.1\n");
  }
  TagDatabase later{root_, io_};
  EXPECT_EQ(find(later, "one"), "1.1\n");
  EXPECT_EQ(find(later, "two"), "none") << "another object of the same name";
}

TEST_F(Database, WhatAKilledWriteLeftBehindIsNotRead) {
  TagDatabase tags{root_, io_};
  test::run(reactor_, tags.put(key("one"), snapshot("1.0\n1.1")));
  std::ofstream{file("one").parent_path() / ".one.tags.1234"} << "half";
  std::filesystem::resize_file(file("one"), std::filesystem::file_size(file("one")) - 2);
  TagDatabase later{root_, io_};
  EXPECT_EQ(find(later, "one"), "none");
  EXPECT_EQ(test::run(reactor_, later.remove_leftovers()), 1u);
  EXPECT_TRUE(std::filesystem::exists(file("one")));
  test::run(reactor_, later.remove(key("one")));
  EXPECT_FALSE(std::filesystem::exists(file("one").parent_path()));
}

TEST_F(Database, KeepsOnlyTheRecentlyUsedInMemory) {
  TagDatabase tags{root_, io_, 1};
  test::run(reactor_, tags.put(key("one"), snapshot("1.0")));
  test::run(reactor_, tags.put(key("two"), snapshot("2.0")));
  EXPECT_EQ(tags.memory_bytes(), snapshot("2.0")->size_bytes());
  EXPECT_EQ(find(tags, "one"), "1.0\n") << "from the disk";
}

TEST_F(Database, AFolderThatCannotBeWrittenIsNamed) {
  std::ofstream{root_} << "a file";
  TagDatabase tags{root_, io_};
  try {
    test::run(reactor_, tags.put(key("one"), snapshot("1.0")));
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string{error.what()}.find(root_), std::string::npos) << error.what();
  }
  EXPECT_EQ(find(tags, "one"), "none");
}

}  // namespace
}  // namespace weir::image_reflector
