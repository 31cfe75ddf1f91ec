#include <chrono>
#include <fstream>

#include "pkg/git/damage.hpp"
#include "test/contract/git/fixture.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::git {
namespace {

using test::ScriptedServer;

class GitFault : public WithGitServer {
 protected:
  static std::string read(const std::string& path) {
    std::ifstream in{path};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  }
  std::string url() { return python("repo.url"); }
};

TEST_F(GitFault, BasicAndBearerCredentials) {
  python("server.basic = ('bob', 'pass:word')");
  auto with = remote();
  EXPECT_EQ(
      failure<GitError>([&] { resolve(with, branch("main")); }),
      "unable to list remote for '" + url() + "': authentication required: the server answered 401"
  );
  with.credentials.username = "bob";
  with.credentials.password = SecretString{"pass:word"};
  EXPECT_NO_THROW(fetch(with, resolve(with, branch("main"))));
  with.credentials.password = SecretString{"wrong"};
  EXPECT_NE(failure<GitError>([&] { resolve(with, branch("main")); }).find("401"), std::string::npos);
  EXPECT_EQ(failure<GitError>([&] { resolve(with, branch("main")); }).find("wrong"), std::string::npos);

  python("server.basic, server.bearer = None, 'token'");
  auto bearer = remote();
  bearer.credentials.bearer_token = SecretString{"token"};
  EXPECT_NO_THROW(fetch(bearer, resolve(bearer, branch("main"))));
}

TEST_F(GitFault, RefusalsAreNamed) {
  python("server.mode = 'deny'");
  EXPECT_EQ(
      failure<GitError>([&] { resolve(remote(), branch("main")); }),
      "unable to list remote for '" + url() + "': authorization failed: the server answered 403"
  );
  python("server.mode = 'fail'");
  EXPECT_EQ(
      failure<GitError>([&] { resolve(remote(), branch("main")); }),
      "unable to list remote for '" + url() + "': the server answered 500"
  );
  python("server.mode = 'ok'");
  auto missing = remote();
  missing.url.path = "/nothing.git";
  EXPECT_NE(
      failure<GitError>([&] { resolve(missing, branch("main")); }
      ).find("repository not found: the server answered 404"),
      std::string::npos
  );
}

TEST_F(GitFault, AHungServerEndsInATimeout) {
  auto impatient = remote();
  impatient.timeout = Milliseconds{200};
  const auto known = resolve(impatient, branch("main"));
  python("server.mode = 'hang'");
  const auto start = std::chrono::steady_clock::now();
  const auto address = url().substr(7, url().find('/', 7) - 7);
  EXPECT_EQ(
      failure<async::TimedOut>([&] { resolve(impatient, branch("main")); }),
      "unable to list remote for '" + url() + "': receive from " + address + ": timed out after 200ms"
  );
  EXPECT_EQ(
      failure<async::TimedOut>([&] { fetch(impatient, known); }),
      "unable to clone '" + url() + "': receive from " + address + ": timed out after 200ms"
  );
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{3});
}

TEST_F(GitFault, ATruncatedPackLeavesNothingBehindAndTheNextFetchWorks) {
  python("repo.commit({'big.bin': ''.join(chr(97 + i * i % 26) for i in range(300000))})");
  const auto resolution = resolve(remote(), branch("main"));
  python("server.mode = 'truncate'");
  EXPECT_THROW(fetch(remote(), resolution), std::runtime_error);
  EXPECT_EQ(Repository::open_or_create(store()).pack_count(), 0u);
  python("server.mode = 'ok'");
  fetch(remote(), resolution);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "one");
}

TEST_F(GitFault, AServerThatIsNoGitServerIsNamed) {
  test::ScriptedServer server{[](test::Peer& peer) {
    while (!peer.read_request().empty()) peer.answer(200, "<html>", "Content-Type: text/html\r\n");
  }};
  auto strange = remote();
  strange.url = *Url::parse(server.url("/repo.git"));
  EXPECT_EQ(
      failure<GitError>([&] { resolve(strange, branch("main")); }),
      "unable to list remote for '" + server.url("/repo.git") + "': not a Git server: it answers with \"text/html\""
  );
}

TEST_F(GitFault, NonsenseInPacketsIsRefused) {
  for (const char* body : {"zzzz", "0003", "0008# se", "000eversion 2\n", "0010something\n0000", "0009ERR x"}) {
    test::ScriptedServer server{[&](test::Peer& peer) {
      while (!peer.read_request().empty())
        peer.answer(200, body, "Content-Type: application/x-git-upload-pack-advertisement\r\n");
    }};
    auto strange = remote();
    strange.url = *Url::parse(server.url("/repo.git"));
    const auto text = failure<GitError>([&] { resolve(strange, branch("main")); });
    EXPECT_TRUE(text.starts_with("unable to list remote for '")) << body << ": " << text;
  }
}

TEST_F(GitFault, RedirectsOfTheFirstRequestAreRemembered) {
  const std::string target = url();
  test::ScriptedServer server{[&](test::Peer& peer) {
    while (!peer.read_request().empty())
      peer.answer(301, "", "Location: " + target + "/info/refs?service=git-upload-pack\r\n");
  }};
  auto moved = remote();
  moved.url = *Url::parse(server.url("/old.git"));
  const auto resolution = resolve(moved, branch("main"));
  fetch(moved, resolution);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "one");
  const auto mark = requests();
  resolve(moved, branch("main"));
  EXPECT_EQ(requests(), mark + 1);
}

TEST_F(GitFault, ABrokenConnectionIsToldWithTheUrl) {
  auto nobody = remote();
  {
    test::ScriptedServer server{[](test::Peer&) {}};
    nobody.url = *Url::parse(server.url("/repo.git"));
  }
  const auto port = std::to_string(nobody.url.port);
  EXPECT_EQ(
      failure<GitError>([&] { resolve(nobody, branch("main")); }),
      "unable to list remote for 'http://127.0.0.1:" + port + "/repo.git': connect to 127.0.0.1:" + port +
          ": connection refused"
  );
}

TEST_F(GitFault, APackOverTheLimitIsRefused) {
  python("repo.commit({'big.bin': ''.join(chr(97 + i * i % 26) + str(i) for i in range(30000))})");
  ClientOptions options;
  options.max_pack_bytes = 10'000;
  Client limited{Client::Parts{reactor_.get_executor(), http_, io_}, options};
  const auto resolution = resolve(remote(), branch("main"));
  EXPECT_EQ(
      failure<GitError>([&] { test::run(reactor_, limited.fetch(remote(), store(), resolution)); }),
      "unable to clone '" + url() + "': the pack is larger than the limit of 10000 bytes"
  );
}

TEST_F(GitFault, ASelfMadeAuthorityIsBelievedOnlyWhenGiven) {
  python(
      "authority = pki.Authority(os.path.join(folder, 'pki'))\n"
      "secure = GitServer(os.path.join(folder, 'https'), authority=authority, "
      "client_ca=authority.ca)\n"
      "repo = secure.repository('" +
      name_ +
      "-tls', {'a.yaml': 'secure'})\n"
      "me = authority.issue('me', server=False)\n"
  );
  auto over_tls = remote();
  EXPECT_EQ(over_tls.url.scheme, Url::Scheme::kHttps);
  const auto refused = failure<GitError>([&] { resolve(over_tls, branch("main")); });
  EXPECT_NE(refused.find("the certificate is not trusted"), std::string::npos) << refused;
  over_tls.credentials.ca_pem = read(python("authority.ca"));
  EXPECT_THROW(resolve(over_tls, branch("main")), std::runtime_error) << "the server asks for a client certificate";
  over_tls.credentials.client_cert_pem = read(python("me[0]"));
  over_tls.credentials.client_key_pem = SecretString{read(python("me[1]"))};
  const auto resolution = resolve(over_tls, branch("main"));
  fetch(over_tls, resolution);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "secure");
}

TEST_F(GitFault, ABusyServerSaysWhenItWantsToBeAskedAgain) {
  ScriptedServer server{[](test::Peer& peer) {
    peer.read_request();
    peer.answer(429, "", "Retry-After: 120\r\n");
  }};
  auto busy = remote();
  busy.url = *Url::parse(server.url("/r.git"));
  try {
    resolve(busy, branch("main"));
    FAIL();
  } catch (const GitError& error) {
    EXPECT_EQ(error.retry_after(), Milliseconds{120'000});
  }
}

TEST_F(GitFault, AStoreThatLacksFilesIsFetchedAnewAfterwards) {
  const auto resolution = resolve(remote(), branch("main"));
  fetch(remote(), resolution);
  // The commit and its tree stay, what is below goes: a fetch alone cannot tell.
  {
    auto repository = Repository::open(store());
    const auto keep = repository.read_commit(resolution.commit);
    const auto objects = std::filesystem::path{store()} / "objects";
    python(
        "import subprocess\n"
        "work = os.path.join(folder, 'thinned')\n"
        "subprocess.run(['git', 'init', '-q', '--bare', work], check=True)\n"
        "for kind, name in (('commit', '" +
        resolution.commit.hex() + "'), ('tree', '" + keep.tree.hex() +
        "')):\n"
        "    data = subprocess.run(['git', '-C', repo.bare, 'cat-file', kind, name], check=True, "
        "capture_output=True).stdout\n"
        "    subprocess.run(['git', '-C', work, 'hash-object', '-w', '-t', kind, '--stdin', "
        "'--literally'], input=data, check=True, capture_output=True)\n"
    );
    std::filesystem::remove_all(objects);
    std::filesystem::copy(python("work") + "/objects", objects, std::filesystem::copy_options::recursive);
  }
  EXPECT_TRUE(fetch(remote(), resolution).was_known);
  const auto read = [&] {
    auto job = [this, &resolution](std::stop_token) { return content(resolution.commit, "a.yaml"); };
    return test::run(reactor_, discarding_damage(io_, store(), io_.run(std::move(job))));
  };
  EXPECT_THROW(read(), GitError);
  EXPECT_FALSE(fetch(remote(), resolution).was_known);
  EXPECT_EQ(read(), "one");
}

TEST_F(GitFault, NoRoomIsNoDamage) {
  const auto resolution = resolve(remote(), branch("main"));
  fetch(remote(), resolution);
  auto fail = [](std::stop_token) { throw GitError{GitFailure::kDisk, "no room"}; };
  EXPECT_THROW(test::run(reactor_, discarding_damage(io_, store(), io_.run(std::move(fail)))), GitError);
  EXPECT_TRUE(fetch(remote(), resolution).was_known);
}

}  // namespace
}  // namespace weir::git
