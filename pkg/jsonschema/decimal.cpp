#include "pkg/jsonschema/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace weir::jsonschema {
namespace {

constexpr std::int64_t kLargestExponent = 100'000;
constexpr std::size_t kLongestDivision = 2'000;  ///< digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Removes leading zeros, keeping one digit.
void trim(std::string& digits) { digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1)); }

/// The remainder of one number of digits by another that is not zero.
std::string remainder(const std::string& dividend, std::string divisor) {
  trim(divisor);
  const auto is_less = [](const std::string& left, const std::string& right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
  };
  std::string rest = "0";
  for (const char digit : dividend) {
    rest += digit;
    trim(rest);
    while (!is_less(rest, divisor)) {
      int borrow = 0;
      for (std::size_t i = 0; i < rest.size(); ++i) {
        char& place = rest[rest.size() - 1 - i];
        int value = place - '0' - borrow - (i < divisor.size() ? divisor[divisor.size() - 1 - i] - '0' : 0);
        borrow = value < 0 ? 1 : 0;
        if (value < 0) value += 10;
        place = static_cast<char>('0' + value);
      }
      trim(rest);
    }
  }
  return rest;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Decimal number;
  number.is_negative_ = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  number.digits_.clear();
  bool has_point = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && !has_point) {
      has_point = true;
    } else if (is_digit(text[i])) {
      number.digits_ += text[i];
      if (has_point) --number.exponent_;
    } else {
      break;
    }
  }
  if (number.digits_.empty()) return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    ++i;
    if (i < text.size() && text[i] == '+') ++i;
    std::int64_t exponent = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size() || std::abs(exponent) > kLargestExponent)
      return std::nullopt;
    number.exponent_ += exponent;
  }
  trim(number.digits_);
  if (number.digits_ == "0") return Decimal{};
  const std::size_t zeros = number.digits_.size() - 1 - number.digits_.find_last_not_of('0');
  number.digits_.resize(number.digits_.size() - zeros);
  number.exponent_ += static_cast<std::int64_t>(zeros);
  return number;
}

std::optional<std::int64_t> Decimal::integer() const {
  if (!is_integer() || magnitude() > 19) return std::nullopt;
  const std::string text = (is_negative_ ? "-" : "") + digits_ + std::string(static_cast<std::size_t>(exponent_), '0');
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double Decimal::real() const { return std::strtod(text().c_str(), nullptr); }

std::optional<bool> Decimal::is_multiple_of(const Decimal& other) const {
  if (is_zero()) return true;
  const std::int64_t shift = std::min(exponent_, other.exponent_);
  const auto scaled = [shift](const Decimal& number) {
    return number.digits_.size() + static_cast<std::size_t>(number.exponent_ - shift);
  };
  if (scaled(*this) > kLongestDivision || scaled(other) > kLongestDivision) return std::nullopt;
  const auto digits = [shift](const Decimal& number) {
    return number.digits_ + std::string(static_cast<std::size_t>(number.exponent_ - shift), '0');
  };
  return remainder(digits(*this), digits(other)) == "0";
}

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
  if (left.is_zero() && right.is_zero()) return std::strong_ordering::equal;
  if (left.is_zero()) return right.is_negative_ ? std::strong_ordering::greater : std::strong_ordering::less;
  if (right.is_zero()) return left.is_negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  if (left.is_negative_ != right.is_negative_)
    return left.is_negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  auto order = left.magnitude() <=> right.magnitude();
  if (order == 0) order = left.digits_.compare(right.digits_) <=> 0;
  return left.is_negative_ ? 0 <=> order : order;
}

std::string Decimal::text() const {
  return (is_negative_ ? "-" : "") + digits_ + (exponent_ == 0 ? "" : "e" + std::to_string(exponent_));
}

}  // namespace weir::jsonschema
