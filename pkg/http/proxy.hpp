#pragma once

// Inside pkg/http only.

#include <cstdint>
#include <optional>
#include <string>

#include "pkg/http/connection.hpp"

namespace weir::http {

/// Where the proxy is and how it is spoken to.
struct Proxy {
  enum class Kind { kHttp, kSocks5 };

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

/// Asks the proxy at the other end of `connection` for a tunnel. @throws TransportError
asio::awaitable<void> open_tunnel(
    Connection& connection, const Proxy& proxy, std::string host, std::uint16_t port
);

}  // namespace weir::http
