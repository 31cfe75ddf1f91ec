#include "pkg/yaml/scalar.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "pkg/yaml/parser.hpp"

namespace weir::yaml {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The words that stand for something, by YAML version.
std::optional<Scalar> resolve_word(std::string_view text, Typing typing) {
  const auto one_of = [text](std::initializer_list<std::string_view> words) {
    for (const auto word : words)
      if (word == text) return true;
    return false;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (text.size()) {
    case 0: return Scalar{Tag::kNull, {}};
    case 1:
      if (text == "~") return Scalar{Tag::kNull, {}};
      if (typing == Typing::kYaml11 && one_of({"y", "Y"})) return Scalar{Tag::kBool, true};
      if (typing == Typing::kYaml11 && one_of({"n", "N"})) return Scalar{Tag::kBool, false};
      break;
    case 2:
      if (typing == Typing::kYaml11 && one_of({"on", "On", "ON"})) return Scalar{Tag::kBool, true};
      if (typing == Typing::kYaml11 && one_of({"no", "No", "NO"})) return Scalar{Tag::kBool, false};
      break;
    case 3:
      if (typing == Typing::kYaml11 && one_of({"yes", "Yes", "YES"})) return Scalar{Tag::kBool, true};
      if (typing == Typing::kYaml11 && one_of({"off", "Off", "OFF"})) return Scalar{Tag::kBool, false};
      break;
    case 4:
      if (one_of({"true", "True", "TRUE"})) return Scalar{Tag::kBool, true};
      if (one_of({"null", "Null", "NULL"})) return Scalar{Tag::kNull, {}};
      if (one_of({".inf", ".Inf", ".INF"})) return Scalar{Tag::kFloat, kInfinity};
      if (one_of({".nan", ".NaN", ".NAN"})) return Scalar{Tag::kFloat, std::numeric_limits<double>::quiet_NaN()};
      break;
    case 5:
      if (one_of({"false", "False", "FALSE"})) return Scalar{Tag::kBool, false};
      if (one_of({"+.inf", "+.Inf", "+.INF"})) return Scalar{Tag::kFloat, kInfinity};
      if (one_of({"-.inf", "-.Inf", "-.INF"})) return Scalar{Tag::kFloat, -kInfinity};
      break;
    default: break;
  }
  return std::nullopt;
}

/// Digits of `base` with an optional sign; nullopt when other characters stand in it or it does not fit.
std::optional<Scalar> parse_digits(std::string_view digits, int base) {
  const bool is_negative = !digits.empty() && digits.front() == '-';
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) digits.remove_prefix(1);
  if (digits.empty() || digits.front() == '-' || digits.front() == '+') return std::nullopt;
  std::uint64_t magnitude = 0;
  const auto end = digits.data() + digits.size();
  const auto [rest, failure] = std::from_chars(digits.data(), end, magnitude, base);
  if (failure != std::errc{} || rest != end) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (is_negative) {
    if (magnitude > kMax + 1) return std::nullopt;
    return Scalar{Tag::kInt, static_cast<std::int64_t>(0 - magnitude)};
  }
  if (magnitude <= kMax) return Scalar{Tag::kInt, static_cast<std::int64_t>(magnitude)};
  return Scalar{Tag::kInt, magnitude};
}

/// Decimal, 0x, 0o, 0b and 0-led octal integers.
std::optional<Scalar> parse_integer(std::string_view text) {
  std::string_view digits = text;
  std::string_view sign;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) {
    sign = digits.substr(0, 1);
    digits.remove_prefix(1);
  }
  if (digits.empty()) return std::nullopt;
  int base = 10;
  if (digits.size() > 1 && digits.front() == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    digits.remove_prefix(base == 0 ? 1 : 2);
    if (base == 0) base = 8;
  }
  // An unsigned number beyond int64 is read only without a sign.
  std::string joined{sign};
  joined += digits;
  auto number =
      digits.empty() || digits.front() == '-' || digits.front() == '+' ? std::nullopt : parse_digits(joined, base);
  if (number && !sign.empty() && std::holds_alternative<std::uint64_t>(number->value)) return std::nullopt;
  if (number) return number;
  // "0b" and "0o" followed by a signed number are accepted by the readers that we agree with.
  if (text.starts_with("0b")) return parse_digits(text.substr(2), 2);
  if (text.starts_with("0o")) return parse_digits(text.substr(2), 8);
  return std::nullopt;
}

/// [-+]?(.9+|9+(.9*)?)([eE][-+]?9+)?
bool looks_like_float(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - start;
  };
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  } else {
    if (digits() == 0) return false;
    if (i < text.size() && text[i] == '.') {
      ++i;
      digits();
    }
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

std::optional<Scalar> parse_float(std::string_view text) {
  if (!looks_like_float(text)) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  double number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc::result_out_of_range) {
    // Too small is zero, too large is no number.
    const auto exponent = text.find_first_of("eE");
    if (exponent == text.npos || exponent + 1 >= text.size() || text[exponent + 1] != '-') return std::nullopt;
    number = text.front() == '-' ? -0.0 : 0.0;
  }
  return Scalar{Tag::kFloat, number};
}

/// Reads 1 or 2 digits (or exactly `width`), then `separator` unless it is 0.
class TimestampReader {
 public:
  explicit TimestampReader(std::string_view text) : rest_{text} {}
  bool number(int& out, std::size_t width, bool is_exact) {
    std::size_t count = 0;
    out = 0;
    while (count < width && count < rest_.size() && is_digit(rest_[count])) out = out * 10 + (rest_[count++] - '0');
    if (count == 0 || (is_exact && count != width)) return false;
    rest_.remove_prefix(count);
    return true;
  }
  bool literal(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string fraction() {
    if (rest_.size() < 2 || (rest_.front() != '.' && rest_.front() != ',') || !is_digit(rest_[1])) return {};
    std::size_t count = 1;
    while (count < rest_.size() && is_digit(rest_[count])) ++count;
    std::string digits{rest_.substr(1, count - 1)};
    rest_.remove_prefix(count);
    if (digits.size() > 9) digits.resize(9);
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    return digits;
  }
  bool is_done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

int days_of(int year, int month) {
  static constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && is_leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

std::string two(int number) { return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)}; }

/// Shortest digits of a finite number and the position of its decimal point: 0.d1d2d3... * 10^point.
struct Digits {
  bool is_negative = false;
  std::string digits;
  int point = 0;
};

Digits shortest_digits(double number) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  std::string_view text{buffer, static_cast<std::size_t>(end - buffer)};
  Digits out;
  if (text.front() == '-') {
    out.is_negative = true;
    text.remove_prefix(1);
  }
  const auto mark = text.find('e');
  for (const char c : text.substr(0, mark))
    if (c != '.') out.digits += c;
  std::string_view exponent = text.substr(mark + 1);
  if (exponent.front() == '+') exponent.remove_prefix(1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.point);
  out.point += 1;
  while (out.digits.size() > 1 && out.digits.back() == '0') out.digits.pop_back();
  if (out.digits == "0") out.point = 1;
  return out;
}

std::string fixed(const Digits& number) {
  std::string out = number.is_negative ? "-" : "";
  const auto count = static_cast<int>(number.digits.size());
  if (number.point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-number.point), '0');
    out += number.digits;
  } else if (number.point >= count) {
    out += number.digits;
    out.append(static_cast<std::size_t>(number.point - count), '0');
  } else {
    out += number.digits.substr(0, static_cast<std::size_t>(number.point));
    out += '.';
    out += number.digits.substr(static_cast<std::size_t>(number.point));
  }
  return out;
}

std::string scientific(const Digits& number, bool is_padded) {
  std::string out = number.is_negative ? "-" : "";
  out += number.digits.front();
  if (number.digits.size() > 1) out += '.' + number.digits.substr(1);
  const int exponent = number.point - 1;
  out += exponent < 0 ? "e-" : "e+";
  const std::string digits = std::to_string(std::abs(exponent));
  if (is_padded && digits.size() < 2) out += '0';
  return out + digits;
}

}  // namespace

std::string json_number(double number) {
  const Digits digits = shortest_digits(number);
  const double size = std::fabs(number);
  if (size != 0 && (size < 1e-6 || size >= 1e21)) {
    // JSON as Go prints it drops the zero of e-09 but keeps e+21.
    return scientific(digits, false);
  }
  return fixed(digits);
}

std::string yaml_number(double number) {
  if (std::isnan(number)) return ".nan";
  if (std::isinf(number)) return number > 0 ? ".inf" : "-.inf";
  const Digits digits = shortest_digits(number);
  const int exponent = digits.point - 1;
  // The rule of %g with the shortest precision: six digits decide.
  if (exponent < -4 || exponent >= 6) return scientific(digits, true);
  return fixed(digits);
}

std::optional<std::string> timestamp_text(std::string_view text) {
  std::size_t leading = 0;
  while (leading < text.size() && is_digit(text[leading])) ++leading;
  if (leading != 4 || leading == text.size() || text[4] != '-') return std::nullopt;

  TimestampReader reader{text};
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!reader.number(year, 4, true) || !reader.literal('-') || !reader.number(month, 2, false) ||
      !reader.literal('-') || !reader.number(day, 2, false))
    return std::nullopt;
  if (month < 1 || month > 12 || day < 1 || day > days_of(year, month)) return std::nullopt;
  std::string out{text.substr(0, 4)};
  out += '-' + two(month) + '-' + two(day) + 'T';
  if (reader.is_done()) return out + "00:00:00Z";

  const bool has_zone = reader.literal('T') || reader.literal('t');
  if (!has_zone && !reader.literal(' ')) return std::nullopt;
  if (!reader.number(hour, 2, false) || !reader.literal(':') || !reader.number(minute, 2, false) ||
      !reader.literal(':') || !reader.number(second, 2, false))
    return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  out += two(hour) + ':' + two(minute) + ':' + two(second);
  const std::string fraction = reader.fraction();
  if (!fraction.empty()) out += '.' + fraction;
  if (!has_zone) return reader.is_done() ? std::optional{out + 'Z'} : std::nullopt;
  if (reader.literal('Z')) return reader.is_done() ? std::optional{out + 'Z'} : std::nullopt;
  const bool is_west = reader.literal('-');
  int zone_hour = 0, zone_minute = 0;
  if (!is_west && !reader.literal('+')) return std::nullopt;
  if (!reader.number(zone_hour, 2, true) || !reader.literal(':') || !reader.number(zone_minute, 2, true) ||
      !reader.is_done() || zone_hour > 24 || zone_minute > 59)
    return std::nullopt;
  if (zone_hour == 0 && zone_minute == 0) return out + 'Z';
  return out + (is_west ? '-' : '+') + two(zone_hour) + ':' + two(zone_minute);
}

Scalar resolve(std::string_view text, Typing typing) {
  if (text.empty()) return Scalar{Tag::kNull, {}};
  const char first = text.front();
  if (is_digit(first) || first == '+' || first == '-') {
    if (const auto word = resolve_word(text, typing)) return *word;
    if (timestamp_text(text)) return Scalar{Tag::kTimestamp, {}};
    std::string plain;
    if (text.find('_') != text.npos) {
      for (const char c : text)
        if (c != '_') plain += c;
      text = plain;
      if (text.empty()) return Scalar{};
    }
    if (auto number = parse_integer(text)) return *number;
    if (auto number = parse_float(text)) return *number;
    return Scalar{};
  }
  if (first == '.') {
    if (const auto word = resolve_word(text, typing)) return *word;
    if (auto number = parse_float(text)) return *number;
    return Scalar{};
  }
  switch (first) {
    case 'y':
    case 'Y':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
    case '~':
      if (const auto word = resolve_word(text, typing)) return *word;
      return Scalar{};
    default: return Scalar{};
  }
}

Tag resolve_tag(std::string_view text, Typing typing) { return resolve(text, typing).tag; }

bool is_base60(std::string_view text) {
  // [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(.[0-9_]*)?
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  if (i >= text.size() || !is_digit(text[i])) return false;
  while (i < text.size() && (is_digit(text[i]) || text[i] == '_')) ++i;
  std::size_t groups = 0;
  while (i < text.size() && text[i] == ':') {
    ++i;
    if (i >= text.size() || !is_digit(text[i])) return false;
    if (i + 1 < text.size() && is_digit(text[i + 1])) {
      if (text[i] > '5') return false;
      ++i;
    }
    ++i;
    ++groups;
  }
  if (groups == 0) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    while (i < text.size() && (is_digit(text[i]) || text[i] == '_')) ++i;
  }
  return i == text.size();
}

bool is_yaml11_non_string(std::string_view text) {
  if (text.empty() || text.find('\n') != text.npos) return false;
  bool is_simple = true;
  for (std::size_t i = 0; i < text.size() && is_simple; ++i) {
    const char c = text[i];
    is_simple = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/' || c == '.' ||
                (c == '-' && i > 0) || (c == ':' && i + 1 < text.size() && text[i + 1] != ' ' && text[i + 1] != '\t');
  }
  const auto is_text = [](Tag tag) { return tag == Tag::kString || tag == Tag::kOther || tag == Tag::kTimestamp; };
  if (is_simple) return !is_text(resolve_tag(text, Typing::kYaml11));
  ParseOptions options;
  options.typing = Typing::kYaml11;
  Arena arena;
  const auto read = parse_first(text, arena, options);
  if (!read) return false;
  const Node* node = *read;
  if (node != nullptr && node->is_scalar()) return !is_text(node->tag);
  return true;
}

std::string valid_utf8(std::string_view bytes) {
  std::string out;
  const auto byte = [bytes](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
  for (std::size_t i = 0; i < bytes.size();) {
    const unsigned c = byte(i), next = byte(i + 1);
    const std::size_t width = c < 0x80                ? 1
                              : c >= 0xC2 && c < 0xE0 ? 2
                              : c >= 0xE0 && c < 0xF0 ? 3
                              : c >= 0xF0 && c < 0xF5 ? 4
                                                      : 0;
    bool is_valid = width > 0;
    for (std::size_t k = 1; k < width; ++k) is_valid = is_valid && (byte(i + k) & 0xC0) == 0x80;
    // Overlong forms, surrogates, and what lies beyond U+10FFFF.
    if ((c == 0xE0 && next < 0xA0) || (c == 0xED && next >= 0xA0) || (c == 0xF0 && next < 0x90) ||
        (c == 0xF4 && next >= 0x90))
      is_valid = false;
    if (is_valid) {
      out += bytes.substr(i, width);
      i += width;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  return out;
}

}  // namespace weir::yaml
