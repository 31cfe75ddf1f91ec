#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/base/result.hpp"

namespace weir::image_reflector {

/// A decimal number compared exactly, however many digits it has: a date-time stamp of 17 digits is no longer exact as
/// a double.  Threads: value.
class Decimal {
 public:
  /// [+-]digits[.digits][e[+-]digits], or .digits
  static Result<Decimal> parse(std::string_view text);

  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right);
  friend bool operator==(const Decimal& left, const Decimal& right) { return (left <=> right) == 0; }

 private:
  int sign_ = 0;        // -1, 0, 1
  std::string digits_;  // without leading and trailing zeros: 0.d1d2d3... times 10^magnitude
  std::int64_t magnitude_ = 0;
};

}  // namespace weir::image_reflector
