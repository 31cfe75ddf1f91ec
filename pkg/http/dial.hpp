#pragma once

#include <cstdint>
#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/base/duration.hpp"
#include "pkg/http/client.hpp"

namespace weir::http {

/// Opens a TCP connection for another protocol than HTTP, through a proxy if one is given: not
/// through one that is spoken to over TLS, whose session is in this process and not in a descriptor.
/// @returns a connected non-blocking descriptor, which is the caller's to close
/// @throws TransportError, async::TimedOut, std::invalid_argument for a proxy of an unknown kind
asio::awaitable<int> dial(std::string host, std::uint16_t port, ProxyOptions proxy, Milliseconds timeout);

}  // namespace weir::http
