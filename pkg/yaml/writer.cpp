#include "pkg/yaml/writer.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "pkg/yaml/scalar.hpp"

namespace weir::yaml {
namespace {

bool is_digit(std::uint32_t c) { return c >= '0' && c <= '9'; }

/// Letters beyond ASCII: the blocks that are letters throughout are enough to order keys as readers expect; the marks
/// and signs of Latin-1 and of the general punctuation block are none.
bool is_letter(std::uint32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
  if (c == 0xD7 || c == 0xF7) return false;
  if (c >= 0x2000 && c < 0x2070) return false;
  if (c >= 0x20A0 && c < 0x2100) return false;
  if (c >= 0x2190 && c < 0x2C00) return false;
  if (c >= 0x3000 && c < 0x3005) return false;
  if (c >= 0xE000 && c < 0xF900) return false;
  return c < 0x1F000;
}

std::vector<std::uint32_t> to_points(std::string_view text) {
  std::vector<std::uint32_t> points;
  points.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t width = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    std::uint32_t point = width == 1 ? c : width == 2 ? c & 0x1FU : width == 3 ? c & 0x0FU : c & 0x07U;
    for (std::size_t k = 1; k < width && i + k < text.size(); ++k)
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    points.push_back(point);
    i += width;
  }
  return points;
}

template <class Text>
bool is_before(const Text& left, const Text& right, Dialect dialect) {
  const auto at = [](const Text& text, std::size_t i) -> std::uint32_t {
    if constexpr (sizeof(text[0]) == 1) {
      return static_cast<unsigned char>(text[i]);
    } else {
      return text[i];
    }
  };
  const std::size_t shared = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < shared; ++i) {
    const std::uint32_t a = at(left, i), b = at(right, i);
    if (a == b) continue;
    const bool is_a_letter = is_letter(a), is_b_letter = is_letter(b);
    if (is_a_letter && is_b_letter) return a < b;
    if (is_a_letter || is_b_letter) {
      const bool is_behind_digit = dialect == Dialect::kVersion3 && i > 0 && is_digit(at(left, i - 1));
      return is_behind_digit ? is_a_letter : is_b_letter;
    }
    // Digits compare as the number that they form, unless they go on a number that began before.
    std::int64_t a_number = 0, b_number = 0;
    if (a == '0' || b == '0') {
      for (std::size_t j = i; j > 0 && is_digit(at(left, j - 1)); --j) {
        if (at(left, j - 1) != '0') {
          a_number = b_number = 1;
          break;
        }
      }
    }
    const auto read = [&](const Text& text, std::int64_t& number) {
      std::size_t end = i;
      for (; end < text.size() && is_digit(at(text, end)); ++end)
        number = static_cast<std::int64_t>(static_cast<std::uint64_t>(number) * 10 + (at(text, end) - '0'));
      return end;
    };
    const std::size_t a_end = read(left, a_number), b_end = read(right, b_number);
    if (a_number != b_number) return a_number < b_number;
    if (a_end != b_end) return a_end < b_end;
    return a < b;
  }
  return left.size() < right.size();
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Style style_of(std::string_view text) {
  if (text.find('\n') != text.npos) return Style::kLiteral;
  const bool reads_as_text = resolve_tag(text, Typing::kYaml11) == Tag::kString && text != "<<";
  if (reads_as_text && !is_base60(text)) return Style::kPlain;
  return Style::kDoubleQuoted;
}

void write_value(Emitter& emitter, const json::Value& value) {
  switch (value.kind()) {
    case json::Value::Kind::kNull: return emitter.scalar("null", Style::kPlain);
    case json::Value::Kind::kBool: return emitter.scalar(value.as_bool() ? "true" : "false", Style::kPlain);
    case json::Value::Kind::kNumber: {
      const std::string& text = value.as_number().text;
      const Scalar number = resolve(text, Typing::kYaml11);
      if (const auto* real = std::get_if<double>(&number.value))
        return emitter.scalar(yaml_number(*real), Style::kPlain);
      return emitter.scalar(text, Style::kPlain);
    }
    case json::Value::Kind::kString: return emitter.scalar(value.as_string(), style_of(value.as_string()));
    case json::Value::Kind::kArray:
      if (value.empty()) return emitter.empty_sequence();
      emitter.begin_sequence();
      for (const auto& item : value.as_array()) {
        emitter.item();
        write_value(emitter, item);
      }
      return emitter.end_sequence();
    case json::Value::Kind::kObject: {
      if (value.empty()) return emitter.empty_mapping();
      const auto& members = value.as_object();
      std::vector<const json::Member*> sorted;
      sorted.reserve(members.size());
      for (const auto& member : members) sorted.push_back(&member);
      std::ranges::stable_sort(sorted, [](const auto* left, const auto* right) {
        return is_key_before(left->key, right->key);
      });
      emitter.begin_mapping();
      for (const auto* member : sorted) {
        emitter.key(member->key, style_of(member->key));
        write_value(emitter, member->value);
      }
      return emitter.end_mapping();
    }
  }
}

}  // namespace

bool is_key_before(std::string_view left, std::string_view right, Dialect dialect) {
  if (is_ascii(left) && is_ascii(right)) return is_before(left, right, dialect);
  return is_before(to_points(left), to_points(right), dialect);
}

void write_to(std::string& out, const json::Value& value) {
  Emitter emitter{out, Dialect::kVersion2};
  write_value(emitter, value);
  emitter.finish();
}

std::string write(const json::Value& value) {
  std::string out;
  write_to(out, value);
  return out;
}

}  // namespace weir::yaml
