// What OpenSSH, Git and GnuPG say about the signatures we make, with keys that they made.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

#include "pkg/git/commit_builder.hpp"
#include "pkg/git/commit_signer.hpp"
#include "pkg/git/repository.hpp"
#include "test/support/required.hpp"
#include "test/support/scratch_folder.hpp"

namespace weir::git {
namespace {

namespace fs = std::filesystem;

class SigningContract : public ::testing::Test {
 protected:
  SigningContract() {
    setenv("GNUPGHOME", folder_.path().c_str(), 1);
    setenv("HOME", folder_.path().c_str(), 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
  }
  ~SigningContract() override { run("gpgconf --kill all"); }

  /// The end of a shell command in the test's folder; its output goes to output_.
  int run(const std::string& command) {
    const std::string full = "cd '" + folder_.path().string() + "' && { " + command + "; } 2>&1";
    FILE* pipe = popen(full.c_str(), "r");
    output_.clear();
    char buffer[4096];
    for (std::size_t size = 0; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output_.append(buffer, size);
    return pclose(pipe);
  }
  /// Why a test that needs these programs cannot run; empty: it can.
  std::string missing(std::initializer_list<std::string> programs) {
    for (const auto& program : programs) {
      if (run("command -v " + program) != 0) return program + " is not installed";
    }
    return "";
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name, std::ios::binary} << text;
  }
  std::string read(const std::string& name) {
    std::ifstream in{folder_ / name, std::ios::binary};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  }

  /// A commit of ours on top of one of git's, signed; its id in hex.
  std::string signed_commit(const CommitSigner& signer) {
    EXPECT_EQ(
        run("rm -rf work store && git init -q -b main work && cd work && echo one > a.yaml && git "
            "add . && "
            "git -c user.name=a -c user.email=a@b commit -qm first && git clone -q --bare . "
            "../store"),
        0
    ) << output_;
    run("git -C store rev-parse HEAD");
    auto repository = Repository::open(folder_ / "store");
    CommitText text;
    text.author.name = text.committer.name = "Röbot";
    text.author.email = text.committer.email = "robot@example.org";
    text.author.when = text.committer.when = WallTime{std::chrono::seconds{1'700'000'000}};
    text.message = "Update images\n\n- ünïcode\n\n\nlast line";
    const auto commit =
        write_commit(repository, ObjectId::parse(output_.substr(0, 40)).value(), {{"a.yaml", "two\n"}}, text, signer);
    return commit.value().hex();
  }

  test::ScratchFolder folder_;
  std::string output_;
};

/// How ssh-keygen makes a key.
struct SshKeyKind {
  const char* name;
  const char* arguments;
};

class SshSigningContract : public SigningContract, public ::testing::WithParamInterface<SshKeyKind> {
 protected:
  void SetUp() override { WEIR_SKIP_UNLESS_REQUIRED(missing({"ssh-keygen"})); }
  /// A signer with a key of that kind; its public key is in key.pub.
  CommitSigner new_signer(const std::string& password) {
    EXPECT_EQ(run(std::string{"ssh-keygen -q -f key -C robot -N '"} + password + "' " + GetParam().arguments), 0)
        << output_;
    const auto signer = make_ssh_signer(SecretString{read("key")}, SecretString{password});
    EXPECT_TRUE(signer) << (signer ? "" : signer.error().text());
    return signer ? *signer : CommitSigner{};
  }
};

TEST_P(SshSigningContract, OpenSshVerifiesTheSignature) {
  for (const char* password : {"", "open sesame"}) {
    run("rm -f key key.pub");
    const auto signer = new_signer(password);
    ASSERT_TRUE(signer);
    const std::string text = "tree 1\n\nünï\n";
    write("text", text);
    write("text.sig", signer(text));
    run("echo \"robot@example.org $(cat key.pub)\" > allowed");
    EXPECT_EQ(run("ssh-keygen -Y check-novalidate -n git -s text.sig < text"), 0) << output_;
    EXPECT_EQ(run("ssh-keygen -Y verify -f allowed -I robot@example.org -n git -s text.sig < text"), 0) << output_;
    EXPECT_NE(run("ssh-keygen -Y check-novalidate -n file -s text.sig < text"), 0) << "another namespace";
    write("text", text + "!");
    EXPECT_NE(run("ssh-keygen -Y check-novalidate -n git -s text.sig < text"), 0) << "another text";
  }
}

TEST_P(SshSigningContract, GitVerifiesTheCommit) {
  WEIR_SKIP_UNLESS_REQUIRED(missing({"git"}));
  const auto signer = new_signer("");
  ASSERT_TRUE(signer);
  const std::string commit = signed_commit(signer);
  run("echo \"robot@example.org $(cat key.pub)\" > allowed");
  EXPECT_EQ(run("git -C store -c gpg.ssh.allowedSignersFile=$PWD/allowed verify-commit " + commit), 0) << output_;
  EXPECT_NE(output_.find("Good \"git\" signature for robot@example.org"), std::string::npos) << output_;
  EXPECT_EQ(run("git -C store fsck --strict"), 0) << output_;
}

INSTANTIATE_TEST_SUITE_P(
    Keys,
    SshSigningContract,
    ::testing::Values(
        SshKeyKind{"ed25519", "-t ed25519"},
        SshKeyKind{"ecdsa256", "-t ecdsa -b 256"},
        SshKeyKind{"ecdsa384", "-t ecdsa -b 384"},
        SshKeyKind{"ecdsa521", "-t ecdsa -b 521"},
        SshKeyKind{"rsa2048", "-t rsa -b 2048"},
        SshKeyKind{"rsa3072pem", "-t rsa -b 3072 -m PEM"},
        SshKeyKind{"rsa2048pkcs8", "-t rsa -b 2048 -m PKCS8"},
        SshKeyKind{"ecdsapem", "-t ecdsa -b 256 -m PEM"}
    ),
    [](const auto& test) { return test.param.name; }
);

TEST_F(SigningContract, KeysOfOpenSshThatMayNotSignAreRefused) {
  WEIR_SKIP_UNLESS_REQUIRED(missing({"ssh-keygen"}));
  ASSERT_EQ(run("ssh-keygen -q -t rsa -b 1024 -N '' -f weak"), 0) << output_;
  EXPECT_EQ(
      make_ssh_signer(SecretString{read("weak")}, {}).error().text(),
      "identity: an RSA key of 1024 bits is too weak to sign with, at least 2048 are needed"
  );
  ASSERT_EQ(run("ssh-keygen -q -t ed25519 -N 'open sesame' -f locked"), 0) << output_;
  EXPECT_EQ(
      make_ssh_signer(SecretString{read("locked")}, SecretString{"wrong"}).error().text(),
      "password: does not open the key in identity"
  );
  EXPECT_EQ(
      make_ssh_signer(SecretString{read("locked")}, {}).error().text(),
      "password: required: the key in identity is encrypted"
  );
  EXPECT_EQ(
      make_ssh_signer(SecretString{read("locked.pub")}, {}).error().text(),
      "identity: holds a public key only, a private key is needed"
  );
}

TEST_F(SigningContract, KeysOfOpenSslSign) {
  WEIR_SKIP_UNLESS_REQUIRED(missing({"openssl", "ssh-keygen"}));
  const std::pair<const char*, const char*> kinds[] = {
      {"openssl genpkey -algorithm ed25519 -out key", ""},
      {"openssl genpkey -algorithm ed25519 -aes256 -pass pass:sesame -out key", "sesame"},
      {"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key", ""},
      {"openssl ecparam -name prime256v1 -genkey -noout -out key", ""},
  };
  for (const auto& [command, password] : kinds) {
    ASSERT_EQ(run(command), 0) << output_;
    const auto signer = make_ssh_signer(SecretString{read("key")}, SecretString{password});
    ASSERT_TRUE(signer) << command << ": " << signer.error().text();
    write("text", "content");
    write("text.sig", (*signer)("content"));
    EXPECT_EQ(run("ssh-keygen -Y check-novalidate -n git -s text.sig < text"), 0) << command << output_;
  }
  ASSERT_EQ(run("openssl genpkey -algorithm x25519 -out key"), 0) << output_;
  EXPECT_EQ(
      make_ssh_signer(SecretString{read("key")}, {}).error().text(),
      "identity: keys of this type cannot sign, Ed25519, ECDSA and RSA keys can"
  );
  ASSERT_EQ(run("openssl ecparam -name secp256k1 -genkey -noout -out key"), 0) << output_;
  EXPECT_TRUE(make_ssh_signer(SecretString{read("key")}, {}).has_error());
}

/// Keys as GnuPG exports them.
class GnuPgSigningContract : public SigningContract, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override { WEIR_SKIP_UNLESS_REQUIRED(missing({"gpg", "git"})); }
};

TEST_P(GnuPgSigningContract, GitVerifiesTheCommit) {
  for (const std::string passphrase : {"", "open sesame"}) {
    // GnuPG makes passphrases slow to guess, so to open too: one kind of key shows it.
    if (!passphrase.empty() && GetParam() != std::string_view{"ed25519"}) continue;
    run("gpgconf --kill all; rm -rf private-keys-v1.d pubring.kbx trustdb.gpg");
    ASSERT_EQ(
        run("gpg -q --batch --pinentry-mode loopback --passphrase '" + passphrase +
            "' --quick-gen-key robot@example.org " + GetParam() + " sign never"),
        0
    ) << output_;
    ASSERT_EQ(
        run("gpg -q --batch --pinentry-mode loopback --passphrase '" + passphrase +
            "' --armor --export-secret-keys > git.asc"),
        0
    ) << output_;
    const auto signer = make_openpgp_signer(SecretString{read("git.asc")}, SecretString{passphrase});
    ASSERT_TRUE(signer) << signer.error().text();
    const std::string commit = signed_commit(*signer);
    EXPECT_EQ(run("git -C store verify-commit " + commit), 0) << output_;
    EXPECT_NE(output_.find("Good signature from \"robot@example.org\""), std::string::npos) << output_;
    EXPECT_EQ(run("git -C store fsck --strict"), 0) << output_;
    if (passphrase.empty()) continue;
    EXPECT_EQ(
        make_openpgp_signer(SecretString{read("git.asc")}, SecretString{"wrong"}).error().text(),
        "passphrase: does not open the key in git.asc"
    );
  }
}

TEST_F(SigningContract, AKeyOfGnuPgForCertifyingOnlyIsRefused) {
  WEIR_SKIP_UNLESS_REQUIRED(missing({"gpg"}));
  const std::string gpg = "gpg -q --batch --pinentry-mode loopback --passphrase '' ";
  ASSERT_EQ(run(gpg + "--quick-gen-key robot@example.org ed25519 cert never"), 0) << output_;
  ASSERT_EQ(run(gpg + "--armor --export-secret-keys > git.asc"), 0) << output_;
  EXPECT_EQ(
      make_openpgp_signer(SecretString{read("git.asc")}, {}).error().text(),
      "git.asc: the key may not be used for signing"
  );
}

INSTANTIATE_TEST_SUITE_P(
    Keys,
    GnuPgSigningContract,
    ::testing::Values("ed25519", "rsa2048", "nistp256"),
    [](const auto& test) { return std::string{test.param}; }
);

}  // namespace
}  // namespace weir::git
