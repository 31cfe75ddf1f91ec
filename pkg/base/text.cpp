#include "pkg/base/text.hpp"

#include <algorithm>

namespace weir::text {
namespace {

char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kEllipsis = "…";

/// The bytes of the character at the front; 0 when there is none: cut off, overlong, a surrogate, or beyond U+10FFFF.
/// Source: Unicode 15, table 3-7, "Well-formed UTF-8 byte sequences".
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < size) return 0;
  const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  for (std::size_t at = 2; at < size; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return 0;
  }
  return size;
}

}  // namespace

namespace detail {

void append_pieces(std::string& out, std::initializer_list<std::string_view> pieces) {
  std::size_t size = out.size();
  for (const auto piece : pieces) size += piece.size();
  if (size > out.capacity()) out.reserve(std::max(size, out.size() * 2));
  for (const auto piece : pieces) out.append(piece);
}

std::string join_pieces(std::initializer_list<std::string_view> pieces) {
  std::string out;
  append_pieces(out, pieces);
  return out;
}

}  // namespace detail

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (const auto byte = static_cast<unsigned char>(c); byte < 0x20 || byte == 0x7f) {
          append(out, "\\u00", kHexDigits[byte >> 4], kHexDigits[byte & 15]);
        } else {
          out += c;
        }
    }
  }
  out += '"';
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::pair<std::string_view, std::string_view> cut(std::string_view text, std::string_view separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + separator.size())};
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (&part != &parts.front()) out += separator;
    out += part;
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), lower_letter);
  return out;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower_letter, lower_letter);
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (;;) {
    const auto at = text.find(from);
    out.append(text.substr(0, at));
    if (at == std::string_view::npos || from.empty()) return out;
    out.append(to);
    text.remove_prefix(at + from.size());
  }
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto size = character_bytes(text);
    out.append(size == 0 ? kReplacement : text.substr(0, size));
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t longest_bytes) {
  // What is left out need not be looked at: a replacement is longer than what it replaces.
  std::string out = valid_utf8(text.substr(0, longest_bytes + 1));
  if (out.size() <= longest_bytes) return out;
  auto end = longest_bytes - kEllipsis.size();
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  out.resize(end);
  return out.append(kEllipsis);
}

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHexDigits[byte >> 4];
    out += kHexDigits[byte & 15];
  }
  return out;
}

}  // namespace weir::text
