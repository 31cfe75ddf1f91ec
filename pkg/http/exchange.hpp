#pragma once

// Inside pkg/http only.

#include <memory>
#include <string>
#include <string_view>

#include "pkg/http/connection.hpp"
#include "pkg/http/transport.hpp"

namespace weir::http {

/// One request and its answer on one connection.  Threads: reactor.
class Exchange {
 public:
  Exchange(std::shared_ptr<Connection> connection, bool is_head);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// @throws TransportError
  asio::awaitable<void> send(std::string_view head, std::string_view body);
  /// Reads until the headers are complete; informational answers (1xx) are skipped.
  /// @throws TransportError
  asio::awaitable<void> receive_headers();
  /// @returns the next piece of the body; empty = end. @throws TransportError when the body is cut
  /// short
  asio::awaitable<std::string> receive_some();

  unsigned status() const;
  Headers take_headers();
  /// The length the server announced, if it did.
  std::optional<std::uint64_t> content_length() const;
  /// Whether nothing at all has come back so far: only then may the request be sent again.
  bool has_received_nothing() const;
  /// Whether another request may follow on the connection; only after the end of the body.
  bool is_reusable() const;
  const std::shared_ptr<Connection>& connection() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The start of a request with its header fields, ready to be sent.
/// @param target  origin form, or absolute form towards a proxy
/// @throws TransportError when a field would break out of its line
std::string request_head(const Request& request, std::string_view target, std::string_view proxy_authorization);

}  // namespace weir::http
