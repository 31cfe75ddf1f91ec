#include "test/contract/git/fixture.hpp"

namespace weir::git {
namespace {

class GitReference : public WithGitServer {
 protected:
  Reference reference(std::string Reference::*field, std::string value) {
    Reference out;
    out.*field = std::move(value);
    return out;
  }
  std::string refusal(const Reference& what) {
    return failure<GitError>([&] { resolve(remote(), what); });
  }
};

TEST_F(GitReference, TagsAreFollowedToTheirCommits) {
  const auto light = python("repo.commit({'a.yaml': '1'}, tag='light')");
  const auto heavy = python("repo.commit({'a.yaml': '2'}, annotated='heavy')");
  EXPECT_EQ(resolve(remote(), reference(&Reference::tag, "light")).revision, "light@sha1:" + light);
  const auto resolution = resolve(remote(), reference(&Reference::tag, "heavy"));
  EXPECT_EQ(resolution.revision, "heavy@sha1:" + heavy);
  ASSERT_TRUE(resolution.annotated_tag);
  fetch(remote(), resolution);
  const auto tag = Repository::open(store()).read_tag(*resolution.annotated_tag);
  EXPECT_EQ(tag.target.hex(), heavy);
  EXPECT_EQ(tag.name, "heavy");
  EXPECT_EQ(tag.tagger->name, "Test");
}

TEST_F(GitReference, SemverPicksTheHighestTagOfTheRange) {
  for (const char* tag : {"v1.0.0", "1.2.0", "v1.10.0", "v2.0.0", "v1.11.0-rc.1", "latest", "v1.99"})
    python(std::string{"repo.commit({'a.yaml': '"} + tag + "'}, annotated='" + tag + "')");
  EXPECT_TRUE(resolve(remote(), reference(&Reference::semver, "1.x")).revision.starts_with("v1.10.0@sha1:"));
  EXPECT_TRUE(resolve(remote(), reference(&Reference::semver, "<1.10")).revision.starts_with("1.2.0@sha1:"));
  EXPECT_TRUE(
      resolve(remote(), reference(&Reference::semver, ">=1.0.0-0 <2")).revision.starts_with("v1.11.0-rc.1@sha1:")
  );
  EXPECT_EQ(refusal(reference(&Reference::semver, ">9")), "no match found for semver: >9");
  EXPECT_EQ(refusal(reference(&Reference::semver, "x.y")), "semver parse error: improper constraint: \"x.y\"");
}

TEST_F(GitReference, ATagOfNoCommitIsNamedAndSkippedByRanges) {
  const auto commit = python("repo.commit({'a.yaml': '1'}, annotated='v1.0.0')");
  python(
      "repo._run('tag', 'v2.0.0', 'HEAD^{tree}'); repo._run('tag', '-a', '-m', 'x', 'v3.0.0', "
      "'HEAD:a.yaml')"
  );
  python("repo._run('push', '--quiet', '--tags')");
  const auto range = reference(&Reference::semver, "*");
  for (const char* name : {"refs/tags/v3.0.0' points to a blob", "refs/tags/v2.0.0' points to a tree"}) {
    const auto chosen = resolve(remote(), range);
    try {
      fetch(remote(), chosen);
      FAIL() << chosen.name;
    } catch (const GitError& error) {
      EXPECT_EQ(error.kind(), GitFailure::kNotACommit);
      EXPECT_NE(std::string{error.what()}.find(name), std::string::npos) << error.what();
    }
  }
  const auto chosen = resolve(remote(), range);
  EXPECT_EQ(chosen.commit.hex(), commit);
  EXPECT_EQ(chosen.skipped_tags, (std::vector<std::string>{"v2.0.0", "v3.0.0"}));
  fetch(remote(), chosen);
  const auto by_name = resolve(remote(), reference(&Reference::tag, "v2.0.0"));
  EXPECT_TRUE(failure<GitError>([&] { fetch(remote(), by_name); }
  ).ends_with("the reference 'refs/tags/v2.0.0' points to a tree, not to a commit"));
}

TEST_F(GitReference, NamesMayBeAnything) {
  const auto commit = python("repo.commit({'a.yaml': 'pr'})");
  python("repo._run('push', '--quiet', 'origin', 'HEAD:refs/pull/420/head')");
  const auto resolution = resolve(remote(), reference(&Reference::name, "refs/pull/420/head"));
  EXPECT_EQ(resolution.revision, "refs/pull/420/head@sha1:" + commit);
  fetch(remote(), resolution);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "pr");
  EXPECT_EQ(
      refusal(reference(&Reference::name, "refs/heads/ma")),
      "unable to resolve ref 'refs/heads/ma' to a specific commit"
  );
}

TEST_F(GitReference, ACommitIsFetchedWithoutALook) {
  const auto old = python("repo.git('rev-parse', 'HEAD')");
  python("repo.commit({'a.yaml': 'newer'})");
  const auto mark = requests();
  const auto resolution = resolve(remote(), reference(&Reference::commit, old));
  EXPECT_EQ(requests(), mark);
  EXPECT_EQ(resolution.revision, "sha1:" + old);
  fetch(remote(), resolution);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "one");
  auto with_branch = reference(&Reference::commit, old);
  with_branch.branch = "main";
  EXPECT_EQ(resolve(remote(), with_branch).revision, "main@sha1:" + old);
}

TEST_F(GitReference, AnUnknownCommitIsNamed) {
  const std::string id(40, 'a');
  const auto resolution = resolve(remote(), reference(&Reference::commit, id));
  EXPECT_EQ(
      failure<GitError>([&] { fetch(remote(), resolution); }),
      "unable to resolve commit object for '" + id + "': object not found"
  );
  EXPECT_EQ(
      refusal(reference(&Reference::commit, "abc")), "unable to resolve commit object for 'abc': object not found"
  );
}

TEST_F(GitReference, AnOldServerThatGivesOnlyTipsIsAskedForTheHistory) {
  python("server.most_version = 0");
  python("repo._run('config', 'uploadpack.allowAnySHA1InWant', 'false', cwd=repo.bare)");
  const auto old = python("repo.git('rev-parse', 'HEAD')");
  for (int i = 0; i < 3; ++i) python("repo.commit({'a.yaml': '" + std::to_string(i) + "'})");
  const auto resolution = resolve(remote(), reference(&Reference::commit, old));
  fetch(remote(), resolution);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "one");
  const auto unknown = resolve(remote(), reference(&Reference::commit, std::string(40, 'b')));
  EXPECT_TRUE(failure<GitError>([&] { fetch(remote(), unknown); }
  ).starts_with("unable to resolve commit object for 'bbbb"));
}

TEST_F(GitReference, MissingReferencesAreNamed) {
  const auto url = python("repo.url");
  EXPECT_EQ(refusal(branch("mai")), "unable to clone '" + url + "': couldn't find remote ref \"refs/heads/mai\"");
  EXPECT_EQ(refusal(Reference{}), "unable to clone '" + url + "': couldn't find remote ref \"refs/heads/master\"");
  EXPECT_EQ(
      refusal(reference(&Reference::tag, "x")),
      "unable to clone '" + url + "': couldn't find remote ref \"refs/tags/x\""
  );
}

TEST_F(GitReference, AnEmptyRepositoryIsToldApart) {
  for (const char* version : {"2", "0"}) {
    python(std::string{"server.most_version = "} + version);
    python("repo = server.repository('empty" + std::string{version} + "')");
    try {
      resolve(remote(), branch("main"));
      FAIL();
    } catch (const GitError& error) {
      EXPECT_EQ(error.kind(), GitFailure::kEmptyRepository);
      EXPECT_STREQ(error.what(), "git repository is empty");
    }
  }
}

}  // namespace
}  // namespace weir::git
