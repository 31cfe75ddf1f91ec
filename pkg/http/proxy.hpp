#pragma once

// Inside pkg/http only.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/http/connection.hpp"

namespace weir::http {

/// Where the proxy is and how it is spoken to.
struct Proxy {
  enum class Kind { kHttp, kHttps, kSocks5 };

  Proxy() {}

  Kind kind = Kind::kHttp;
  std::string host;
  std::uint16_t port = 0;
  std::string username;
  SecretString password;

  /// "Basic ...", or empty without a user name.
  std::string authorization() const;
  std::string peer() const;
};

/// @returns nullopt for an empty address. @throws std::invalid_argument for one of an unknown kind
std::optional<Proxy> parse_proxy(const ProxyOptions& options);

/// How texts of errors name a server that is reached through the proxy: "host:port through the proxy host:port".
std::string through(const Proxy& proxy, std::string_view target);

/// Connects to the proxy. Texts of errors name it from then on, never its credentials.
/// @param tls  whom to believe; of use for Kind::kHttps only, which needs it
/// @throws TransportError, TlsError, async::TimedOut
asio::awaitable<void> connect_to_proxy(Connection& connection, const Proxy& proxy, const TlsContext* tls);

/// Asks the proxy at the other end of `connection` for a tunnel.
/// When that stands, texts of errors name the tunnel's end.
/// @throws TransportError, async::TimedOut
asio::awaitable<void> open_tunnel(Connection& connection, const Proxy& proxy, std::string host, std::uint16_t port);

}  // namespace weir::http
