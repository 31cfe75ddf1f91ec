#include "pkg/jsonschema/words.hpp"

#include <charconv>
#include <cmath>

#include "pkg/base/text.hpp"
#include "pkg/jsonschema/schema.hpp"
#include "pkg/template/quote.hpp"

namespace weir::jsonschema {
namespace {

/// The shortest digits of a number, without a point, and where the point stands.
struct Digits {
  std::string digits;
  int point = 0;  ///< digits before the point
};

Digits digits_of(double number) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::scientific).ptr;
  const std::string_view written{text, static_cast<std::size_t>(end - text)};
  const auto mark = written.find('e');
  Digits out;
  for (const char c : written.substr(0, mark))
    if (c != '.') out.digits += c;
  auto exponent = written.substr(mark + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.point);
  ++out.point;
  return out;
}

std::string with_separators(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

/// "10²¹", "10⁻⁰⁷"
std::string power(int exponent) {
  static constexpr std::string_view kRaised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out = exponent < 0 ? "10⁻" : "10";
  std::string digits = std::to_string(std::abs(exponent));
  if (digits.size() < 2) digits.insert(0, "0");
  for (const char digit : digits) out += kRaised[digit - '0'];
  return out;
}

}  // namespace

std::string single_quoted(std::string_view text) {
  std::string literal = templates::quote(text);
  literal = literal.substr(1, literal.size() - 2);
  return text::cat("'", text::replace_all(text::replace_all(literal, "\\\"", "\""), "'", "\\'"), "'");
}

std::string single_quoted_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) text::append(out, out.empty() ? "" : ", ", single_quoted(text));
  return out;
}

std::string english(std::int64_t number) {
  const std::string digits = std::to_string(number);
  if (digits.starts_with('-')) return "-" + with_separators(std::string_view{digits}.substr(1));
  return with_separators(digits);
}

std::string english(const Decimal& decimal) {
  const double number = decimal.real();
  if (std::isinf(number)) return number < 0 ? "-∞" : "∞";
  if (number == 0) return "0";
  const auto [digits, point] = digits_of(std::abs(number));
  const std::string sign = number < 0 ? "-" : "";
  if (point - 1 < -4 || point - 1 >= 6) {
    std::string text = sign + digits.substr(0, 1);
    if (digits.size() > 1) text::append(text, ".", digits.substr(1));
    return text::cat(text, "×", power(point - 1));
  }
  if (point <= 0) return text::cat(sign, "0.", std::string(static_cast<std::size_t>(-point), '0'), digits);
  const auto whole = static_cast<std::size_t>(point);
  if (whole >= digits.size()) return sign + with_separators(digits + std::string(whole - digits.size(), '0'));
  return text::cat(sign, with_separators(digits.substr(0, whole)), ".", digits.substr(whole));
}

std::string shown(const json::Value& value) {
  switch (value.kind()) {
    case json::Value::Kind::kNull: return "<nil>";
    case json::Value::Kind::kBool: return value.as_bool() ? "true" : "false";
    case json::Value::Kind::kNumber: return value.as_number().text;
    case json::Value::Kind::kString: return single_quoted(value.as_string());
    default: return "value";
  }
}

std::string_view type_name(const json::Value& value) {
  switch (value.kind()) {
    case json::Value::Kind::kNull: return "null";
    case json::Value::Kind::kBool: return "boolean";
    case json::Value::Kind::kNumber: return "number";
    case json::Value::Kind::kString: return "string";
    case json::Value::Kind::kArray: return "array";
    default: return "object";
  }
}

std::string type_names(unsigned types) {
  static constexpr std::pair<unsigned, std::string_view> kNames[] = {
      {kNull, "null"},
      {kBoolean, "boolean"},
      {kNumber, "number"},
      {kInteger, "integer"},
      {kString, "string"},
      {kArray, "array"},
      {kObject, "object"}};
  std::string out;
  for (const auto& [bit, name] : kNames)
    if (types & bit) text::append(out, out.empty() ? "" : " or ", name);
  return out;
}

unsigned type_of(const json::Value& value) {
  switch (value.kind()) {
    case json::Value::Kind::kNull: return kNull;
    case json::Value::Kind::kBool: return kBoolean;
    case json::Value::Kind::kNumber: return kNumber;
    case json::Value::Kind::kString: return kString;
    case json::Value::Kind::kArray: return kArray;
    default: return kObject;
  }
}

std::string joined_numbers(const std::vector<std::size_t>& numbers) {
  std::string out;
  for (const auto number : numbers) text::append(out, out.empty() ? "" : " ", number);
  return out;
}

}  // namespace weir::jsonschema
