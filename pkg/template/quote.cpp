#include "pkg/template/quote.hpp"

#include <algorithm>

namespace weir::templates {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kEscapes = "a\ab\bf\fn\nr\rt\tv\v";  // letter, character

void append_hex(std::string& out, unicode::Rune value, int digits) {
  for (int i = digits - 1; i >= 0; --i) out += kHex[(value >> (4 * i)) & 0xf];
}

void append_escaped(std::string& out, unicode::Rune rune, char mark, QuoteStyle style) {
  if (rune == static_cast<unicode::Rune>(mark) || rune == '\\') {
    out += '\\';
    out += static_cast<char>(rune);
    return;
  }
  const bool fits = style == QuoteStyle::kUnicode || rune < 0x80;
  if (fits && unicode::is_printable(rune)) return unicode::append(out, rune);
  for (std::size_t i = 0; i < kEscapes.size(); i += 2) {
    if (rune != static_cast<unicode::Rune>(kEscapes[i + 1])) continue;
    out += '\\';
    out += kEscapes[i];
    return;
  }
  if (rune < ' ' || rune == 0x7f) {
    out += "\\x";
    append_hex(out, rune, 2);
  } else if (rune < 0x10000) {
    out += "\\u";
    append_hex(out, rune, 4);
  } else {
    out += "\\U";
    append_hex(out, rune, 8);
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A character of a literal: one of Unicode, or a byte as \xff and \377 give.
struct Unit {
  unicode::Rune value = 0;
  bool is_byte = false;
};

/// Takes one character or escape off the front of what stands between the quotes.
std::optional<Unit> take_unit(std::string_view& rest, char mark) {
  if (rest.empty() || rest[0] == mark || rest[0] == '\n') return std::nullopt;
  if (rest[0] != '\\') {
    const auto next = unicode::decode(rest);
    const auto byte = static_cast<unsigned char>(rest[0]);
    rest.remove_prefix(next.size);
    if (!next.is_valid) return Unit{byte, true};
    return Unit{next.rune, false};
  }
  if (rest.size() < 2) return std::nullopt;
  const char c = rest[1];
  rest.remove_prefix(2);
  if (c == 'x' || c == 'u' || c == 'U') {
    const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
    if (rest.size() < digits) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const int digit = hex_digit(rest[i]);
      if (digit < 0) return std::nullopt;
      value = value * 16 + static_cast<std::uint64_t>(digit);
    }
    rest.remove_prefix(digits);
    const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
    if (c != 'x' && (value > unicode::kLast || is_surrogate)) return std::nullopt;
    return Unit{static_cast<unicode::Rune>(value), c == 'x'};
  }
  if (c >= '0' && c <= '7') {
    if (rest.size() < 2) return std::nullopt;
    unicode::Rune value = static_cast<unicode::Rune>(c - '0');
    for (int i = 0; i < 2; ++i) {
      if (rest[0] < '0' || rest[0] > '7') return std::nullopt;
      value = value * 8 + static_cast<unicode::Rune>(rest[0] - '0');
      rest.remove_prefix(1);
    }
    if (value > 255) return std::nullopt;
    return Unit{value, true};
  }
  if (c == '\\' || c == mark) return Unit{static_cast<unicode::Rune>(c), false};
  for (std::size_t i = 0; i < kEscapes.size(); i += 2) {
    if (kEscapes[i] == c) return Unit{static_cast<unicode::Rune>(kEscapes[i + 1]), false};
  }
  return std::nullopt;
}

}  // namespace

std::string quote(std::string_view text, QuoteStyle style) {
  std::string out{"\""};
  while (!text.empty()) {
    const auto next = unicode::decode(text);
    if (next.is_valid) {
      append_escaped(out, next.rune, '"', style);
    } else {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text[0]), 2);
    }
    text.remove_prefix(next.size);
  }
  return out + '"';
}

std::string quote_rune(unicode::Rune rune, QuoteStyle style) {
  if (rune > unicode::kLast || (rune >= 0xd800 && rune <= 0xdfff)) rune = unicode::kReplacement;
  std::string out{"'"};
  append_escaped(out, rune, '\'', style);
  return out + '\'';
}

bool can_backquote(std::string_view text) {
  while (!text.empty()) {
    const auto next = unicode::decode(text);
    const unicode::Rune rune = next.rune;
    if (!next.is_valid || rune == 0xfeff || rune == '`' || rune == 0x7f || (rune < ' ' && rune != '\t')) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

namespace {

/// Whether what stands between quotes is what they say: most literals have nothing to look at.
bool is_plain(std::string_view inner, char mark) {
  return std::ranges::none_of(inner, [mark](char c) {
    return c == '\\' || c == mark || c == '\n' || static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

std::optional<std::string> unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) return std::nullopt;
  const char mark = literal.front();
  std::string_view rest = literal.substr(1, literal.size() - 2);
  if (mark == '`') {
    if (rest.find('`') != rest.npos) return std::nullopt;
    std::string out{rest};
    if (rest.find('\r') != rest.npos) std::erase(out, '\r');
    return out;
  }
  if (mark != '"') return std::nullopt;
  if (is_plain(rest, mark)) return std::string{rest};
  std::string out;
  while (!rest.empty()) {
    const auto unit = take_unit(rest, mark);
    if (!unit) return std::nullopt;
    if (unit->is_byte) {
      out += static_cast<char>(unit->value);
    } else {
      unicode::append(out, unit->value);
    }
  }
  return out;
}

bool is_good_literal(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) return false;
  const std::string_view inner = literal.substr(1, literal.size() - 2);
  if (literal.front() == '`') return inner.find('`') == inner.npos;
  return is_plain(inner, '"') ? literal.front() == '"' : unquote(literal).has_value();
}

std::optional<unicode::Rune> unquote_rune(std::string_view literal) {
  if (literal.size() < 3 || literal.front() != '\'') return std::nullopt;
  std::string_view rest = literal.substr(1);
  const auto unit = take_unit(rest, '\'');
  if (!unit || rest != "'") return std::nullopt;
  return unit->value;
}

}  // namespace weir::templates
