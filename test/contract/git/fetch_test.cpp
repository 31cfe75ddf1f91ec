#include <fstream>

#include "test/contract/git/fixture.hpp"

namespace weir::git {
namespace {

class GitFetch : public WithGitServer {};

TEST_F(GitFetch, BringsACommitAtDepthOne) {
  python("repo.commit({'a.yaml': 'newer'})");
  const auto resolution = resolve(remote(), branch("main"));
  EXPECT_EQ(resolution.commit.hex(), python("repo.git('rev-parse', 'HEAD')"));
  EXPECT_EQ(resolution.revision, "main@sha1:" + resolution.commit.hex());
  const auto report = fetch(remote(), resolution);
  EXPECT_FALSE(report.was_known);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "newer");
  const auto repository = Repository::open(store());
  const auto commit = repository.read_commit(resolution.commit);
  ASSERT_EQ(commit.parents.size(), 1u);
  EXPECT_FALSE(repository.has(commit.parents[0]));
  EXPECT_EQ(commit.subject(), "change");
  EXPECT_EQ(commit.author.email, "test@example.com");
  EXPECT_EQ(repository.tips(), std::vector<ObjectId>{resolution.commit});
}

TEST_F(GitFetch, AnotherCommitIsAThinPackOnTopOfTheLast) {
  std::string big;
  for (int i = 0; i < 20'000; ++i) big += std::to_string(i * 7919 % 10'007) + "\n";
  python("repo.commit({'big.txt': '''" + big + "'''})");
  auto first = resolve(remote(), branch("main"));
  fetch(remote(), first);
  python("repo.commit({'big.txt': '''" + big + "one more line\n'''})");
  const auto mark = requests();
  const auto second = resolve(remote(), branch("main"));
  const auto report = fetch(remote(), second);
  EXPECT_LT(report.pack_bytes, 600u);
  EXPECT_LT(bytes_since(mark), 1500u);
  EXPECT_EQ(content(second.commit, "big.txt"), big + "one more line\n");
  EXPECT_EQ(content(second.commit, "a.yaml"), "one");
}

TEST_F(GitFetch, AStoreThatHasTheCommitAsksForNothing) {
  const auto resolution = resolve(remote(), branch("main"));
  fetch(remote(), resolution);
  const auto mark = requests();
  EXPECT_TRUE(fetch(remote(), resolution).was_known);
  EXPECT_EQ(requests(), mark);
}

TEST_F(GitFetch, ALookWithNothingNewIsOneSmallRequestOnAKeptConnection) {
  for (int i = 0; i < 50; ++i)
    python("repo._run('push', '--quiet', 'origin', 'HEAD:refs/heads/other" + std::to_string(i) + "')");
  const auto first = resolve(remote(), branch("main"));
  const auto mark = requests();
  const auto transport = http_.get(http::ConnectionOptions{});
  const auto& client = dynamic_cast<const http::Client&>(*transport);
  const auto made = client.connections_made();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(resolve(remote(), branch("main")), first);
  EXPECT_EQ(requests(), mark + 3);
  EXPECT_LT(bytes_since(mark), 3 * 200u);
  EXPECT_EQ(client.connections_made(), made);
}

TEST_F(GitFetch, AForcedPushIsFollowed) {
  const auto first = resolve(remote(), branch("main"));
  fetch(remote(), first);
  python("repo.git('checkout', '--quiet', '--orphan', 'fresh')");
  python("repo.commit({'a.yaml': 'rewritten'})");
  const auto second = resolve(remote(), branch("main"));
  EXPECT_NE(second.commit, first.commit);
  fetch(remote(), second);
  EXPECT_EQ(content(second.commit, "a.yaml"), "rewritten");
}

TEST_F(GitFetch, GoingBackToAnEarlierCommitWorks) {
  const auto first = resolve(remote(), branch("main"));
  fetch(remote(), first);
  python("repo.commit({'a.yaml': 'newer'})");
  const auto second = resolve(remote(), branch("main"));
  fetch(remote(), second);
  python("repo.git('reset', '--quiet', '--hard', '" + first.commit.hex() + "')");
  python("repo._run('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/main')");
  EXPECT_EQ(resolve(remote(), branch("main")), first);
  EXPECT_TRUE(fetch(remote(), first).was_known);
  EXPECT_EQ(content(first.commit, "a.yaml"), "one");
}

TEST_F(GitFetch, ManyCommitsAreCompactedIntoOnePack) {
  Resolution last;
  for (int i = 0; i < 70; ++i) {
    python("repo.commit({'a.yaml': 'number " + std::to_string(i) + "'})");
    last = resolve(remote(), branch("main"));
    fetch(remote(), last);
  }
  EXPECT_LT(Repository::open(store()).pack_count(), 20u);
  EXPECT_EQ(content(last.commit, "a.yaml"), "number 69");
}

TEST_F(GitFetch, ADamagedStoreIsThrownAway) {
  auto fetch_next = [&](const std::string& text) {
    python("repo.commit({'a.yaml': '" + text + "' * 1000})");
    const auto next = resolve(remote(), branch("main"));
    fetch(remote(), next);
    EXPECT_EQ(content(next.commit, "a.yaml").substr(0, text.size()), text);
    EXPECT_EQ(content(next.commit, "deploy"), "missing");
  };
  python("repo.commit({'deploy': None, 'b.yaml': 'b' * 1000})");
  fetch_next("first");
  std::ofstream{store() + "/HEAD"} << "nonsense";
  fetch_next("second");
  for (const auto& entry : std::filesystem::directory_iterator{store() + "/objects/pack"}) {
    std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all);
    if (entry.path().extension() == ".pack") std::filesystem::resize_file(entry.path(), 20);
  }
  fetch_next("third");
  std::filesystem::remove_all(store());
  std::ofstream{store()} << "a file where a folder should be";
  fetch_next("fourth");
}

TEST_F(GitFetch, GitItselfFindsTheStoreInOrder) {
  fetch(remote(), resolve(remote(), branch("main")));
  python("repo.commit({'a.yaml': 'newer'})");
  fetch(remote(), resolve(remote(), branch("main")));
  EXPECT_NO_THROW(python("repo._run('fsck', '--strict', '--full', cwd='" + store() + "')"));
  EXPECT_EQ(python("repo._run('rev-list', '--count', 'HEAD', cwd='" + store() + "')"), "1\n");
}

class GitOldServer : public GitFetch, public ::testing::WithParamInterface<int> {};

TEST_P(GitOldServer, IsSpokenToInItsOwnVersion) {
  python("server.most_version = " + std::to_string(GetParam()));
  python("repo.commit({'a.yaml': 'x' * 5000}, annotated='v1')");
  auto first = resolve(remote(), branch("main"));
  fetch(remote(), first);
  python("repo.commit({'a.yaml': 'x' * 5000 + 'y'})");
  const auto second = resolve(remote(), branch("main"));
  EXPECT_LT(fetch(remote(), second).pack_bytes, 600u);
  EXPECT_EQ(content(second.commit, "a.yaml"), std::string(5000, 'x') + "y");
  Reference tag;
  tag.tag = "v1";
  EXPECT_EQ(resolve(remote(), tag).commit, first.commit);
  EXPECT_TRUE(resolve(remote(), tag).annotated_tag);
}

INSTANTIATE_TEST_SUITE_P(Version, GitOldServer, ::testing::Values(0, 1));

TEST_F(GitFetch, AServerThatForgetsVersionTwoIsAskedAnew) {
  const auto first = resolve(remote(), branch("main"));
  python("server.most_version = 0");
  EXPECT_EQ(resolve(remote(), branch("main")), first);
  python("server.most_version = 2");
  EXPECT_EQ(resolve(remote(), branch("main")), first);
}

}  // namespace
}  // namespace weir::git
