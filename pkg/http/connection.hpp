#pragma once

// Inside pkg/http only: brings Asio's sockets.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "pkg/base/clock.hpp"
#include "pkg/http/tls.hpp"
#include "pkg/http/transport.hpp"

namespace weir::http {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

/// The addresses of a host. An address needs no lookup; a lookup that takes too long is left
/// behind, not waited for.
/// @throws TransportError, async::TimedOut
asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port, std::optional<TimePoint> deadline);

/// A TCP connection, with TLS or without, whose every wait ends at one deadline.  Threads: reactor.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// @param peer  "host:port" for the texts of errors
  Connection(const asio::any_io_executor& executor, std::string peer);
  /// For the server's side.
  Connection(asio::ip::tcp::socket socket, std::string peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// From now on every wait ends with async::TimedOut at that moment. nullopt: they may take for
  /// ever.
  /// @param limit  what the text of the error says
  void set_deadline(std::optional<TimePoint> moment, Milliseconds limit);
  void set_timeout(Milliseconds limit);  ///< from now; 0 = none

  /// Tries the addresses in their order. @throws TransportError
  asio::awaitable<void> connect(Endpoints endpoints);
  /// A second time: within the session that stands, whose end is a proxy. @throws TlsError
  asio::awaitable<void> start_tls(const TlsContext& context, std::string server_name);
  /// @returns 0 at the end of the stream. @throws TransportError
  asio::awaitable<std::size_t> read_some(char* data, std::size_t size);
  /// Writes everything. @throws TransportError
  asio::awaitable<void> write(std::string_view data);
  /// Sends `size` bytes of an open file from `offset`; only without TLS.
  /// @throws TransportError; std::system_error, std::runtime_error when the file cannot be read
  asio::awaitable<void> send_file(int descriptor, std::uint64_t offset, std::uint64_t size);

  /// Looks, without waiting, whether the peer has closed or sent something unasked.
  bool is_quiet();
  void close();
  /// Gives the descriptor away; only without TLS.
  int release();

  const std::string& peer() const { return peer_; }
  /// Whom the texts of errors name from now on: before it serves its own end a connection talks to proxies.
  void set_peer(std::string peer) { peer_ = std::move(peer); }
  std::optional<TimePoint> deadline() const { return deadline_; }
  void set_phase(Phase phase) { phase_ = phase; }

 private:
  asio::awaitable<void> wait(asio::ip::tcp::socket::wait_type type);
  asio::awaitable<void> wait_for(TlsSession::Want want);
  void check(const boost::system::error_code& error) const;
  [[noreturn]] void throw_timed_out() const;

  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  std::unique_ptr<TlsSession> tls_;
  std::string peer_;
  Phase phase_ = Phase::kConnect;
  Milliseconds limit_{0};
  std::optional<TimePoint> deadline_;
  bool has_expired_ = false;
};

}  // namespace weir::http
