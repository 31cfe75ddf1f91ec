#include "pkg/http/url.hpp"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

TEST(Url, IsTakenApart) {
  const auto url = Url::parse("HTTPS://bob:s%40crt@Example.ORG:8443/a/b?x=1#part");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "example.org");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a/b?x=1");
  EXPECT_EQ(url->user, "bob");
  EXPECT_EQ(url->password.reveal(), "s@crt");
  EXPECT_EQ(url->text(), "https://example.org:8443/a/b?x=1");
  EXPECT_EQ(url->origin(), "https://example.org:8443");
}

TEST(Url, DefaultsAndIpv6) {
  const auto url = Url::parse("http://[::1]");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 80);
  EXPECT_EQ(url->target, "/");
  EXPECT_EQ(url->authority(), "[::1]");
  EXPECT_EQ(Url::parse("https://h?x")->target, "/?x");
}

TEST(Url, RefusesWhatIsNoHttpUrl) {
  for (const char* text :
       {"",
        "example.org",
        "ftp://h/",
        "http://",
        "http:///x",
        "http://h:0/",
        "http://h:70000/",
        "http://h:x/",
        "http://[::1/",
        "http://[x]/",
        "http://a b/",
        "http://h/\r\nX: y",
        "http://a<b/",
        "http://u:%zz@h/"})
    EXPECT_FALSE(Url::parse(text)) << text;
}

TEST(Url, ErrorsDoNotRepeatThePassword) {
  EXPECT_EQ(Url::parse("http://u:hunter2@h:x/").error().text().find("hunter2"), std::string::npos);
}

TEST(Url, ResolvesReferences) {
  const auto base = *Url::parse("https://h:444/a/b/c?q=1");
  EXPECT_EQ(base.resolve("d")->text(), "https://h:444/a/b/d");
  EXPECT_EQ(base.resolve("../d")->text(), "https://h:444/a/d");
  EXPECT_EQ(base.resolve("/d?x=y")->text(), "https://h:444/d?x=y");
  EXPECT_EQ(base.resolve("?x=y")->text(), "https://h:444/a/b/c?x=y");
  EXPECT_EQ(base.resolve("//other/z")->text(), "https://other/z");
  EXPECT_EQ(base.resolve("http://other/z")->text(), "http://other/z");
  EXPECT_EQ(base.resolve("../../../../z/.")->text(), "https://h:444/z/");
  EXPECT_FALSE(base.resolve("gopher://x/"));
  EXPECT_FALSE(base.resolve("/a\r\nb"));
}

TEST(PercentEncoding, RoundTrips) {
  const std::string all = "a b/ü%?\n~-";
  EXPECT_EQ(percent_encode("a b/"), "a%20b%2F");
  EXPECT_EQ(*percent_decode(percent_encode(all)), all);
  EXPECT_EQ(*percent_decode("%41"), "A");
  for (const char* broken : {"%", "%4", "%zz", "x%"}) EXPECT_FALSE(percent_decode(broken)) << broken;
}

}  // namespace
}  // namespace weir::http
