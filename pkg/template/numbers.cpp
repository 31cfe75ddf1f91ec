#include "pkg/template/numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "pkg/base/text.hpp"

namespace weir::templates {
namespace {

bool is_decimal(char c) { return c >= '0' && c <= '9'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int digit_of(char c) {
  if (is_decimal(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

bool has_base_prefix(std::string_view text) {
  return text.size() >= 2 && text[0] == '0' &&
         (lower(text[1]) == 'b' || lower(text[1]) == 'o' || lower(text[1]) == 'x');
}

/// An underscore stands between two digits, or between the prefix of the base and a digit.
bool are_underscores_good(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  bool is_hex = false;
  char before = '!';
  if (has_base_prefix(text)) {
    is_hex = lower(text[1]) == 'x';
    text.remove_prefix(2);
    before = '0';
  }
  for (const char c : text) {
    if (is_decimal(c) || (is_hex && digit_of(c) < 16)) {
      before = '0';
    } else if (c == '_') {
      if (before != '0') return false;
      before = '_';
    } else {
      if (before == '_') return false;
      before = '!';
    }
  }
  return before != '_';
}

std::string without_underscores(std::string_view text) {
  std::string out{text};
  std::erase(out, '_');
  return out;
}

/// The shortest digits that tell a number, without a point: 0.d1d2d3... times ten to `point`.
struct Digits {
  std::string digits;
  int point = 0;
};

Digits shortest(double value) {
  if (value == 0) return {"0", 1};
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const std::string_view text{buffer, static_cast<std::size_t>(end - buffer)};
  const auto [mantissa, exponent] = text::cut(text, "e");
  Digits out;
  for (const char c : mantissa) {
    if (is_decimal(c)) out.digits += c;
  }
  out.point = std::atoi(std::string{exponent}.c_str()) + 1;
  while (out.digits.size() > 1 && out.digits.back() == '0') out.digits.pop_back();
  return out;
}

/// Exactly `count` digits, correctly rounded.
Digits rounded(double value, int count) {
  std::string buffer(static_cast<std::size_t>(count) + 32, '\0');
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*e", std::max(count - 1, 0), value);
  buffer.resize(static_cast<std::size_t>(size));
  const auto [mantissa, exponent] = text::cut(buffer, "e");
  Digits out;
  for (const char c : mantissa) {
    if (is_decimal(c)) out.digits += c;
  }
  out.point = value == 0 ? 1 : std::atoi(std::string{exponent}.c_str()) + 1;
  return out;
}

std::string exponent_text(int exponent, char letter) {
  const std::string digits = std::to_string(std::abs(exponent));
  return text::cat(letter, exponent < 0 ? '-' : '+', digits.size() < 2 ? "0" : "", digits);
}

/// d.ddde±dd with `decimals` digits after the point.
std::string with_exponent(const Digits& from, int decimals, char letter) {
  std::string out{from.digits.substr(0, 1)};
  if (decimals > 0) {
    out += '.';
    std::string rest = from.digits.substr(1, static_cast<std::size_t>(decimals));
    rest.resize(static_cast<std::size_t>(decimals), '0');
    out += rest;
  }
  return out + exponent_text(from.digits == "0" ? 0 : from.point - 1, letter);
}

/// ddd.ddd with `decimals` digits after the point.
std::string without_exponent(const Digits& from, int decimals) {
  std::string out;
  for (int i = 0; i < from.point; ++i) {
    out += i < static_cast<int>(from.digits.size()) ? from.digits[static_cast<std::size_t>(i)] : '0';
  }
  if (out.empty()) out = "0";
  if (decimals > 0) {
    out += '.';
    for (int i = 0; i < decimals; ++i) {
      const int at = from.point + i;
      const bool has_digit = at >= 0 && at < static_cast<int>(from.digits.size());
      out += has_digit ? from.digits[static_cast<std::size_t>(at)] : '0';
    }
  }
  return out;
}

std::string general(double value, int precision, char letter) {
  const bool is_shortest = precision < 0;
  if (precision == 0) precision = 1;
  Digits digits = is_shortest ? shortest(value) : rounded(value, precision);
  while (digits.digits.size() > 1 && digits.digits.back() == '0') digits.digits.pop_back();
  const int count = static_cast<int>(digits.digits.size());
  int threshold = is_shortest ? 6 : precision;
  if (!is_shortest && threshold > count && count >= digits.point) threshold = count;
  const int exponent = digits.digits == "0" ? 0 : digits.point - 1;
  if (exponent < -4 || exponent >= threshold) return with_exponent(digits, count - 1, letter);
  return without_exponent(digits, std::max(count - digits.point, 0));
}

/// 0x1.8p+01
std::string hexadecimal(double value, int precision, bool is_upper) {
  int scale = 0;
  if (value != 0 && std::fpclassify(value) == FP_SUBNORMAL) {
    value = std::ldexp(value, 100);
    scale = -100;
  }
  char buffer[64];
  std::string text;
  if (precision < 0) {
    text.assign(buffer, static_cast<std::size_t>(std::snprintf(buffer, sizeof buffer, "%a", value)));
  } else {
    text.resize(static_cast<std::size_t>(precision) + 64);
    text.resize(static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.*a", precision, value)));
  }
  const auto [mantissa, exponent] = text::cut(text, "p");
  int power = std::atoi(std::string{exponent}.c_str()) + scale;
  std::string digits{mantissa};
  if (digits.starts_with("0x2")) {  // rounded up
    digits[2] = '1';
    ++power;
  }
  std::string out = digits + exponent_text(power, 'p');
  if (is_upper) {
    for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

/// 4503599627370496p-52
std::string binary(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  for (; exponent < -1074 && mantissa != 0; ++exponent) mantissa >>= 1;
  if (mantissa == 0) exponent = -1074;
  return text::cat(std::to_string(mantissa), 'p', exponent < 0 ? '-' : '+', std::to_string(std::abs(exponent)));
}

}  // namespace

ParsedInteger<std::uint64_t> parse_unsigned(std::string_view text, int base) {
  using Parsed = ParsedInteger<std::uint64_t>;
  const Parsed syntax{0, Parsed::Failure::kSyntax};
  if (text.empty()) return syntax;
  std::string_view digits = text;
  const bool by_prefix = base == 0;
  if (by_prefix) {
    base = 10;
    if (has_base_prefix(text) && text.size() >= 3) {
      base = lower(text[1]) == 'b' ? 2 : lower(text[1]) == 'o' ? 8 : 16;
      digits.remove_prefix(2);
    } else if (text[0] == '0') {
      base = 8;
      digits.remove_prefix(1);
    }
    if (text.find('_') != std::string_view::npos && !are_underscores_good(text)) return syntax;
  }
  const auto limit = std::numeric_limits<std::uint64_t>::max();
  const auto factor = static_cast<std::uint64_t>(base);
  Parsed out;
  for (const char c : digits) {
    if (by_prefix && c == '_') continue;
    const int digit = digit_of(c);
    if (digit >= base) return syntax;
    const auto add = static_cast<std::uint64_t>(digit);
    if (out.failure == Parsed::Failure::kRange) continue;
    if (out.value > (limit - add) / factor) {
      out = {limit, Parsed::Failure::kRange};
      continue;
    }
    out.value = out.value * factor + add;
  }
  return out;
}

ParsedInteger<std::int64_t> parse_integer(std::string_view text, int base) {
  using Parsed = ParsedInteger<std::int64_t>;
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  const auto size = parse_unsigned(text, base);
  if (size.failure == ParsedInteger<std::uint64_t>::Failure::kSyntax) return {0, Parsed::Failure::kSyntax};
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  const auto limit = static_cast<std::uint64_t>(kMax) + (is_negative ? 1 : 0);
  if (size.value > limit) return {is_negative ? kMin : kMax, Parsed::Failure::kRange};
  if (is_negative) return {static_cast<std::int64_t>(0 - size.value), Parsed::Failure::kNone};
  return {static_cast<std::int64_t>(size.value), Parsed::Failure::kNone};
}

std::optional<double> parse_real(std::string_view text) {
  std::string_view body = text;
  const bool is_negative = body.starts_with('-');
  if (is_negative || body.starts_with('+')) body.remove_prefix(1);
  const auto signed_value = [&](double value) { return is_negative ? -value : value; };
  if (text::equal_ignoring_case(body, "inf") || text::equal_ignoring_case(body, "infinity"))
    return signed_value(std::numeric_limits<double>::infinity());
  if (text::equal_ignoring_case(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  std::string plain{body};
  if (plain.find('_') != std::string::npos) {
    if (!are_underscores_good(body)) return std::nullopt;
    plain = without_underscores(body);
  }
  const bool is_hex = plain.size() > 2 && plain[0] == '0' && lower(plain[1]) == 'x';
  std::string_view digits = plain;
  if (is_hex) digits.remove_prefix(2);
  // Go wants the exponent of a hexadecimal number written.
  if (is_hex && digits.find_first_of("pP") == std::string_view::npos) return std::nullopt;
  if (digits.empty() || !(is_decimal(digits[0]) || digits[0] == '.' || (is_hex && digit_of(digits[0]) < 16)))
    return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(
      digits.data(), digits.data() + digits.size(), value, is_hex ? std::chars_format::hex : std::chars_format::general
  );
  if (end != digits.data() + digits.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    value = std::strtod(plain.c_str(), nullptr);  // tells too small from too large
    if (std::isinf(value)) return std::nullopt;
  } else if (error != std::errc{}) {
    return std::nullopt;
  }
  return signed_value(value);
}

std::string format_real(double value, char format, int precision) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  std::string out;
  if (std::signbit(value)) {
    out = "-";
    value = -value;
  }
  const auto decimals_of = [](const Digits& digits) { return static_cast<int>(digits.digits.size()) - 1; };
  switch (format) {
    case 'e':
    case 'E': {
      const Digits digits = precision < 0 ? shortest(value) : rounded(value, precision + 1);
      return out + with_exponent(digits, precision < 0 ? decimals_of(digits) : precision, format);
    }
    case 'f': {
      if (precision < 0) {
        const Digits digits = shortest(value);
        return out + without_exponent(digits, std::max(decimals_of(digits) + 1 - digits.point, 0));
      }
      std::string buffer(static_cast<std::size_t>(precision) + 400, '\0');
      buffer.resize(static_cast<std::size_t>(std::snprintf(buffer.data(), buffer.size(), "%.*f", precision, value)));
      return out + buffer;
    }
    case 'b': return out + binary(value);
    case 'x':
    case 'X': return out + hexadecimal(value, precision, format == 'X');
    default: return out + general(value, precision, format == 'G' ? 'E' : 'e');
  }
}

std::string with_point(std::string text, char format, int wanted_digits) {
  std::string tail;
  const auto exponent = text.find_first_of(format == 'x' || format == 'X' ? "pP" : "eEpP");
  if (exponent != std::string::npos) {
    tail = text.substr(exponent);
    text.resize(exponent);
  }
  const bool keeps_digits = format == 'v' || format == 'g' || format == 'G' || format == 'x';
  int missing = keeps_digits ? (wanted_digits < 0 ? 6 : wanted_digits) : 0;
  bool is_counting = false;
  for (const char c : text.substr(1)) {
    if (c == '.') continue;
    is_counting = is_counting || c != '0';
    if (is_counting) --missing;
  }
  if (text.find('.') == std::string::npos) {
    if (text.size() == 2 && text[1] == '0') --missing;
    text += '.';
  }
  if (missing > 0) text.append(static_cast<std::size_t>(missing), '0');
  return text + tail;
}

}  // namespace weir::templates
