#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pkg/base/secret_string.hpp"
#include "pkg/http/transport.hpp"

namespace weir::http {

/// An HTTP proxy (https targets through CONNECT), spoken to over TLS or not, or a SOCKS5 one; no
/// address = none. A proxy's certificate is verified like a server's: against the same authorities,
/// for the name in the address.
struct ProxyOptions {
  ProxyOptions() {}

  std::string address;  ///< "http://host:port", "https://host:port" or "socks5://host:port"
  std::string username;
  SecretString password;

  friend bool operator==(const ProxyOptions&, const ProxyOptions&) = default;
};

/// Who we are and whom we believe. Verification of the server cannot be switched off.
struct ConnectionOptions {
  ConnectionOptions() {}

  std::string ca_pem;           ///< certificates of authorities to believe
  bool use_system_ca = true;    ///< believe the system's authorities as well
  std::string client_cert_pem;  ///< chain, own certificate first; empty = none
  SecretString client_key_pem;
  std::string tls_server_name;  ///< name to ask for and to check instead of the URL's host; empty =
                                ///< the URL's host
  ProxyOptions proxy;

  friend bool operator==(const ConnectionOptions&, const ConnectionOptions&) = default;
};

/// How many connections a client keeps.
struct PoolOptions {
  PoolOptions() {}

  std::size_t max_idle_per_host = 8;
  std::size_t max_calls_per_host = 128;  ///< send() calls at a time; more wait their turn. Streams do not count
  Milliseconds idle_timeout{90'000};     ///< an idle connection is closed after this
};

/// HTTP/1.1 with kept connections, for one identity and one proxy. Must outlive its calls and
/// streams. Threads: reactor.
class Client final : public Transport {
 public:
  /// @throws std::invalid_argument naming the field: a certificate or key that cannot be read or do
  /// not match,
  ///         a proxy address of an unknown kind
  Client(asio::any_io_executor executor, ConnectionOptions connection, PoolOptions pool = PoolOptions{});
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  asio::awaitable<Response> send(Request request, const CallOptions& options) override;
  asio::awaitable<StreamedResponse> open(Request request, const CallOptions& options) override;
  const std::string& identity() const override;

  /// Closes the kept connections; running calls are not touched.
  void close_idle();
  std::size_t idle_connections() const;
  /// Connections made since the start: what a test of reuse looks at.
  std::size_t connections_made() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Who gives a transport to those that must choose identity and proxy themselves.  Threads: reactor.
class Connections {
 public:
  virtual ~Connections() = default;
  /// @throws std::invalid_argument naming the field that cannot be used
  virtual std::shared_ptr<Transport> get(const ConnectionOptions& options) = 0;
};

/// One client for each identity, so that objects with equal credentials share connections. Threads:
/// reactor.
class ClientCache final : public Connections {
 public:
  /// @param max_unused  clients kept although nobody holds them
  ClientCache(asio::any_io_executor executor, std::size_t max_unused = 64, PoolOptions pool = PoolOptions{});

  /// @throws like Client's constructor
  std::shared_ptr<Transport> get(const ConnectionOptions& options) override;

 private:
  struct Entry {
    Entry(ConnectionOptions options_, std::shared_ptr<Client> client_)
        : options{std::move(options_)}, client{std::move(client_)} {}
    ConnectionOptions options;
    std::shared_ptr<Client> client;
  };

  asio::any_io_executor executor_;
  std::size_t max_unused_;
  PoolOptions pool_;
  std::vector<Entry> entries_;
};

}  // namespace weir::http
