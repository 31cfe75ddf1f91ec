#include "controllers/cli/proxy_environment.hpp"

#include <gtest/gtest.h>

namespace weir::cli {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

std::string proxy(const Variables& variables, std::string_view url) {
  return ProxyEnvironment{variables}.proxy_for(http::Url::parse(url).value()).address;
}

TEST(ProxyEnvironment, EachSchemeHasItsOwnProxy) {
  const Variables both{{"HTTP_PROXY", "http://p:1"}, {"https_proxy", "p:2"}};
  EXPECT_EQ(proxy(both, "http://h/x"), "http://p:1");
  EXPECT_EQ(proxy(both, "https://h/x"), "http://p:2");
  EXPECT_EQ(proxy({}, "https://h/x"), "");
  EXPECT_EQ(proxy({{"HTTPS_PROXY", "socks5://p:3"}}, "https://h"), "socks5://p:3");
  EXPECT_EQ(proxy({{"HTTP_PROXY", "http://p:1"}, {"REQUEST_METHOD", "GET"}}, "http://h"), "");
}

TEST(ProxyEnvironment, UserAndPasswordStandApart) {
  const ProxyEnvironment environment{Variables{{"HTTPS_PROXY", "http://ann:a%40b@p:1"}}};
  const auto found = environment.proxy_for(http::Url::parse("https://h").value());
  EXPECT_EQ(found.address, "http://p:1");
  EXPECT_EQ(found.username, "ann");
  EXPECT_EQ(found.password.reveal(), "a@b");
}

TEST(ProxyEnvironment, ThisMachineIsAskedDirectly) {
  for (const char* url : {"http://localhost", "http://127.0.0.1:80", "http://127.9.9.9", "http://[::1]"})
    EXPECT_EQ(proxy({{"HTTP_PROXY", "p:1"}}, url), "") << url;
}

TEST(ProxyEnvironment, ExceptionsAreNamesDomainsAddressesAndNetworks) {
  const auto direct = [](std::string exceptions, std::string_view url) {
    return proxy({{"HTTP_PROXY", "p:1"}, {"NO_PROXY", std::move(exceptions)}}, url).empty();
  };
  EXPECT_TRUE(direct("*", "http://h"));
  EXPECT_TRUE(direct("a, H.example", "http://h.example"));
  EXPECT_TRUE(direct("example", "http://h.example"));
  EXPECT_FALSE(direct("ample", "http://h.example"));
  EXPECT_TRUE(direct(".example", "http://h.example"));
  EXPECT_FALSE(direct(".h.example", "http://h.example"));
  EXPECT_TRUE(direct("*.example", "http://h.example"));
  EXPECT_TRUE(direct("h:8080", "http://h:8080"));
  EXPECT_FALSE(direct("h:8080", "http://h"));
  EXPECT_TRUE(direct("10.0.0.0/8", "http://10.1.2.3"));
  EXPECT_FALSE(direct("10.0.0.0/8", "http://11.1.2.3"));
  EXPECT_FALSE(direct("10.0.0.0/8", "http://h"));
  EXPECT_TRUE(direct("10.1.2.3", "http://10.1.2.3"));
  EXPECT_TRUE(direct("fd00::/8", "http://[fd00::1]"));
  EXPECT_TRUE(direct("fd00::1", "http://[fd00::1]"));
  EXPECT_TRUE(direct("[fd00::1]:80", "http://[fd00::1]"));
  EXPECT_FALSE(direct("", "http://h"));
}

}  // namespace
}  // namespace weir::cli
