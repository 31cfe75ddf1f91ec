#include "pkg/kustomize/file_system.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "pkg/kustomize/memory_file_system.hpp"
#include "pkg/kustomize/path.hpp"
#include "pkg/kustomize/secure_file_system.hpp"
#include "test/support/scratch_folder.hpp"
#include "test/unit/kustomize/world.hpp"

namespace weir::kustomize {
namespace {

TEST(Path, IsCleanedAndJoined) {
  EXPECT_EQ(path::clean("/a/./b//../c/"), "/a/c");
  EXPECT_EQ(path::clean("../a/../../b"), "../../b");
  EXPECT_EQ(path::clean("/../a"), "/a");
  EXPECT_EQ(path::clean(""), ".");
  EXPECT_EQ(path::join("/a", "../b"), "/b");
  EXPECT_EQ(path::directory("/a"), "/");
  EXPECT_EQ(path::name("a/b.yaml"), "b.yaml");
  EXPECT_TRUE(path::is_inside("/a/b", "/a"));
  EXPECT_FALSE(path::is_inside("/ab", "/a"));
}

class SecureFileSystemTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = outside_ / "root";
    write(root_ / "kustomization.yaml", "resources: [sub/cm.yaml]\n");
    write(root_ / "sub/cm.yaml", kConfigMap);
    write(outside_ / "secret.yaml", "secret");
  }

  static void write(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << content;
  }
  SecureFileSystem files() const { return SecureFileSystem::open(root_.string()).value(); }

  test::ScratchFolder scratch_;
  const std::filesystem::path outside_ = scratch_.path();
  std::filesystem::path root_;
};

TEST_F(SecureFileSystemTest, ReadsBelowItsRoot) {
  EXPECT_EQ(files().read((root_ / "sub/../sub/cm.yaml").string()).value(), kConfigMap);
  EXPECT_EQ(files().type((root_ / "sub").string()), EntryType::kDirectory);
  EXPECT_EQ(files().list(root_.string())->size(), 2U);
  EXPECT_NE(built(files(), {}, root_.string()).find("name: settings"), std::string::npos);
}

TEST_F(SecureFileSystemTest, RefusesPathsAndLinksThatLeaveIt) {
  const std::string expected =
      "path '" + (outside_ / "secret.yaml").string() + "' is not in or below '" + root_.string() + "'";
  EXPECT_EQ(files().read((root_ / "../secret.yaml").string()).error().text(), expected);
  std::filesystem::create_symlink(outside_ / "secret.yaml", root_ / "link.yaml");
  std::filesystem::create_directory_symlink(outside_, root_ / "out");
  EXPECT_NE(files().read((root_ / "link.yaml").string()).error().text().find("is not in or below"), std::string::npos);
  EXPECT_NE(
      files().read((root_ / "out/secret.yaml").string()).error().text().find("is not in or below"), std::string::npos
  );
  EXPECT_EQ(files().type((root_ / "link.yaml").string()), EntryType::kNone);
}

TEST_F(SecureFileSystemTest, FollowsLinksThatStayInside) {
  std::filesystem::create_symlink("sub/cm.yaml", root_ / "link.yaml");
  EXPECT_EQ(files().read((root_ / "link.yaml").string()).value(), kConfigMap);
}

TEST_F(SecureFileSystemTest, SaysWhatIsWrong) {
  EXPECT_EQ(files().read((root_ / "none").string()).error().message, "no such file or directory");
  EXPECT_EQ(files().read((root_ / "sub").string()).error().message, "is a directory");
  EXPECT_EQ(
      SecureFileSystem::open(root_.string(), 10)->read((root_ / "sub/cm.yaml").string()).error().message,
      "is larger than 10 bytes"
  );
  EXPECT_FALSE(SecureFileSystem::open((root_ / "none").string()));
  std::filesystem::create_symlink(root_ / "b", root_ / "a");
  std::filesystem::create_symlink(root_ / "a", root_ / "b");
  EXPECT_EQ(files().read((root_ / "a").string()).error().message, "too many symbolic links");
}

TEST_F(SecureFileSystemTest, AnOverlayReplacesFilesWithoutTouchingThem) {
  const auto below = files();
  OverlayFileSystem overlay{below};
  overlay.write((root_ / "kustomization.yaml").string(), "resources: [sub/cm.yaml]\nnamePrefix: x-\n");
  overlay.write((root_ / "new.yaml").string(), "new");
  EXPECT_NE(built(overlay, {}, root_.string()).find("name: x-settings"), std::string::npos);
  EXPECT_EQ(overlay.list(root_.string())->size(), 3U);
  EXPECT_EQ(overlay.type((root_ / "new.yaml").string()), EntryType::kFile);
  EXPECT_EQ(below.type((root_ / "new.yaml").string()), EntryType::kNone);
}

TEST(MemoryFileSystem, HasDirectoriesWhereFilesAre) {
  const auto files = world({{"a/b/c.yaml", "x"}, {"a/d.yaml", "y"}});
  EXPECT_EQ(files.type("/a/b"), EntryType::kDirectory);
  EXPECT_EQ(files.type("/"), EntryType::kDirectory);
  EXPECT_EQ(files.type("/a/x"), EntryType::kNone);
  const auto entries = files.list("/a");
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].name, "b");
  EXPECT_EQ((*entries)[1].type, EntryType::kFile);
}

}  // namespace
}  // namespace weir::kustomize
