#include "pkg/http/proxy.hpp"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

ProxyOptions at(std::string address) {
  ProxyOptions options;
  options.address = std::move(address);
  return options;
}

TEST(Proxy, AddressesAndPorts) {
  EXPECT_FALSE(parse_proxy(at("")));
  EXPECT_EQ(parse_proxy(at("http://proxy.local:3128"))->peer(), "proxy.local:3128");
  EXPECT_EQ(parse_proxy(at("http://proxy.local"))->port, 80);
  EXPECT_EQ(parse_proxy(at("http://proxy.local"))->kind, Proxy::Kind::kHttp);
  EXPECT_EQ(parse_proxy(at("https://proxy.local"))->port, 443);
  EXPECT_EQ(parse_proxy(at("HTTPS://proxy.local:80"))->port, 80);
  EXPECT_EQ(parse_proxy(at("https://proxy.local"))->kind, Proxy::Kind::kHttps);
  EXPECT_EQ(parse_proxy(at("socks5://proxy.local"))->port, 1080);
  EXPECT_EQ(parse_proxy(at("socks5://proxy.local:80"))->port, 80);
  EXPECT_EQ(parse_proxy(at("socks5://[::1]:9"))->peer(), "[::1]:9");
}

TEST(Proxy, CredentialsComeFromTheFieldsOrTheAddress) {
  EXPECT_EQ(parse_proxy(at("http://u:p@proxy"))->authorization(), "Basic dTpw");
  auto options = at("http://proxy");
  options.username = "u";
  options.password = SecretString{"p"};
  EXPECT_EQ(parse_proxy(options)->authorization(), "Basic dTpw");
  EXPECT_EQ(parse_proxy(at("http://proxy"))->authorization(), "");
}

TEST(Proxy, OtherKindsAreRefusedByName) {
  try {
    parse_proxy(at("ftp://proxy"));
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "proxy address: expected http://, https:// or socks5:// at the start");
  }
  EXPECT_THROW(parse_proxy(at("proxy:3128")), std::invalid_argument);
}

}  // namespace
}  // namespace weir::http
