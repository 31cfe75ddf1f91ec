#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/http/message.hpp"

namespace weir::http {

/// Where a call failed.
enum class Phase { kResolve, kConnect, kProxy, kTls, kSend, kReceive };
std::string_view to_string(Phase phase);

/// No answer, or half of one. The text names host and phase, never credentials. An HTTP status is
/// no TransportError.
class TransportError : public std::runtime_error {
 public:
  TransportError(std::string_view host, Phase phase, std::string_view detail);
  Phase phase() const { return phase_; }

 private:
  Phase phase_;
};

/// The server refused or could not prove its TLS identity; trying again does not help.
class TlsError : public TransportError {
 public:
  TlsError(std::string_view host, std::string_view detail) : TransportError{host, Phase::kTls, detail} {}
};

/// The body is longer than CallOptions::max_body_bytes.
class BodyTooLarge : public TransportError {
 public:
  BodyTooLarge(std::string_view host, std::size_t limit_bytes);
};

/// The limits of one call; name it before the co_await (docs/coroutines.md, "Operands of co_await are names").
struct CallOptions {
  CallOptions() {}

  Milliseconds timeout{30'000};            ///< whole call of send(); until the headers for open(). 0 = none
  Milliseconds idle_timeout{0};            ///< open(): longest silence between two pieces of the body. 0 = none
  std::size_t max_body_bytes = 64u << 20;  ///< send(): more is BodyTooLarge. open() streams without limit
  unsigned max_redirects = 0;              ///< GET and HEAD only; 0 = a 3xx is returned like any status
  bool retry_stale = true;  ///< send again, once, when a kept connection turns out closed and nothing was received
};

/// The rest of a streamed answer. Destroying it before the end closes the connection.  Threads:
/// reactor.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// @returns the next bytes as they arrive, never empty before the end; empty = end
  /// @throws TransportError when the connection breaks before the end; async::TimedOut when idle
  /// too long
  virtual asio::awaitable<std::string> read_some() = 0;
};

/// Status and headers of an answer whose body is read piece by piece.
struct StreamedResponse {
  StreamedResponse() {}

  unsigned status = 0;
  Headers headers;
  std::unique_ptr<BodyReader> body;
};

/// Sends requests. Any status is an answer, not an error.  Threads: reactor.
class Transport {
 public:
  virtual ~Transport() = default;
  /// @throws TransportError; async::TimedOut; the exception of a cancelled await
  virtual asio::awaitable<Response> send(Request request, const CallOptions& options) = 0;
  /// Returns as soon as the headers are there. @throws like send
  virtual asio::awaitable<StreamedResponse> open(Request request, const CallOptions& options) = 0;
  /// Equal for transports that reach a server in the same way: proxy, authorities, certificate.
  /// What was learnt over one holds for those only: another's proxy may have answered. Holds no
  /// secret.
  virtual const std::string& identity() const = 0;
};

}  // namespace weir::http
