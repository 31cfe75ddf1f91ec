#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

#include "pkg/http/client.hpp"

struct ssl_ctx_st;

namespace weir::http {

/// Whom to believe and who we are, ready for any number of sessions.  Threads: reactor.
class TlsContext {
 public:
  /// @throws std::invalid_argument naming the certificate or key that cannot be used
  explicit TlsContext(const ConnectionOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() const { return context_; }

 private:
  ssl_ctx_st* context_;
};

/// Why a TLS session failed.
class TlsFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The client's side of a TLS session on a non-blocking socket, or within another session, which a
/// proxy is spoken to with. It works on the descriptor itself instead of a pair of memory buffers, so
/// an idle session holds no record buffers.  Threads: reactor.
class TlsSession {
 public:
  /// What has to happen before the same call can go on.
  enum class Want { kNothing, kReadable, kWritable, kEnded };

  /// @param server_name  DNS name (also sent as SNI) or IP address that the certificate must be
  /// valid for
  TlsSession(const TlsContext& context, int descriptor, const std::string& server_name);
  /// The same within an established session: what it has to wait for is what its carrier waits for.
  TlsSession(const TlsContext& context, std::unique_ptr<TlsSession> carrier, const std::string& server_name);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// @throws TlsFailure, also from the three below
  Want handshake();
  Want read(char* data, std::size_t size, std::size_t& got);
  Want write(const char* data, std::size_t size, std::size_t& put);
  /// False when the peer has closed or sent something nobody asked for.
  bool is_quiet();
  /// Says goodbye without waiting for an answer.
  void close();

 private:
  struct State;
  TlsSession(const TlsContext& context, const std::string& server_name);

  std::unique_ptr<State> state_;
};

}  // namespace weir::http
