#include "pkg/git/known_hosts.hpp"

#include <gtest/gtest.h>

#include "pkg/base/base64.hpp"

namespace weir::git {
namespace {

using Verdict = KnownHosts::Verdict;

const std::string kKey = base64::encode("a key that is long enough");
const std::string kOther = base64::encode("another key, long as well");

KnownHosts parse(const std::string& text) { return KnownHosts::parse(text).value(); }

TEST(KnownHosts, HostsPortsAndTypes) {
  const auto hosts = parse(
      "# comment\n\nexample.org,10.0.0.1 ssh-ed25519 " + kKey + " comment\n" + "[example.org]:2222 ssh-rsa " + kKey +
      "\r\n" + "*.example.com,!bad.example.com ssh-ed25519 " + kKey + "\n"
  );
  EXPECT_EQ(hosts.check("example.org", 22, "ssh-ed25519", kKey), Verdict::kTrusted);
  EXPECT_EQ(hosts.check("EXAMPLE.org", 22, "ssh-ed25519", kKey), Verdict::kTrusted);
  EXPECT_EQ(hosts.check("10.0.0.1", 22, "ssh-ed25519", kKey), Verdict::kTrusted);
  EXPECT_EQ(hosts.check("example.org", 22, "ssh-ed25519", kOther), Verdict::kOtherKey);
  EXPECT_EQ(hosts.check("example.org", 22, "ssh-rsa", kKey), Verdict::kOtherType);
  EXPECT_EQ(hosts.check("example.org", 2222, "ssh-rsa", kKey), Verdict::kTrusted);
  EXPECT_EQ(hosts.check("example.org", 2223, "ssh-rsa", kKey), Verdict::kUnknownHost);
  EXPECT_EQ(hosts.check("git.example.com", 22, "ssh-ed25519", kKey), Verdict::kTrusted);
  EXPECT_EQ(hosts.check("bad.example.com", 22, "ssh-ed25519", kKey), Verdict::kUnknownHost);
  EXPECT_EQ(hosts.check("other.org", 22, "ssh-ed25519", kKey), Verdict::kUnknownHost);
  EXPECT_EQ(hosts.key_types("example.org", 22), std::vector<std::string>{"ssh-ed25519"});
  EXPECT_EQ(hosts.key_types("nobody", 22), std::vector<std::string>{});
}

TEST(KnownHosts, HashedNames) {
  // Made by `ssh-keygen -H` for "git.example.org" and "[git.example.org]:2222".
  const auto hosts = parse(
      "|1|KX0siyUA5Awfa2yqyPIwfbEOmds=|6qaeyvgOmpFt9p1Vq4fq+pzwHnk= ssh-ed25519 " + kKey +
      "\n"
      "|1|uU8+fqZZWwB4ZwlhQiY/tMBDAJ8=|WRPyG+OQD1o0rFVP32iHk7/PyZI= ssh-ed25519 " +
      kOther + "\n"
  );
  EXPECT_EQ(hosts.check("git.example.org", 22, "ssh-ed25519", kKey), Verdict::kTrusted);
  EXPECT_EQ(hosts.check("git.example.org", 2222, "ssh-ed25519", kOther), Verdict::kTrusted);
  EXPECT_EQ(hosts.check("git.example.com", 22, "ssh-ed25519", kKey), Verdict::kUnknownHost);
}

TEST(KnownHosts, RevokedKeysAndAuthorities) {
  const auto hosts = parse(
      "example.org ssh-ed25519 " + kKey + "\n@revoked example.org ssh-ed25519 " + kKey +
      "\n@cert-authority *.net ssh-rsa " + kKey
  );
  EXPECT_EQ(hosts.check("example.org", 22, "ssh-ed25519", kKey), Verdict::kRevoked);
  EXPECT_EQ(hosts.check("a.net", 22, "ssh-rsa", kKey), Verdict::kUnknownHost);
}

TEST(KnownHosts, ABadLineIsNamed) {
  EXPECT_EQ(
      KnownHosts::parse("\nexample.org ssh-rsa").error().text(), "known_hosts:2: expected host names, key type and key"
  );
  EXPECT_EQ(KnownHosts::parse("h ssh-rsa ???").error().text(), "known_hosts:1: the key is not base64 of an SSH key");
  EXPECT_EQ(KnownHosts::parse("@x h ssh-rsa " + kKey).error().text(), "known_hosts:1: unknown marker \"@x\"");
}

TEST(KnownHosts, ManyWildcardsCostNoMoreThanTheirLength) {
  std::string stars;
  for (int i = 0; i < 250; ++i) stars += "*a";
  const auto hosts = parse(stars + "*b ssh-ed25519 " + kKey);
  const std::string host(255, 'a');
  EXPECT_EQ(hosts.check(host, 22, "ssh-ed25519", kKey), Verdict::kUnknownHost);
  EXPECT_EQ(hosts.check(host + "b", 22, "ssh-ed25519", kKey), Verdict::kTrusted);
}

TEST(KnownHosts, AFileIsBounded) {
  EXPECT_EQ(
      KnownHosts::parse(std::string((256 << 10) + 1, '#')).error().text(), "known_hosts: longer than 262144 bytes"
  );
}

}  // namespace
}  // namespace weir::git
