#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "pkg/http/client.hpp"
#include "test/support/run.hpp"
#include "test/support/scripted_server.hpp"

namespace weir::http {
namespace {

using test::Peer;
using test::ScriptedServer;

void answer_every_request(Peer& peer) {
  while (!peer.read_request().empty()) peer.answer(200, "secret");
}

class Tls : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    authority_ = test::make_authority("Test authority");
    identity_ = test::make_leaf(authority_, "IP:127.0.0.1,DNS:git.example.org");
  }

  static ConnectionOptions believing(const test::Certificate& authority) {
    ConnectionOptions options;
    options.ca_pem = authority.certificate_pem;
    return options;
  }

  std::string body_or_error(const ConnectionOptions& connection, const std::string& url) {
    Client client{reactor_.get_executor(), connection};
    CallOptions options;
    options.timeout = Milliseconds{2000};
    try {
      return test::run(reactor_, client.send(Request{"GET", *Url::parse(url)}, options)).body;
    } catch (const TlsError& error) {
      return std::string{"TlsError: "} + error.what();
    } catch (const TransportError& error) {
      return std::string{"TransportError: "} + error.what();
    } catch (const async::TimedOut& error) {
      return std::string{"TimedOut: "} + error.what();
    }
  }

  static std::string with(const ScriptedServer& server) {
    return "make a TLS connection with 127.0.0.1:" + std::to_string(server.port()) + ": ";
  }

  static inline test::Certificate authority_;
  static inline test::Certificate identity_;
  asio::io_context reactor_;
};

TEST_F(Tls, AKnownAuthorityIsBelievedAndTheConnectionKept) {
  ScriptedServer server{answer_every_request, identity_};
  Client client{reactor_.get_executor(), believing(authority_)};
  for (int i = 0; i < 3; ++i) {
    const auto response = test::run(reactor_, client.send(Request{"GET", *Url::parse(server.url())}, CallOptions{}));
    EXPECT_EQ(response.body, "secret");
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(Tls, AnUnknownAuthorityIsRefused) {
  ScriptedServer server{answer_every_request, identity_};
  EXPECT_EQ(
      body_or_error(ConnectionOptions{}, server.url()),
      "TlsError: " + with(server) + "the certificate is not trusted: unable to get local issuer certificate"
  );
  const auto other = test::make_authority("Other authority");
  EXPECT_TRUE(body_or_error(believing(other), server.url())
                  .starts_with("TlsError: " + with(server) + "the certificate is not trusted"));
}

TEST_F(Tls, ASelfSignedCertificateIsRefusedUnlessGiven) {
  const auto self_signed = test::make_authority("127.0.0.1");
  ScriptedServer server{answer_every_request, self_signed};
  EXPECT_EQ(
      body_or_error(ConnectionOptions{}, server.url()),
      "TlsError: " + with(server) + "the certificate is not trusted: self-signed certificate"
  );
}

TEST_F(Tls, ACertificateForAnotherHostIsRefused) {
  ScriptedServer server{answer_every_request, test::make_leaf(authority_, "DNS:other.example.org,IP:127.0.0.2")};
  EXPECT_EQ(
      body_or_error(believing(authority_), server.url()),
      "TlsError: " + with(server) + "the certificate is not valid for address 127.0.0.1"
  );
  auto named = believing(authority_);
  named.tls_server_name = "git.example.org";
  EXPECT_EQ(
      body_or_error(named, server.url()),
      "TlsError: " + with(server) + "the certificate is not valid for host \"git.example.org\""
  );
  named.tls_server_name = "other.example.org";
  EXPECT_EQ(body_or_error(named, server.url()), "secret");
}

TEST_F(Tls, AnExpiredCertificateIsRefused) {
  ScriptedServer server{answer_every_request, test::make_leaf(authority_, "IP:127.0.0.1", -1)};
  EXPECT_EQ(
      body_or_error(believing(authority_), server.url()),
      "TlsError: " + with(server) + "the certificate is not trusted: certificate has expired"
  );
}

TEST_F(Tls, AClientCertificateIsShownWhenAskedFor) {
  const auto client_authority = test::make_authority("Clients");
  const auto mine = test::make_leaf(client_authority, "DNS:me");
  ScriptedServer server{answer_every_request, identity_, client_authority.certificate_pem};
  auto options = believing(authority_);
  EXPECT_NE(body_or_error(options, server.url()), "secret");
  options.client_cert_pem = mine.certificate_pem;
  options.client_key_pem = SecretString{mine.key_pem};
  EXPECT_EQ(body_or_error(options, server.url()), "secret");
}

TEST_F(Tls, AServerThatHangsInTheHandshakeEndsInATimeout) {
  ScriptedServer server{[](Peer& peer) { peer.wait_for_close(); }};
  const auto url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  EXPECT_EQ(body_or_error(believing(authority_), url), "TimedOut: " + with(server) + "timed out after 2s");
}

TEST_F(Tls, AServerWithoutTlsIsNamed) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_exactly(1);
    peer.answer(400, "");
  }};
  const auto url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  EXPECT_EQ(body_or_error(believing(authority_), url), "TlsError: " + with(server) + "the server does not speak TLS");
}

TEST_F(Tls, ABodyCutShortIsAnError) {
  ScriptedServer server{
      [](Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      },
      identity_};
  EXPECT_TRUE(body_or_error(believing(authority_), server.url()).starts_with("TransportError: receive from "));
}

TEST_F(Tls, BadCertificatesAreReportedWhenTheClientIsMade) {
  auto make = [this](const ConnectionOptions& options) -> std::string {
    try {
      const Client client{reactor_.get_executor(), options};
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  ConnectionOptions options;
  options.ca_pem = "nonsense";
  EXPECT_EQ(make(options), "the certificate authority holds no PEM certificate");
  options = ConnectionOptions{};
  options.client_cert_pem = "nonsense";
  EXPECT_EQ(make(options), "the client certificate is not a PEM certificate");
  options.client_cert_pem = identity_.certificate_pem;
  EXPECT_EQ(make(options), "the client key is not an unencrypted PEM private key");
  options.client_key_pem = SecretString{authority_.key_pem};
  EXPECT_EQ(make(options), "the client key does not belong to the client certificate");
  options.client_cert_pem = "";
  EXPECT_EQ(make(options), "a client key without a client certificate");
}

TEST_F(Tls, ACertificateBelowAnAuthorityMayBeBelievedByItself) {
  ScriptedServer server{answer_every_request, identity_};
  EXPECT_EQ(body_or_error(believing(identity_), server.url()), "secret");
  const auto other = test::make_leaf(authority_, "IP:127.0.0.1");
  EXPECT_EQ(body_or_error(believing(other), server.url()).substr(0, 10), "TlsError: ");
}

/// PKCS#8 under the empty password.
std::string encrypted(const std::string& key_pem) {
  BIO* in = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
  BIO* out = BIO_new(BIO_s_mem());
  EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(), const_cast<char*>(""), 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string pem{data, static_cast<std::size_t>(size)};
  EVP_PKEY_free(key);
  BIO_free(in);
  BIO_free(out);
  return pem;
}

TEST_F(Tls, AnEncryptedClientKeyIsNotOpenedWithTheEmptyPassword) {
  // Its hashing would run on the reactor, as often as the key says.
  ConnectionOptions options;
  options.client_cert_pem = identity_.certificate_pem;
  options.client_key_pem = SecretString{encrypted(identity_.key_pem)};
  try {
    Client client{reactor_.get_executor(), options};
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "the client key is not an unencrypted PEM private key");
  }
}

}  // namespace
}  // namespace weir::http
