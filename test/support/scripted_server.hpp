#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "test/support/certificates.hpp"

namespace weir::test {

/// The other end of one connection, blocking, on a thread of its own.
class Peer {
 public:
  virtual ~Peer() = default;
  /// Reads up to and with `mark`. @returns what was read; short when the client closed
  virtual std::string read_until(std::string_view mark) = 0;
  virtual std::string read_exactly(std::size_t size) = 0;
  virtual void write(std::string_view data) = 0;
  /// Waits until the client closes, or the server is stopped.
  virtual void wait_for_close() = 0;
  /// Passes everything on between the client and a server on loopback, as a tunnel does, until one of
  /// them closes.
  virtual void relay(std::uint16_t port) = 0;

  /// One request without a body, or with one of Content-Length. @returns head and body; empty when
  /// the client closed
  std::string read_request();
  /// An answer with Content-Length.
  void answer(int status, std::string_view body, std::string_view more_headers = "");
};

/// A TCP server on loopback that does exactly what a test says, byte by byte.
class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;

  /// Runs `script` for every connection; the connection closes when it returns.
  explicit ScriptedServer(Script script);
  /// The same behind TLS. @param client_authority  PEM; set: clients must show a certificate of it
  ScriptedServer(Script script, Certificate identity, std::string client_authority = "");
  ~ScriptedServer();

  std::uint16_t port() const;
  std::string url(std::string_view path = "/") const;
  /// Connections accepted so far.
  std::size_t connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::test
