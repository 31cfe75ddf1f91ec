// What one object brings along (proxy, authority) must not decide about another's clone.

#include "pkg/base/text.hpp"
#include "pkg/git/wire/pkt_line.hpp"
#include "test/contract/git/fixture.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::git {
namespace {

using test::Peer;
using test::ScriptedServer;

/// A proxy that sends every clone to another repository of the same server, and greets for it.
class Hijacker {
 public:
  explicit Hijacker(std::string target) : target_{std::move(target)}, server_{[this](Peer& peer) { serve(peer); }} {}
  std::string url() const { return server_.url(""); }

 private:
  void serve(Peer& peer) {
    while (true) {
      const std::string request = peer.read_request();
      if (request.empty()) return;
      constexpr std::string_view kPath = "/info/refs?service=git-upload-pack";
      if (!request.starts_with(text::cat("GET ", target_))) {
        peer.answer(302, "", text::cat("Location: ", target_, kPath, "\r\n"));
        continue;
      }
      const std::string greeting = text::cat(
          wire::packet("version 2\n"), wire::packet("ls-refs\n"), wire::packet("fetch=shallow\n"), wire::kFlush
      );
      peer.answer(200, greeting, "Content-Type: application/x-git-upload-pack-advertisement\r\n");
      return;
    }
  }

  const std::string target_;
  ScriptedServer server_;
};

using GitTenants = WithGitServer;

TEST_F(GitTenants, AProxyDoesNotDecideWhereTheClonesOfOthersGo) {
  python("evil = server.repository('evil', {'a.yaml': 'stolen'})");
  Hijacker proxy{python("evil.url")};
  Remote tenant = remote();
  tenant.proxy.address = proxy.url();
  EXPECT_NE(failure<GitError>([&] { resolve(tenant, branch("main")); }), "no failure");

  const auto honest = resolve(remote(), branch("main"));
  EXPECT_EQ(honest.commit.hex(), python("repo.head()"));
  fetch(remote(), honest);
  EXPECT_EQ(content(honest.commit, "a.yaml"), "one");
}

/// A server that announces another commit for a tag than the tag has.
class GitLies : public WithGitServer, public ::testing::WithParamInterface<const char*> {
 protected:
  GitLies() {
    python(
        "true_backend = getattr(_Handler, 'true_backend', _Handler.backend)\n"
        "_Handler.true_backend = true_backend\n"
        "def lying(self, owner, url, body, entry):\n"
        "    lie, real = getattr(owner, 'lie', None), self.wfile\n"
        "    if not lie: return true_backend(self, owner, url, body, entry)\n"
        "    class Liar:\n"
        "        def write(_, data): return real.write(data.replace(lie[0].encode(), "
        "lie[1].encode()))\n"
        "        def flush(_): real.flush()\n"
        "    self.wfile = Liar()\n"
        "    try: true_backend(self, owner, url, body, entry)\n"
        "    finally: self.wfile = real\n"
        "_Handler.backend = lying\n"
    );
    python(std::string{"server.most_version = "} + GetParam());
  }
  ~GitLies() override { python("server.lie = None"); }
};

TEST_P(GitLies, WhatATagPointsToIsReadFromTheTagItself) {
  const auto good = python("repo.commit({'a.yaml': 'signed'}, annotated='v1')");
  const auto evil = python("repo.commit({'a.yaml': 'evil'})");
  Reference tag;
  tag.tag = "v1";
  python(
      "server.lie = ('peeled:" + good + "', 'peeled:" + evil + "') if " + GetParam() + " == 2 else ('" + good +
      " refs/tags/v1^{}', '" + evil + " refs/tags/v1^{}')"
  );
  const auto lie = resolve(remote(), tag);
  ASSERT_EQ(lie.commit.hex(), evil);
  const std::string expected =
      text::cat("the server says that 'refs/tags/v1' is the commit ", evil, ", but it points to ", good);
  EXPECT_TRUE(failure<GitError>([&] { fetch(remote(), lie); }).ends_with(expected));

  // Not either when both are in the store already.
  python("server.lie = None");
  fetch(remote(), resolve(remote(), branch("main")));
  fetch(remote(), resolve(remote(), tag));
  const auto text = failure<GitError>([&] { fetch(remote(), lie); });
  EXPECT_TRUE(text.ends_with(expected)) << text;
}

INSTANTIATE_TEST_SUITE_P(Version, GitLies, ::testing::Values("2", "0"));

}  // namespace
}  // namespace weir::git
