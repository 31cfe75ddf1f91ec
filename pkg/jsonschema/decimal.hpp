#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::jsonschema {

/// A decimal number as JSON writes it, exactly. Threads: value.
class Decimal {
 public:
  /// nullopt for what is no number, or has an exponent beyond ±100000.
  static std::optional<Decimal> parse(std::string_view text);

  bool is_integer() const { return exponent_ >= 0; }
  bool is_zero() const { return digits_ == "0"; }
  /// The number when it is an integer that fits.
  std::optional<std::int64_t> integer() const;
  double real() const;

  /// Whether this is an integer times `other`, which is not zero. nullopt when the numbers are too far apart to tell.
  std::optional<bool> is_multiple_of(const Decimal& other) const;

  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right);
  friend bool operator==(const Decimal& left, const Decimal& right) { return (left <=> right) == 0; }
  /// Equal numbers have equal texts.
  std::string text() const;

 private:
  std::int64_t magnitude() const { return static_cast<std::int64_t>(digits_.size()) + exponent_; }

  bool is_negative_ = false;
  std::string digits_ = "0";   ///< no zeros at either end; "0" for zero
  std::int64_t exponent_ = 0;  ///< of the last digit
};

}  // namespace weir::jsonschema
