#include "controllers/image_reflector/policy/decimal.hpp"

#include <charconv>

#include "pkg/base/text.hpp"

namespace weir::image_reflector {
namespace {

std::string_view take_digits(std::string_view& rest) {
  const auto end = rest.find_first_not_of("0123456789");
  const auto out = rest.substr(0, end);
  rest.remove_prefix(out.size());
  return out;
}

}  // namespace

Result<Decimal> Decimal::parse(std::string_view text) {
  const InputError refused{"", text::cat("failed to parse invalid numeric value '", text, "'")};
  std::string_view rest = text;
  Decimal out;
  out.sign_ = 1;
  if (rest.starts_with('-')) out.sign_ = -1;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  const auto whole = take_digits(rest);
  std::string_view fraction;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
  }
  if (whole.empty() && fraction.empty()) return refused;
  std::int64_t exponent = 0;
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);
    const auto digits = take_digits(rest);
    if (digits.empty()) return refused;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    constexpr std::int64_t kLargest = 1'000'000'000'000;
    if (error != std::errc{} || exponent > kLargest) return refused;
    if (negative) exponent = -exponent;
  }
  if (!rest.empty()) return refused;
  out.digits_ = text::cat(whole, fraction);
  out.magnitude_ = static_cast<std::int64_t>(whole.size()) + exponent;
  const auto first = out.digits_.find_first_not_of('0');
  if (first == std::string::npos) return Decimal{};
  out.digits_.erase(0, first);
  out.magnitude_ -= static_cast<std::int64_t>(first);
  out.digits_.erase(out.digits_.find_last_not_of('0') + 1);
  return out;
}

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
  if (left.sign_ != right.sign_) return left.sign_ <=> right.sign_;
  const auto size = left.magnitude_ != right.magnitude_ ? left.magnitude_ <=> right.magnitude_
                                                        : left.digits_.compare(right.digits_) <=> 0;
  return left.sign_ >= 0 ? size : 0 <=> size;
}

}  // namespace weir::image_reflector
