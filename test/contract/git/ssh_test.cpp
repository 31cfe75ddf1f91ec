#include <fstream>

#include "test/contract/git/fixture.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::git {
namespace {

/// Against Debian's sshd, unchanged.
class GitOverSsh : public WithGitServer, public ::testing::WithParamInterface<const char*> {
 protected:
  static void SetUpTestSuite() {
    WithGitServer::SetUpTestSuite();
    python("ssh = ssh_server.SshServer(os.path.join(folder, 'ssh'))");
  }
  static void TearDownTestSuite() {
    python("ssh.stop()");
    WithGitServer::TearDownTestSuite();
  }

  static std::string read(const std::string& path) {
    std::ifstream in{path};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  }

  Remote over_ssh(const std::string& user_key = "ed25519", const std::string& known_hosts = "ssh.known_hosts()") {
    Remote out;
    out.url = *Url::parse(python("ssh.url_of(repo)"));
    out.timeout = Milliseconds{10'000};
    out.credentials.identity = SecretString{read(python("ssh.keys['" + user_key + "']"))};
    out.credentials.known_hosts = python(known_hosts);
    return out;
  }

  std::string refusal(const Remote& remote) {
    return failure<GitError>([&] { resolve(remote, branch("main")); });
  }
};

TEST_P(GitOverSsh, EachKindOfUserKeyLogsIn) {
  const auto remote = over_ssh(GetParam());
  const auto first = resolve(remote, branch("main"));
  fetch(remote, first);
  EXPECT_EQ(content(first.commit, "a.yaml"), "one");
  python("repo.commit({'a.yaml': 'x' * 3000})");
  const auto second = resolve(remote, branch("main"));
  EXPECT_LT(fetch(remote, second).pack_bytes, 1000u);
  EXPECT_EQ(content(second.commit, "a.yaml"), std::string(3000, 'x'));
}

TEST_P(GitOverSsh, EachKindOfHostKeyIsCheckedAndOthersAreRefused) {
  const std::string kind = GetParam();
  EXPECT_NO_THROW(resolve(over_ssh("ed25519", "ssh.known_hosts('" + kind + "')"), branch("main")));
  const auto wrong = "ssh.known_hosts(key=ssh.new_key('wrong_" + kind + "', '" + kind + "'))";
  const auto text = refusal(over_ssh("ed25519", wrong));
  const std::string type = kind == "rsa" ? "ssh-rsa" : kind == "ecdsa" ? "ecdsa-sha2-nistp256" : "ssh-ed25519";
  EXPECT_NE(text.find("ssh: the " + type + " host key of 127.0.0.1:" + python("ssh.port")), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("is not the one in known_hosts")) << text;
  python("for name in ('wrong_" + kind + "', 'wrong_" + kind + ".pub'): os.remove(os.path.join(ssh.folder, name))");
}

INSTANTIATE_TEST_SUITE_P(Kind, GitOverSsh, ::testing::Values("rsa", "ecdsa", "ed25519"));

TEST_F(GitOverSsh, AnnotatedTagsArriveWithoutVersion2) {
  python("modern, ssh = ssh, ssh_server.SshServer(os.path.join(folder, 'old-ssh'), protocol=0)");
  python("repo.commit({'a.yaml': 'tagged'}, annotated='v1')");
  python("repo.commit({'a.yaml': 'later'})");
  const auto remote = over_ssh();
  Reference tag;
  tag.tag = "v1";
  const auto resolution = resolve(remote, tag);
  EXPECT_EQ(fetch(remote, resolution).version, 0);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "tagged");
  EXPECT_EQ(Repository::open(store()).read_tag(*resolution.annotated_tag).name, "v1");
  python("ssh.stop(); ssh = modern");
}

TEST_F(GitOverSsh, AKeyThatWantsEndlessHashingIsRefusedUnopened) {
  auto remote = over_ssh();
  // A key of 16 rounds that says it is of 2,130,706,432.
  const auto path = python("ssh.new_key('endless', 'ed25519', 'open sesame')");
  python(
      "import base64\n"
      "lines = open(os.path.join(ssh.folder, 'endless')).read().split('\\n')\n"
      "raw = bytearray(base64.b64decode(''.join(l for l in lines if not l.startswith('-'))))\n"
      "at = raw.index(b'bcrypt') + 6 + 4 + 4 + 16\n"
      "raw[at] = 0x7f\n"
      "open(os.path.join(ssh.folder, 'endless'), 'w').write('\\n'.join([lines[0], "
      "base64.b64encode(raw).decode(), "
      "'-----END OPENSSH PRIVATE KEY-----', '']))\n"
  );
  remote.credentials.identity = SecretString{read(path)};
  remote.credentials.passphrase = SecretString{"open sesame"};
  const auto text = refusal(remote);
  EXPECT_NE(text.find("the private key (identity) cannot be used: the key takes 21307064"), std::string::npos) << text;
}

TEST_F(GitOverSsh, AnUnknownHostIsRefused) {
  const auto text = refusal(over_ssh("ed25519", "'example.org ' + ' '.join(ssh.known_hosts('ed25519').split()[1:])"));
  EXPECT_TRUE(text.ends_with("is unknown: known_hosts does not list the host")) << text;
}

TEST_F(GitOverSsh, AKeyTheServerDoesNotKnowIsRefused) {
  auto remote = over_ssh();
  remote.credentials.identity = SecretString{read(python("ssh.new_key('stranger')"))};
  const auto text = refusal(remote);
  EXPECT_NE(text.find("ssh: the server does not accept the key of the Secret (ssh-ed25519 SHA256:"), std::string::npos)
      << text;
}

TEST_F(GitOverSsh, APassphraseOpensTheKey) {
  auto remote = over_ssh();
  const auto path = python("ssh.new_key('locked', 'ed25519', 'open sesame')");
  python(
      "open(os.path.join(ssh.folder, 'authorized_keys'), 'a').write(open(ssh.keys['ed25519'] + "
      "'.pub').read() and open(os.path.join(ssh.folder, 'locked.pub')).read())"
  );
  remote.credentials.identity = SecretString{read(path)};
  const auto text = refusal(remote);
  EXPECT_NE(text.find("the private key (identity) cannot be read"), std::string::npos) << text;
  remote.credentials.passphrase = SecretString{"wrong"};
  EXPECT_NE(refusal(remote).find("the private key (identity) cannot be read"), std::string::npos);
  remote.credentials.passphrase = SecretString{"open sesame"};
  EXPECT_NO_THROW(resolve(remote, branch("main")));
}

TEST_F(GitOverSsh, NonsenseAsKeyIsRefused) {
  auto remote = over_ssh();
  remote.credentials.identity = SecretString{"nonsense"};
  EXPECT_NE(refusal(remote).find("the private key (identity) cannot be read"), std::string::npos);
}

TEST_F(GitOverSsh, AMissingRepositoryIsToldByTheServer) {
  auto remote = over_ssh();
  remote.url.path = "/no/such.git";
  const auto text = refusal(remote);
  EXPECT_NE(text.find("the server reports: "), std::string::npos) << text;
  EXPECT_NE(text.find("/no/such.git"), std::string::npos) << text;
}

TEST_F(GitOverSsh, AServerWithoutTheVariableSpeaksVersionZero) {
  python(
      "ssh.stop()\n"
      "text = open(ssh.config).read()\n"
      "open(ssh.config, 'w').write(text.replace('AcceptEnv GIT_PROTOCOL\\n', ''))\n"
      "ssh._start()\n"
  );
  const auto remote = over_ssh();
  const auto resolution = resolve(remote, branch("main"));
  fetch(remote, resolution);
  EXPECT_EQ(content(resolution.commit, "a.yaml"), "one");
  python("ssh.stop(); open(ssh.config, 'w').write(text); ssh._start()");
}

TEST_F(GitOverSsh, AlgorithmsCanBeChosen) {
  ClientOptions options;
  options.ssh_kex_algorithms = {"ecdh-sha2-nistp256"};
  options.ssh_hostkey_algorithms = {"rsa-sha2-512"};
  Client chosen{Client::Parts{reactor_.get_executor(), http_, io_}, options};
  EXPECT_NO_THROW(test::run(reactor_, chosen.resolve(over_ssh(), branch("main"))));
  options.ssh_kex_algorithms = {"no-such-kex"};
  Client strange{Client::Parts{reactor_.get_executor(), http_, io_}, options};
  const auto text = failure<GitError>([&] { test::run(reactor_, strange.resolve(over_ssh(), branch("main"))); });
  EXPECT_TRUE(text.ends_with("ssh: no key exchange algorithm that we know among no-such-kex")) << text;
}

TEST_F(GitOverSsh, AServerThatSaysNothingEndsInATimeout) {
  test::ScriptedServer silent{[](test::Peer& peer) { peer.wait_for_close(); }};
  auto remote = over_ssh();
  remote.url.port = silent.port();
  remote.timeout = Milliseconds{200};
  const auto text = failure<async::TimedOut>([&] { resolve(remote, branch("main")); });
  EXPECT_EQ(text, "unable to list remote for '" + remote.url.text() + "': timed out after 200ms");
}

}  // namespace
}  // namespace weir::git
