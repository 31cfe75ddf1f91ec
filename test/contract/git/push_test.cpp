#include "pkg/git/commit_builder.hpp"
#include "test/contract/git/fixture.hpp"

namespace weir::git {
namespace {

class GitPush : public WithGitServer {
 protected:
  static CommitText text(std::string message) {
    CommitText out;
    out.author.name = "Robot";
    out.author.email = "robot@example.org";
    out.author.when = WallTime{std::chrono::seconds{1'700'000'000}};
    out.committer = out.author;
    out.message = std::move(message);
    return out;
  }

  ObjectId fetch_main() {
    const auto resolution = resolve(remote(), branch("main"));
    fetch(remote(), resolution);
    return resolution.commit;
  }

  ObjectId commit_on(const ObjectId& parent, const std::vector<FileChange>& changes, std::string message = "robot") {
    auto repository = Repository::open(store());
    return write_commit(repository, parent, changes, text(std::move(message))).value();
  }

  /// A push of `commit` that names no reference yet.
  PushRequest request_for(const ObjectId& base, const ObjectId& commit) const {
    PushRequest request;
    request.store = store();
    request.base = base;
    request.commit = commit;
    return request;
  }

  void push(
      const ObjectId& base,
      const ObjectId& commit,
      std::vector<std::string> references = {"refs/heads/main"},
      bool force = false
  ) {
    auto request = request_for(base, commit);
    for (auto& name : references) request.references.emplace_back(std::move(name), force);
    test::run(reactor_, client_.push(remote(), request));
  }

  /// Puts a pre-receive hook into the bare repository.
  static void hook(const std::string& shell) {
    python(
        "hook = os.path.join(repo.bare, 'hooks', 'pre-receive')\n"
        "os.makedirs(os.path.dirname(hook), exist_ok=True)\n"
        "open(hook, 'w').write('#!/bin/sh\\n" +
        shell +
        "\\n')\n"
        "os.chmod(hook, 0o755)\n"
    );
  }

  static std::string at_server(const std::string& command) {
    return python("repo._run(" + command + ", cwd=repo.bare)");
  }
};

TEST_F(GitPush, ACommitFromAShallowStoreArrives) {
  python("repo.commit({'deep/er/x.yaml': 'x', 'run.sh': 'y'})");
  python("os.chmod(os.path.join(repo.tree, 'run.sh'), 0o755); repo.commit()");
  const auto base = fetch_main();
  std::vector<FileChange> changes;
  changes.emplace_back("a.yaml", "changed");
  changes.emplace_back("deep/er/y.yaml", "new");
  changes.emplace_back("deploy/b.yaml", std::nullopt);
  changes.emplace_back("run.sh", "still executable");
  const auto commit = commit_on(base, changes, "subject\n\nbody\n");
  push(base, commit);
  EXPECT_EQ(at_server("'rev-parse', 'main'"), commit.hex() + "\n");
  EXPECT_EQ(at_server("'rev-parse', 'main~1'"), base.hex() + "\n");
  EXPECT_EQ(
      at_server("'show', '--format=%an|%ae|%cd|%B', '--date=raw', '--name-status', 'main'"),
      "Robot|robot@example.org|1700000000 "
      "+0000|subject\n\nbody\n\n\nM\ta.yaml\nA\tdeep/er/y.yaml\nD\tdeploy/b.yaml\nM\trun.sh\n"
  );
  EXPECT_TRUE(at_server("'ls-tree', 'main', 'run.sh'").starts_with("100755 "));
  EXPECT_NO_THROW(at_server("'fsck', '--strict', '--full'"));
  // The store goes on from there without a pack.
  const auto next = resolve(remote(), branch("main"));
  EXPECT_TRUE(fetch(remote(), next).was_known);
  EXPECT_EQ(content(next.commit, "a.yaml"), "changed");
}

TEST_F(GitPush, NothingChangedIsNoCommit) {
  const auto base = fetch_main();
  auto repository = Repository::open(store());
  std::vector<FileChange> changes;
  EXPECT_EQ(write_commit(repository, base, changes, text("x")), std::nullopt);
  changes.emplace_back("a.yaml", "one");
  changes.emplace_back("missing", std::nullopt);
  EXPECT_EQ(write_commit(repository, base, changes, text("x")), std::nullopt);
}

TEST_F(GitPush, PathsThatAreNoneAreRefused) {
  const auto base = fetch_main();
  auto repository = Repository::open(store());
  for (const char* path : {"../x", "/x", "a//b", ".git/config", "x/.GIT/y", "deploy", ""}) {
    std::vector<FileChange> changes;
    changes.emplace_back(path, "x");
    EXPECT_THROW(write_commit(repository, base, changes, text("x")), GitError) << path;
  }
}

TEST_F(GitPush, ABranchThatMovedIsToldAndASecondTryWorks) {
  const auto base = fetch_main();
  std::vector<FileChange> changes;
  changes.emplace_back("a.yaml", "robot");
  const auto commit = commit_on(base, changes);
  const auto other = python("repo.commit({'deploy/b.yaml': 'someone else'})");
  try {
    push(base, commit);
    FAIL();
  } catch (const GitError& error) {
    EXPECT_EQ(error.kind(), GitFailure::kMoved);
    EXPECT_EQ(
        error.what(),
        "unable to push to '" + python("repo.url") + "': the remote ref \"refs/heads/main\" has moved to " + other
    );
  }
  const auto fresh = fetch_main();
  push(fresh, commit_on(fresh, changes));
  EXPECT_EQ(at_server("'show', 'main:a.yaml'"), "robot");
  EXPECT_EQ(at_server("'show', 'main:deploy/b.yaml'"), "someone else");
}

TEST_F(GitPush, OtherBranchesAreMadeAndMovedOnlyByForce) {
  const auto base = fetch_main();
  std::vector<FileChange> changes;
  changes.emplace_back("a.yaml", "robot 1");
  const auto first = commit_on(base, changes);
  push(base, first, {"refs/heads/robot", "refs/heads/second"});
  EXPECT_EQ(at_server("'rev-parse', 'robot'"), first.hex() + "\n");
  EXPECT_EQ(at_server("'rev-parse', 'second'"), first.hex() + "\n");
  changes[0].content = "robot 2";
  const auto second = commit_on(base, changes);
  EXPECT_THROW(push(base, second, {"refs/heads/robot"}), GitError);
  push(base, second, {"refs/heads/robot"}, true);
  EXPECT_EQ(at_server("'rev-parse', 'robot'"), second.hex() + "\n");
  const auto mark = requests();
  push(base, second, {"refs/heads/robot"});
  EXPECT_EQ(requests(), mark + 1) << "nothing to send";
  push(base, base, {"refs/heads/at-base"});
  EXPECT_EQ(at_server("'rev-parse', 'at-base'"), base.hex() + "\n");
}

TEST_F(GitPush, ForceIsForTheReferenceThatHasIt) {
  const auto base = fetch_main();
  std::vector<FileChange> changes;
  changes.emplace_back("a.yaml", "robot");
  auto request = request_for(base, commit_on(base, changes));
  request.references.emplace_back("refs/heads/main");
  request.references.emplace_back("refs/heads/review", true);
  const auto theirs = python("repo.commit({'a.yaml': 'colleague'})");
  python("repo._run('push', '--quiet', 'origin', 'HEAD:refs/heads/review')");
  const auto text = failure<GitError>([&] { test::run(reactor_, client_.push(remote(), request)); });
  EXPECT_NE(text.find("the remote ref \"refs/heads/main\" has moved"), std::string::npos) << text;
  EXPECT_EQ(at_server("'rev-parse', 'refs/heads/main'"), theirs + "\n");

  request.references.erase(request.references.begin());
  test::run(reactor_, client_.push(remote(), request));
  EXPECT_EQ(at_server("'rev-parse', 'refs/heads/review'"), request.commit.hex() + "\n");
}

TEST_F(GitPush, AHookThatRefusesIsQuoted) {
  hook("echo protected branch: ask for a review >&2\\nexit 1");
  const auto base = fetch_main();
  std::vector<FileChange> changes;
  changes.emplace_back("a.yaml", "robot");
  const auto commit = commit_on(base, changes);
  try {
    push(base, commit);
    FAIL();
  } catch (const GitError& error) {
    EXPECT_EQ(error.kind(), GitFailure::kRefused);
    EXPECT_EQ(
        error.what(),
        "unable to push to '" + python("repo.url") +
            "': the server refused to update \"refs/heads/main\": pre-receive hook declined "
            "(protected branch: ask for a review)"
    );
  }
}

TEST_F(GitPush, OptionsArriveWhereTheServerTakesThem) {
  const auto base = fetch_main();
  std::vector<FileChange> changes;
  changes.emplace_back("a.yaml", "robot");
  auto request = request_for(base, commit_on(base, changes));
  request.references.emplace_back("refs/heads/main");
  request.options = {"ci.skip", "merge_request.create"};
  const auto refused = failure<GitError>([&] { test::run(reactor_, client_.push(remote(), request)); });
  EXPECT_TRUE(refused.ends_with("the server takes no push options")) << refused;
  python("repo._run('config', 'receive.advertisePushOptions', 'true', cwd=repo.bare)");
  hook("echo $GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1 > options");
  test::run(reactor_, client_.push(remote(), request));
  EXPECT_EQ(python("open(os.path.join(repo.bare, 'options')).read()"), "2 ci.skip merge_request.create\n");
}

TEST_F(GitPush, WithoutPermissionItIsRefused) {
  const auto base = fetch_main();
  std::vector<FileChange> changes;
  changes.emplace_back("a.yaml", "robot");
  const auto commit = commit_on(base, changes);
  python("repo._run('config', 'http.receivepack', 'false', cwd=repo.bare)");
  const auto text = failure<GitError>([&] { push(base, commit); });
  EXPECT_TRUE(text.ends_with("authorization failed: the server answered 403")) << text;
}

TEST_F(GitPush, GoesOverSshAsWell) {
  python("ssh = ssh_server.SshServer(os.path.join(folder, 'push-ssh'))");
  auto over_ssh = remote();
  over_ssh.url = *Url::parse(python("ssh.url_of(repo)"));
  over_ssh.credentials.identity = SecretString{python("open(ssh.keys['ed25519']).read()")};
  over_ssh.credentials.known_hosts = python("ssh.known_hosts()");
  const auto resolution = resolve(over_ssh, branch("main"));
  fetch(over_ssh, resolution);
  std::string big;
  for (int i = 0; i < 200'000; ++i) big += std::to_string(i * 7919 % 1'000'003);
  std::vector<FileChange> changes;
  changes.emplace_back("big.txt", big);
  auto request = request_for(resolution.commit, commit_on(resolution.commit, changes));
  request.references.emplace_back("refs/heads/main");
  test::run(reactor_, client_.push(over_ssh, request));
  EXPECT_EQ(at_server("'show', 'main:big.txt'"), big);
  python("ssh.stop()");
}

}  // namespace
}  // namespace weir::git
