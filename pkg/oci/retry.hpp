#pragma once

#include <optional>

#include "pkg/base/duration.hpp"

namespace weir::oci {

/// Whether a registry's status means "later perhaps".
bool is_temporary(unsigned status);

/// When a request is sent again.  Pure.  Threads: value.
class RetryPolicy {
 public:
  /// The pause before the next attempt; nullopt: no more attempts, or the server asks for more patience than we have.
  /// @param failed  attempts that failed so far, from 1
  /// @param asked   what the server's Retry-After says
  std::optional<Milliseconds> pause(unsigned failed, std::optional<Milliseconds> asked) const;

  unsigned attempts = 3;
  Milliseconds first{1'000};
  unsigned factor = 3;
  Milliseconds longest_asked{30'000};  ///< a longer Retry-After is for the caller's schedule
};

}  // namespace weir::oci
