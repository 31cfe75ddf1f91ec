#pragma once

#include <chrono>

#include "pkg/base/time.hpp"

namespace weir {

/// A moment that only moves forward: due times, deadlines, back-off.
using TimePoint = std::chrono::steady_clock::time_point;

/// Where time comes from; tests give their own.  Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall_now() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  WallTime wall_now() const override;
};

}  // namespace weir
