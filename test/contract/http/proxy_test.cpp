#include <gtest/gtest.h>

#include "pkg/http/client.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::http {
namespace {

using test::Peer;
using test::ScriptedServer;

class ThroughAProxy : public ::testing::Test {
 protected:
  std::string body_or_error(std::string address, const std::string& url, std::string ca = "") {
    ConnectionOptions connection;
    connection.proxy.address = std::move(address);
    connection.proxy.username = "bob";
    connection.proxy.password = SecretString{"hunter2"};
    connection.ca_pem = std::move(ca);
    connection.tls_server_name = connection.ca_pem.empty() ? "" : "git.example.org";
    Client client{reactor_.get_executor(), connection};
    CallOptions options;
    options.timeout = Milliseconds{2000};
    try {
      return test::run(reactor_, client.send(Request{"GET", *Url::parse(url)}, options)).body;
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(std::string{error.what()}.find("hunter2"), std::string::npos);
      return error.what();
    }
  }

  static std::string address_of(const ScriptedServer& proxy) { return "127.0.0.1:" + std::to_string(proxy.port()); }
  /// How an error starts that happened on the way through the proxy.
  static std::string through(const ScriptedServer& proxy, const std::string& target) {
    return "reach " + target + " through the proxy " + address_of(proxy) + ": ";
  }

  asio::io_context reactor_;
};

TEST_F(ThroughAProxy, PlainHttpIsForwarded) {
  ScriptedServer proxy{[](Peer& peer) { peer.answer(200, peer.read_request()); }};
  EXPECT_EQ(
      body_or_error(proxy.url(), "http://git.example.org/repo?x"),
      "GET http://git.example.org/repo?x HTTP/1.1\r\nHost: git.example.org\r\n"
      "Proxy-Authorization: Basic Ym9iOmh1bnRlcjI=\r\n\r\n"
  );
}

TEST_F(ThroughAProxy, HttpsAsksForATunnelAndARefusalIsReported) {
  std::string seen;
  ScriptedServer proxy{[&](Peer& peer) {
    seen = peer.read_request();
    peer.answer(407, "");
  }};
  const auto error = body_or_error(proxy.url(), "https://git.example.org/repo");
  EXPECT_EQ(
      seen,
      "CONNECT git.example.org:443 HTTP/1.1\r\nHost: git.example.org:443\r\n"
      "Proxy-Authorization: Basic Ym9iOmh1bnRlcjI=\r\n\r\n"
  );
  EXPECT_EQ(error, through(proxy, "git.example.org:443") + "the proxy answered 407 X");
}

TEST_F(ThroughAProxy, Socks5LogsInAndSendsTheName) {
  ScriptedServer proxy{[](Peer& peer) {
    EXPECT_EQ(peer.read_exactly(3), (std::string{"\x05\x01\x02", 3}));
    peer.write(std::string{"\x05\x02", 2});
    EXPECT_EQ(
        peer.read_exactly(13),
        (std::string{
            "\x01\x03"
            "bob"
            "\x07"
            "hunter2",
            13})
    );
    peer.write(std::string{"\x01\x00", 2});
    EXPECT_EQ(
        peer.read_exactly(22),
        (std::string{
            "\x05\x01\x00\x03\x0f"
            "git.example.org"
            "\x00\x50",
            22})
    );
    peer.write(std::string{"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10});
    peer.read_request();
    peer.answer(200, "through");
  }};
  EXPECT_EQ(body_or_error("socks5://127.0.0.1:" + std::to_string(proxy.port()), "http://git.example.org/"), "through");
}

TEST_F(ThroughAProxy, ARefusalOfSocks5IsReported) {
  ScriptedServer proxy{[](Peer& peer) {
    peer.read_exactly(3);
    peer.write(std::string{"\x05\x00", 2});
    peer.read_exactly(22);
    peer.write(std::string{"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00", 10});
  }};
  EXPECT_EQ(
      body_or_error("socks5://127.0.0.1:" + std::to_string(proxy.port()), "http://git.example.org/"),
      through(proxy, "git.example.org:80") + "connection refused behind the SOCKS proxy"
  );
}

TEST_F(ThroughAProxy, AProxyThatIsNotThereIsNamedInsteadOfTheServer) {
  std::string gone;
  {
    ScriptedServer proxy{[](Peer&) {}};
    gone = address_of(proxy);
  }
  for (const std::string url : {"http://git.example.org/", "https://git.example.org/"})
    EXPECT_EQ(
        body_or_error("http://bob:hunter2@" + gone, url), "connect to the proxy " + gone + ": connection refused"
    );
}

TEST_F(ThroughAProxy, AProxyThatBreaksOffAForwardedRequestIsNamed) {
  ScriptedServer proxy{[](Peer& peer) { peer.read_request(); }};
  EXPECT_EQ(
      body_or_error(proxy.url(), "http://git.example.org/"),
      "receive from git.example.org:80 through the proxy " + address_of(proxy) + ": the connection was closed"
  );
}

TEST_F(ThroughAProxy, AHungProxyEndsInATimeout) {
  ScriptedServer proxy{[](Peer& peer) { peer.wait_for_close(); }};
  EXPECT_EQ(
      body_or_error(proxy.url(), "https://git.example.org/"),
      through(proxy, "git.example.org:443") + "timed out after 2s"
  );
}

}  // namespace
}  // namespace weir::http
