#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/base/time.hpp"

namespace weir::helm {

enum class KeyKind { kRsa2048, kRsa4096, kDsa2048, kEcdsaP256, kEd25519 };

/// What some functions of templates want from the world, and what a rendering has none of by itself: whoever renders
/// hands it in, tests with fixed answers. A rendering asks on its own thread; one object may serve many renderings at
/// once, so implementations are safe on any thread.
class Outside {
 public:
  virtual ~Outside() = default;

  virtual WallTime now() = 0;
  /// How long the program has been running: what Go prints behind "m=+".
  virtual std::chrono::nanoseconds since_start() = 0;
  /// Exactly so many bytes that nobody can foresee.
  virtual std::string random_bytes(std::size_t count) = 0;
  /// A new private key in PEM, as Go writes its kind: PKCS #1, SEC 1, or PKCS #8 for Ed25519.
  virtual std::string private_key(KeyKind kind) = 0;
  /// The content of the zone's file of the time zone database (TZif, RFC 8536); nullopt when it is not known. The name
  /// is one that cannot leave the database's folder; "Local" is the zone of the process.
  virtual std::optional<std::string> zone(std::string_view name) = 0;
  /// An address of a host; empty when templates shall not ask, nullopt when it has none.
  virtual std::optional<std::string> host_address(std::string_view name) = 0;
};

}  // namespace weir::helm
