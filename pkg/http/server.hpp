#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/http/router.hpp"

namespace weir::http {

struct ServerOptions {
  ServerOptions() {}

  std::string address = ":8080";             ///< "host:port", ":port" for every interface; port 0 = any free one
  std::size_t max_connections = 512;         ///< one more, and a quiet one is closed for it
  std::size_t max_connections_of_peer = 64;  ///< of one address
  std::size_t max_body_bytes = 0;            ///< of a request; more is 413
  std::size_t max_held_bytes =
      64u << 20;                        ///< of all requests and texts of answers; whoever holds most is closed for more
  Milliseconds header_timeout{10'000};  ///< for a request to arrive whole, the first from the beginning
  Milliseconds idle_timeout{60'000};    ///< between two requests of a connection
  Milliseconds text_timeout{15'000};    ///< for an answer without a file to be taken whole
  Milliseconds send_timeout{60'000};    ///< of a file, without the client taking any byte
  /// Hears why a request was answered with 500, or its answer broke off by our own fault; clients that go away are no
  /// fault. Must not throw.
  /// @param request  its method and path, "GET /metrics"; "" when there is none
  std::function<void(std::string_view request, const std::exception_ptr& failure)> on_failure;
};

/// Answers requests.  Threads: reactor.
class Listener {
 public:
  virtual ~Listener() = default;
  /// Accepts and answers until stop() or until cancelled.
  virtual asio::awaitable<void> run() = 0;
  /// Takes no more connections, closes idle ones, waits up to `grace` for running answers, then
  /// cuts the rest.
  virtual asio::awaitable<void> stop(Milliseconds grace) = 0;
};

/// A small HTTP/1.1 server without TLS for probes, metrics and artifacts, which every pod may talk to: what one peer
/// holds open or half sent costs the others nothing (see GuestList). `router` must outlive it. Threads: reactor.
class Server final : public Listener {
 public:
  /// Listens at once. @throws std::system_error or std::invalid_argument naming the address
  Server(asio::any_io_executor executor, const Router& router, ServerOptions options);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  asio::awaitable<void> run() override;
  asio::awaitable<void> stop(Milliseconds grace) override;
  std::size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::http
