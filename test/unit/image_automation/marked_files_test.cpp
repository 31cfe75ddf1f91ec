#include "controllers/image_automation/marked_files.hpp"

#include <cstring>
#include <filesystem>
#include <string>

#include <git2.h>
#include <gmock/gmock.h>

#include "pkg/git/commit_builder.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::image_automation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kMarked = "image: a:1 # {\"$imagepolicy\": \"ns:a\"}\n";

class MarkedFilesTest : public testing::Test {
 protected:
  MarkedFilesTest() {
    repository_.emplace(git::Repository::open_or_create(folder_.path()));
    tip_ = empty_commit();
  }

  git::ObjectId tree(const std::vector<git::FileChange>& files) {
    git::CommitText text;
    text.author = text.committer = {"A", "a@example.com", {}};
    text.message = "m";
    tip_ = *git::write_commit(*repository_, tip_, files, text);
    return repository_->read_commit(tip_).tree;
  }
  std::vector<std::string> find(const git::ObjectId& tree, const std::string& root = "") {
    std::vector<std::string> out;
    for (const auto& file : marked_.find(*repository_, tree, root, {})) out.push_back(file.path);
    return out;
  }

  std::string error_of(const git::ObjectId& tree) {
    try {
      find(tree);
      return "found";
    } catch (const git::GitError& error) {
      return error.what();
    }
  }

  /// A tree that names the folder "a" and "b".
  git::ObjectId twice(const git::ObjectId& below) {
    git_repository* repository = nullptr;
    git_treebuilder* builder = nullptr;
    git_oid id, tree;
    std::memcpy(id.id, below.bytes(), sizeof id.id);
    EXPECT_EQ(git_repository_open(&repository, folder_.path().c_str()), 0);
    EXPECT_EQ(git_treebuilder_new(&builder, repository, nullptr), 0);
    for (const auto* name : {"a", "b"})
      EXPECT_EQ(git_treebuilder_insert(nullptr, builder, name, &id, GIT_FILEMODE_TREE), 0);
    EXPECT_EQ(git_treebuilder_write(&tree, builder), 0);
    git_treebuilder_free(builder);
    git_repository_free(repository);
    return git::ObjectId::from_bytes(tree.id);
  }

  /// The library writes commits on top of others only.
  git::ObjectId empty_commit() {
    git_repository* repository = nullptr;
    git_treebuilder* builder = nullptr;
    git_oid tree;
    git_oid commit;
    const std::string text = "author A <a@example.com> 0 +0000\ncommitter A <a@example.com> 0 +0000\n\nm\n";
    git_odb* odb = nullptr;
    EXPECT_EQ(git_repository_open(&repository, folder_.path().c_str()), 0);
    EXPECT_EQ(git_treebuilder_new(&builder, repository, nullptr), 0);
    EXPECT_EQ(git_treebuilder_write(&tree, builder), 0);
    EXPECT_EQ(git_repository_odb(&odb, repository), 0);
    const std::string object = std::string{"tree "} + git_oid_tostr_s(&tree) + "\n" + text;
    EXPECT_EQ(git_odb_write(&commit, odb, object.data(), object.size(), GIT_OBJECT_COMMIT), 0);
    git_odb_free(odb);
    git_treebuilder_free(builder);
    git_repository_free(repository);
    return git::ObjectId::from_bytes(commit.id);
  }

  test::ScratchFolder folder_;
  std::optional<git::Repository> repository_;
  git::ObjectId tip_;
  MarkedFiles marked_;
};

TEST_F(MarkedFilesTest, FindsMarkersBelowTheRootInFilesOfTheRightName) {
  const auto top = tree(
      {{"apps/a.yaml", kMarked},
       {"apps/b/c.yml", kMarked},
       {"apps/b/Kustomization", kMarked},
       {"apps/plain.yaml", "a: 1\n"},
       {"apps/readme.md", kMarked},
       {"infra/x.yaml", kMarked}}
  );
  EXPECT_THAT(find(top, "apps"), ElementsAre("apps/a.yaml", "apps/b/Kustomization", "apps/b/c.yml"));
  EXPECT_THAT(find(top), ElementsAre("apps/a.yaml", "apps/b/Kustomization", "apps/b/c.yml", "infra/x.yaml"));
  EXPECT_THAT(find(top, "absent"), IsEmpty());
  EXPECT_THAT(find(top, "apps/a.yaml"), IsEmpty());
}

TEST_F(MarkedFilesTest, AMarkerThatComesGoesOrMovesIsSeen) {
  const auto first = tree({{"apps/a.yaml", kMarked}, {"apps/b/c.yaml", "a: 1\n"}});
  EXPECT_THAT(find(first), ElementsAre("apps/a.yaml"));
  const auto second = tree({{"apps/a.yaml", "a: 1\n"}, {"apps/b/c.yaml", kMarked}});
  EXPECT_THAT(find(second), ElementsAre("apps/b/c.yaml"));
  EXPECT_THAT(find(first), ElementsAre("apps/a.yaml"));
}

// Fifty trees of two entries each are a thousand million million paths.
TEST_F(MarkedFilesTest, ATreeThatHoldsItsFoldersTwiceIsWalkedOnce) {
  auto below = tree({{"plain.yaml", "a: 1\n"}});
  for (int i = 0; i < 50; ++i) below = twice(below);
  EXPECT_THAT(find(below), IsEmpty());
  below = tree({{"plain.yaml", kMarked}});
  for (int i = 0; i < 3; ++i) below = twice(below);
  EXPECT_EQ(find(below).size(), 8U);
  EXPECT_EQ(find(below).back(), "b/b/b/plain.yaml");
  for (int i = 0; i < 40; ++i) below = twice(below);
  EXPECT_EQ(
      error_of(below), "more files with markers than the limits of 100000 files and 33554432 bytes of their paths"
  );
  for (int i = 0; i < 70; ++i) below = twice(below);
  EXPECT_EQ(error_of(below), "folders are nested deeper than 100 levels");
}

TEST_F(MarkedFilesTest, WhatDidNotChangeIsNotReadAgain) {
  const auto first = tree({{"apps/a.yaml", kMarked}, {"apps/deep/b.yaml", kMarked}});
  EXPECT_THAT(find(first), ElementsAre("apps/a.yaml", "apps/deep/b.yaml"));
  // With the objects gone, only what is remembered can answer.
  std::filesystem::remove_all(folder_ / "objects");
  std::filesystem::create_directories(folder_ / "objects/pack");
  *repository_ = git::Repository::open(folder_.path());
  EXPECT_THAT(find(first), ElementsAre("apps/a.yaml", "apps/deep/b.yaml"));
}

/// Two folders of one content in each: 2^levels folders out of a few kilobytes.
git::ObjectId double_up(const git::Repository& repository, git::ObjectId tree, int levels) {
  git_repository* raw = nullptr;
  git_odb* odb = nullptr;
  EXPECT_EQ(git_repository_open(&raw, repository.path().c_str()), 0);
  EXPECT_EQ(git_repository_odb(&odb, raw), 0);
  for (int i = 0; i < levels; ++i) {
    const std::string id{reinterpret_cast<const char*>(tree.bytes()), git::ObjectId::kBytes};
    const std::string folders = std::string{"40000 a\0", 8} + id + std::string{"40000 b\0", 8} + id;
    git_oid out;
    EXPECT_EQ(git_odb_write(&out, odb, folders.data(), folders.size(), GIT_OBJECT_TREE), 0);
    tree = git::ObjectId::from_bytes(out.id);
  }
  git_odb_free(odb);
  git_repository_free(raw);
  return tree;
}

std::string refusal(MarkedFilesLimits limits, const git::Repository& repository, const git::ObjectId& tree) {
  MarkedFiles marked{limits};
  try {
    return "found " + std::to_string(marked.find(repository, tree, "", {}).size());
  } catch (const git::GitError& error) {
    EXPECT_EQ(error.kind(), git::GitFailure::kTooLarge);
    return error.what();
  }
}

TEST_F(MarkedFilesTest, ATreeThatHoldsItselfIsRefusedAtALimit) {
  const auto bomb = double_up(*repository_, tree({{"x.yaml", kMarked}}), 40);
  MarkedFilesLimits few_files;
  few_files.files = 10;
  few_files.path_bytes = 100'000;
  const std::string expected = "more files with markers than the limits of 10 files and 100000 bytes of their paths";
  EXPECT_EQ(refusal(few_files, *repository_, bomb), expected);
  EXPECT_EQ(refusal({}, *repository_, double_up(*repository_, tree({{"y.yaml", kMarked}}), 3)), "found 16");
}

TEST_F(MarkedFilesTest, WideFoldersAreReadOnlySoFar) {
  std::vector<git::FileChange> files;
  for (int i = 0; i < 60; ++i) files.emplace_back("a/" + std::to_string(i), "a");
  for (int i = 0; i < 60; ++i) files.emplace_back("b/" + std::to_string(i), "b");
  MarkedFilesLimits few;
  few.entries = 100;
  EXPECT_EQ(refusal(few, *repository_, tree(files)), "the folders have more than 100 entries, reached at \"b/\"");
}

TEST_F(MarkedFilesTest, AFileOverTheLimitIsNamedAndNotRead) {
  MarkedFilesLimits limits;
  limits.file_bytes = 30;
  EXPECT_EQ(
      refusal(limits, *repository_, tree({{"a/x.yaml", kMarked}})),
      "the file \"a/x.yaml\" has 38 bytes, more than the limit of 30 for files with markers"
  );
}

}  // namespace
}  // namespace weir::image_automation
