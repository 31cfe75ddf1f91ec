// A proxy that is spoken to over TLS: TLS to a server behind it runs within the TLS with the proxy.

#include <mutex>

#include <gtest/gtest.h>

#include "pkg/http/client.hpp"
#include "pkg/http/dial.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::http {
namespace {

using test::Peer;
using test::ScriptedServer;

constexpr auto kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

class TlsProxy : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    authority_ = test::make_authority("Authority of the proxy");
    server_authority_ = test::make_authority("Authority of the server");
    proxy_identity_ = test::make_leaf(authority_, "IP:127.0.0.1");
    server_identity_ = test::make_leaf(server_authority_, "DNS:git.example.org");
  }

  /// Takes everything to `server`, whatever name it is asked for, and keeps what it was asked.
  ScriptedServer::Script tunnel_to(const ScriptedServer& server) {
    return [this, port = server.port()](Peer& peer) {
      {
        const std::string request = peer.read_request();
        const std::lock_guard lock{mutex_};
        asked_ += request;
      }
      peer.write(kEstablished);
      peer.relay(port);
    };
  }

  ConnectionOptions through(const ScriptedServer& proxy) const {
    ConnectionOptions out;
    out.proxy.address = "https://127.0.0.1:" + std::to_string(proxy.port());
    out.proxy.username = "bob";
    out.proxy.password = SecretString{"hunter2"};
    out.ca_pem = authority_.certificate_pem + server_authority_.certificate_pem;
    return out;
  }

  std::string body_or_error(Client& client, const std::string& url, std::string body = "") {
    CallOptions options;
    options.timeout = timeout_;
    Request request{body.empty() ? "GET" : "POST", *Url::parse(url)};
    request.body = std::move(body);
    try {
      return test::run(reactor_, client.send(std::move(request), options)).body;
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(std::string{error.what()}.find("hunter2"), std::string::npos);
      return error.what();
    }
  }
  std::string body_or_error(const ConnectionOptions& connection, const std::string& url) {
    Client client{reactor_.get_executor(), connection};
    return body_or_error(client, url);
  }

  /// How an error starts that happened between us and the proxy.
  static std::string with(const ScriptedServer& proxy) {
    return "make a TLS connection with the proxy 127.0.0.1:" + std::to_string(proxy.port()) + ": ";
  }
  static std::string reaching(const ScriptedServer& proxy) {
    return "reach git.example.org:443 through the proxy 127.0.0.1:" + std::to_string(proxy.port()) + ": ";
  }

  std::string asked() {
    const std::lock_guard lock{mutex_};
    return asked_;
  }

  static inline test::Certificate authority_;
  static inline test::Certificate server_authority_;
  static inline test::Certificate proxy_identity_;
  static inline test::Certificate server_identity_;
  asio::io_context reactor_;
  Milliseconds timeout_{20'000};
  std::mutex mutex_;
  std::string asked_;  // guarded by mutex_
};

TEST_F(TlsProxy, PlainHttpIsForwardedWithinTls) {
  ScriptedServer proxy{
      [](Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) peer.answer(200, request);
      },
      proxy_identity_};
  Client client{reactor_.get_executor(), through(proxy)};
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(
        body_or_error(client, "http://git.example.org/repo?x"),
        "GET http://git.example.org/repo?x HTTP/1.1\r\nHost: git.example.org\r\n"
        "Proxy-Authorization: Basic Ym9iOmh1bnRlcjI=\r\n\r\n"
    );
  EXPECT_EQ(proxy.connections(), 1u) << "it is kept";
}

TEST_F(TlsProxy, HttpsIsTlsWithinTlsAndTheCredentialsAreForTheProxyOnly) {
  ScriptedServer server{
      [](Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) peer.answer(200, request);
      },
      server_identity_};
  ScriptedServer proxy{tunnel_to(server), proxy_identity_};
  Client client{reactor_.get_executor(), through(proxy)};
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(
        body_or_error(client, "https://git.example.org/repo"), "GET /repo HTTP/1.1\r\nHost: git.example.org\r\n\r\n"
    );
  EXPECT_EQ(
      asked(),
      "CONNECT git.example.org:443 HTTP/1.1\r\nHost: git.example.org:443\r\n"
      "Proxy-Authorization: Basic Ym9iOmh1bnRlcjI=\r\n\r\n"
  );
  EXPECT_EQ(proxy.connections(), 1u) << "it is kept";
}

TEST_F(TlsProxy, LargeBodiesPassInBothDirections) {
  ScriptedServer server{
      [](Peer& peer) {
        const std::string request = peer.read_request();
        peer.answer(200, std::string_view{request}.substr(request.find("\r\n\r\n") + 4));
      },
      server_identity_};
  ScriptedServer proxy{tunnel_to(server), proxy_identity_};
  Client client{reactor_.get_executor(), through(proxy)};
  std::string body;
  while (body.size() < (8u << 20)) body += std::to_string(body.size()) + ' ';
  EXPECT_TRUE(body_or_error(client, "https://git.example.org/", body) == body);
}

TEST_F(TlsProxy, ABodyCutShortIsAnError) {
  ScriptedServer server{
      [](Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      },
      server_identity_};
  ScriptedServer proxy{tunnel_to(server), proxy_identity_};
  EXPECT_TRUE(
      body_or_error(through(proxy), "https://git.example.org/").starts_with("receive from git.example.org:443: ")
  );
}

TEST_F(TlsProxy, OneOfAnUnknownAuthorityLearnsNothing) {
  ScriptedServer proxy{
      [this](Peer& peer) {
        const std::string request = peer.read_request();
        const std::lock_guard lock{mutex_};
        asked_ += request;
      },
      test::make_leaf(test::make_authority("Somebody"), "IP:127.0.0.1")};
  for (const std::string url : {"http://git.example.org/", "https://git.example.org/"})
    EXPECT_EQ(
        body_or_error(through(proxy), url),
        with(proxy) + "the certificate is not trusted: unable to get local issuer certificate"
    );
  EXPECT_EQ(asked(), "");
}

TEST_F(TlsProxy, OneOfAnotherNameLearnsNothing) {
  ScriptedServer proxy{
      [this](Peer& peer) {
        const std::string request = peer.read_request();
        const std::lock_guard lock{mutex_};
        asked_ += request;
      },
      test::make_leaf(authority_, "DNS:git.example.org,IP:127.0.0.2")};
  auto named_like_the_server = through(proxy);
  // The name that a server's certificate is checked for is not the proxy's.
  named_like_the_server.tls_server_name = "git.example.org";
  for (const auto& options : {through(proxy), named_like_the_server})
    EXPECT_EQ(
        body_or_error(options, "https://git.example.org/"),
        with(proxy) + "the certificate is not valid for address 127.0.0.1"
    );
  EXPECT_EQ(asked(), "");
}

TEST_F(TlsProxy, TheServerBehindItIsVerifiedAsWithoutIt) {
  ScriptedServer server{[](Peer& peer) { peer.read_request(); }, server_identity_};
  ScriptedServer proxy{tunnel_to(server), proxy_identity_};
  auto options = through(proxy);
  options.ca_pem = authority_.certificate_pem;
  EXPECT_EQ(
      body_or_error(options, "https://git.example.org/"),
      "make a TLS connection with git.example.org:443: "
      "the certificate is not trusted: unable to get local issuer certificate"
  );
  EXPECT_EQ(
      body_or_error(through(proxy), "https://other.example.org/"),
      "make a TLS connection with other.example.org:443: "
      "the certificate is not valid for host \"other.example.org\""
  );
}

TEST_F(TlsProxy, ARefusalIsReported) {
  ScriptedServer proxy{
      [](Peer& peer) {
        peer.read_request();
        peer.answer(407, "");
      },
      proxy_identity_};
  EXPECT_EQ(body_or_error(through(proxy), "https://git.example.org/"), reaching(proxy) + "the proxy answered 407 X");
}

TEST_F(TlsProxy, OneThatSpeaksNoTlsIsNamed) {
  ScriptedServer proxy{[](Peer& peer) {
    peer.read_exactly(1);
    peer.answer(400, "");
  }};
  EXPECT_EQ(body_or_error(through(proxy), "https://git.example.org/"), with(proxy) + "the server does not speak TLS");
}

TEST_F(TlsProxy, OneThatStopsInTheHandshakeEndsInTheCallsTimeout) {
  timeout_ = Milliseconds{1000};
  ScriptedServer proxy{[](Peer& peer) { peer.wait_for_close(); }};
  for (const std::string url : {"http://git.example.org/", "https://git.example.org/"})
    EXPECT_EQ(body_or_error(through(proxy), url), with(proxy) + "timed out after 1s");
}

TEST_F(TlsProxy, OneThatClosesInTheHandshakeIsNamed) {
  ScriptedServer proxy{[](Peer& peer) { peer.read_exactly(100); }};
  EXPECT_TRUE(body_or_error(through(proxy), "https://git.example.org/").starts_with(with(proxy)));
}

TEST_F(TlsProxy, OneThatStopsBehindItsHandshakeEndsInTheCallsTimeout) {
  timeout_ = Milliseconds{1000};
  ScriptedServer proxy{[](Peer& peer) { peer.wait_for_close(); }, proxy_identity_};
  EXPECT_EQ(body_or_error(through(proxy), "https://git.example.org/"), reaching(proxy) + "timed out after 1s");
}

TEST_F(TlsProxy, AServerThatStopsInTheHandshakeBehindItEndsInTheCallsTimeout) {
  timeout_ = Milliseconds{1000};
  ScriptedServer server{[](Peer& peer) { peer.wait_for_close(); }};
  ScriptedServer proxy{tunnel_to(server), proxy_identity_};
  EXPECT_EQ(
      body_or_error(through(proxy), "https://git.example.org/"),
      "make a TLS connection with git.example.org:443: timed out after 1s"
  );
}

TEST_F(TlsProxy, ATunnelThatBreaksInTheHandshakeBehindItIsAnError) {
  ScriptedServer proxy{
      [](Peer& peer) {
        peer.read_request();
        peer.write(kEstablished);
        peer.read_exactly(100);
      },
      proxy_identity_};
  EXPECT_EQ(
      body_or_error(through(proxy), "https://git.example.org/"),
      "make a TLS connection with git.example.org:443: the connection was closed without notice"
  );
}

TEST_F(TlsProxy, OtherProtocolsAreRefusedByName) {
  ScriptedServer proxy{[](Peer& peer) { peer.wait_for_close(); }, proxy_identity_};
  try {
    test::run(reactor_, dial("git.example.org", 22, through(proxy).proxy, Milliseconds{2000}));
    FAIL();
  } catch (const TransportError& error) {
    EXPECT_EQ(
        std::string{error.what()},
        "reach git.example.org:22 through the proxy 127.0.0.1:" + std::to_string(proxy.port()) +
            ": a proxy that is spoken to over TLS carries http and https URLs only"
    );
  }
  EXPECT_EQ(proxy.connections(), 0u);
}

TEST(ProxyIdentity, EachWayToAProxyIsOneOfItsOwn) {
  asio::io_context reactor;
  ClientCache cache{reactor.get_executor()};
  ConnectionOptions options;
  options.proxy.address = "http://127.0.0.1:3128";
  const auto plain = cache.get(options);
  options.proxy.address = "https://127.0.0.1:3128";
  const auto tls = cache.get(options);
  options.ca_pem = test::make_authority("Mine").certificate_pem;
  const auto believing_more = cache.get(options);
  EXPECT_NE(plain, tls);
  EXPECT_NE(plain->identity(), tls->identity());
  EXPECT_NE(tls, believing_more);
  EXPECT_NE(tls->identity(), believing_more->identity());
}

}  // namespace
}  // namespace weir::http
