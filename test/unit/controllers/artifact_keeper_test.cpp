#include "controllers/source/artifact_keeper.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "pkg/base/text.hpp"
#include "test/support/run.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::source {
namespace {

namespace fs = std::filesystem;

const kube::ObjectKey kKey{"apps", "web"};
constexpr std::string_view kKind = "GitRepository";

class ArtifactKeeperTest : public ::testing::Test {
 protected:
  static artifact::StorageOptions at(const fs::path& root) {
    artifact::StorageOptions out;
    out.root = root;
    out.advertised_address = "source.local";
    return out;
  }
  std::optional<api::Artifact> stored(const char* revision) {
    auto work = keeper_.storing(
        kKind,
        kKey,
        text::cat(revision, ".tar.gz"),
        std::nullopt,
        [](artifact::ArchiveWriter& writer, std::stop_token) { writer.add_file("a.yaml", false, "a: 1\n"); }
    );
    return keeper_.describe(work({}), revision, WallTime{});
  }

  test::ScratchFolder folder_;
  asio::io_context reactor_;
  async::BlockingPool io_{"io", 1, 10};
  artifact::Storage storage_{at(folder_ / "storage")};
  ArtifactKeeper keeper_{storage_, io_};
};

TEST_F(ArtifactKeeperTest, WhatIsInStorageIsOfferedAtTodaysAddress) {
  auto artifact = stored("one");
  EXPECT_EQ(artifact->url, "http://source.local/gitrepository/apps/web/one.tar.gz");
  artifact->url = "http://yesterday/x";
  EXPECT_TRUE(test::run(reactor_, keeper_.check(kKind, kKey, artifact)));
  EXPECT_EQ(artifact->url, "http://source.local/gitrepository/apps/web/one.tar.gz");
}

TEST_F(ArtifactKeeperTest, WhatIsNotInStorageIsClaimedNoMore) {
  auto artifact = stored("one");
  auto changed = artifact;
  changed->digest = "sha256:0";
  EXPECT_FALSE(test::run(reactor_, keeper_.check(kKind, kKey, changed)));
  EXPECT_FALSE(changed);
  EXPECT_GE(test::run(reactor_, keeper_.remove(kKind, kKey)), 1u);
  EXPECT_FALSE(test::run(reactor_, keeper_.check(kKind, kKey, artifact)));
  EXPECT_FALSE(artifact);
}

TEST_F(ArtifactKeeperTest, AClaimLeadsToItsOwnObjectOnly) {
  const auto artifact = stored("one");
  EXPECT_TRUE(test::run(reactor_, keeper_.find(kKind, kKey, *artifact)));
  const kube::ObjectKey other{"apps", "other"};
  EXPECT_FALSE(test::run(reactor_, keeper_.find(kKind, other, *artifact))) << "its status names another one's file";
}

TEST_F(ArtifactKeeperTest, EqualContentOfAnotherRevisionIsNews) {
  const auto artifact = stored("one");
  artifact::Stored same;
  same.digest = artifact->digest;
  EXPECT_FALSE(is_news(artifact, same, "one"));
  EXPECT_TRUE(is_news(artifact, same, "two"));
  EXPECT_TRUE(is_news(std::nullopt, same, "one"));
}

}  // namespace
}  // namespace weir::source
