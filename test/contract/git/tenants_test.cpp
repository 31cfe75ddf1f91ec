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
  explicit Hijacker(std::string target)
      : target_{std::move(target)}, server_{[this](Peer& peer) { serve(peer); }} {}
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

}  // namespace
}  // namespace weir::git
