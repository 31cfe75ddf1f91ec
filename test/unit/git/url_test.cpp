#include "pkg/git/url.hpp"

#include <gtest/gtest.h>

namespace weir::git {
namespace {

TEST(GitUrl, Schemes) {
  const auto ssh = Url::parse("ssh://git@Example.org/team/repo.git");
  ASSERT_TRUE(ssh);
  EXPECT_TRUE(ssh->is_ssh());
  EXPECT_EQ(ssh->user, "git");
  EXPECT_EQ(ssh->host, "example.org");
  EXPECT_EQ(ssh->port, 22);
  EXPECT_EQ(ssh->path, "/team/repo.git");
  EXPECT_EQ(ssh->text(), "ssh://git@example.org/team/repo.git");
  EXPECT_EQ(Url::parse("ssh://git@h:2222/r")->port, 2222);
  EXPECT_EQ(Url::parse("ssh://git@h:80/r")->port, 80);
  EXPECT_EQ(Url::parse("ssh://[::1]/r")->port, 22);
  EXPECT_EQ(Url::parse("ssh://[::1]:80/r")->port, 80);
  EXPECT_EQ(Url::parse("https://h/r")->port, 443);
  EXPECT_EQ(Url::parse("http://h:8080/r")->text(), "http://h:8080/r");
}

TEST(GitUrl, CredentialsOfAnHttpUrlAreNotShown) {
  const auto url = Url::parse("https://bob:hunter2@h/r");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->text(), "https://h/r");
  EXPECT_EQ(url->user, "bob");
}

TEST(GitUrl, NoPartOfAPasswordIsRepeated) {
  for (const char* text :
       {"https://bob:hunter2/x@h/r",
        "https://bob:12/hunter2@h/r",
        "https://hunter2/x@h/r",
        "https://bob:a@b/hunter2@h/r",
        "https://bob:hunter2@h:hunter2/r",
        "https://[hunter2]/r",
        "hunter2://h/r",
        "bob:hunter2@h/r",
        "https://bob:hunter2?x@h/r",
        "https://bob:hunter2#x@h/r",
        "ssh://bob:hunter2/x@h/r"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text << " became " << url->text();
    EXPECT_EQ(url.error().text().find("hunter2"), std::string::npos) << url.error().text();
  }
  EXPECT_EQ(Url::parse("https://bob:hunter2%2Fx@h/r")->text(), "https://h/r");
}

TEST(GitUrl, RefusesWhatIsNone) {
  EXPECT_EQ(
      Url::parse("git@github.com:team/repo.git").error().text(),
      "spec.url: the form user@host:path is not supported, write ssh://user@host/path"
  );
  EXPECT_EQ(Url::parse("file:///etc").error().text(), "spec.url: unknown scheme, expected http, https or ssh");
  for (const char* text :
       {"",
        "/srv/repo",
        "https://",
        "ssh://h",
        "ssh://h/",
        "git://h/r",
        "https://h/r?x=1",
        "https://h/r#x",
        "ssh://h/a b",
        "ssh://h/a\nb"})
    EXPECT_FALSE(Url::parse(text)) << text;
}

TEST(GitUrl, SubmodulesMayBeRelative) {
  const auto base = *Url::parse("https://h:444/team/app.git");
  EXPECT_EQ(base.resolve("../lib.git")->text(), "https://h:444/team/lib.git");
  EXPECT_EQ(base.resolve("../../other/lib.git")->text(), "https://h:444/other/lib.git");
  EXPECT_EQ(base.resolve("./lib")->text(), "https://h:444/team/app.git/lib");
  EXPECT_EQ(base.resolve("ssh://git@x/lib")->text(), "ssh://git@x/lib");
  for (const char* text : {"../../../../x", "..", "../", "./", "../a/../b", "lib.git", "git@h:x", "file:///etc"})
    EXPECT_FALSE(base.resolve(text)) << text;
}

}  // namespace
}  // namespace weir::git
