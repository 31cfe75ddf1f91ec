#pragma once

#include <string>

#include "pkg/async/asio.hpp"
#include "pkg/git/wire/pkt_line.hpp"

namespace weir::git::wire {

/// A connection to `git-upload-pack` or `git-receive-pack`, by whatever carries it.  Threads:
/// reactor.
class Service {
 public:
  virtual ~Service() = default;
  /// The server's first words, asked for in protocol version 2. The reader is good until the next
  /// call.
  /// @throws GitError, http::TransportError
  virtual asio::awaitable<PacketReader*> greet() = 0;
  /// Sends one request and gives its answer. @throws GitError, http::TransportError
  virtual asio::awaitable<PacketReader*> call(std::string request) = 0;
  /// Ends politely after the last answer was read, so that the connection can serve again.
  virtual asio::awaitable<void> finish() = 0;
};

}  // namespace weir::git::wire
