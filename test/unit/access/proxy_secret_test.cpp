#include "pkg/access/proxy_secret.hpp"

#include <gtest/gtest.h>

namespace weir::access {
namespace {

TEST(ProxySecret, IsReadAndChecked) {
  const auto proxy = parse_proxy_secret({{"address", "http://p:3128\n"}, {"username", "u"}, {"password", "x"}});
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->address, "http://p:3128");
  EXPECT_EQ(proxy->username, "u");
  EXPECT_EQ(proxy->password.reveal(), "x");
  EXPECT_EQ(parse_proxy_secret({}).error().text(), "address: the proxy Secret has no address");
  EXPECT_EQ(
      parse_proxy_secret({{"address", "ftp://p"}}).error().text(),
      "address: expected http://, https:// or socks5:// at the start"
  );
  EXPECT_FALSE(parse_proxy_secret({{"address", "http://" + std::string(2048, 'x')}}));
  EXPECT_FALSE(parse_proxy_secret({{"address", "http://a b"}}));
}

TEST(ProxySecret, TheProxyMayBeSpokenToOverTls) {
  EXPECT_EQ(parse_proxy_secret({{"address", "https://p"}})->address, "https://p");
}

TEST(ProxySecret, APasswordThatIsCutAtItsSlashIsRefusedUnread) {
  EXPECT_EQ(
      parse_proxy_secret({{"address", "http://bob:hun/ter2@proxy:3128"}}).error().text(),
      "address: an @ after the first slash: write the slash of a password as %2F"
  );
}

}  // namespace
}  // namespace weir::access
