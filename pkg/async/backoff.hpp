#pragma once

#include "pkg/base/duration.hpp"

namespace weir::async {

struct BackoffOptions {
  Milliseconds first{750};
  double factor = 2.0;
  Milliseconds longest{15 * 60 * 1000};
  double jitter = 0.0;  ///< each pause is lengthened by up to this share of itself
};

/// Pauses that grow with each failure. Pure: the caller brings the randomness.  Threads: value.
class Backoff {
 public:
  explicit Backoff(BackoffOptions options) : options_{options} {}

  /// The pause before the next attempt; never above `longest` before jitter.
  /// @param fraction  uniform in [0, 1)
  Milliseconds next(double fraction);
  void reset() { failures_ = 0; }
  unsigned failures() const { return failures_; }

 private:
  BackoffOptions options_;
  unsigned failures_ = 0;
};

}  // namespace weir::async
