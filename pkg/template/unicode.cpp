#include "pkg/template/unicode.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace weir::templates::unicode {
namespace {

struct Run {
  Rune first;
  Rune last;
  Rune distance;
};

struct Shift {
  Rune first;
  Rune last;
  Rune distance;
  std::int32_t delta;
};

#include "pkg/template/unicode_tables.inc"

template <class Entry>
const Entry* find(std::span<const Entry> table, Rune rune) {
  const auto at = std::ranges::lower_bound(table, rune, {}, &Entry::last);
  if (at == table.end() || rune < at->first) return nullptr;
  return (rune - at->first) % at->distance == 0 ? &*at : nullptr;
}

template <std::size_t Size>
bool is_in(const Run (&table)[Size], Rune rune) {
  return find(std::span<const Run>{table}, rune) != nullptr;
}

template <std::size_t Size>
Rune shifted(const Shift (&table)[Size], Rune key, Rune rune) {
  const auto* entry = find(std::span<const Shift>{table}, key);
  return entry ? static_cast<Rune>(static_cast<std::int32_t>(rune) + entry->delta) : rune;
}

bool is_ascii_upper(Rune rune) { return rune >= 'A' && rune <= 'Z'; }
bool is_ascii_lower(Rune rune) { return rune >= 'a' && rune <= 'z'; }

template <class Convert>
std::string converted(std::string_view text, Convert convert) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto next = decode(text);
    append(out, convert(next.rune));
    text.remove_prefix(next.size);
  }
  return out;
}

}  // namespace

Decoded decode(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const Decoded invalid{kReplacement, 1, false};
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return invalid;
  Rune rune = first & (size == 2 ? 0x1fU : size == 3 ? 0x0fU : 0x07U);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return invalid;
    rune = (rune << 6) | (byte(i) & 0x3fU);
  }
  const bool is_overlong = (size == 3 && rune < 0x800) || (size == 4 && rune < 0x10000);
  const bool is_surrogate = rune >= 0xd800 && rune <= 0xdfff;
  if (is_overlong || is_surrogate || rune > kLast) return invalid;
  return {rune, size, true};
}

void append(std::string& out, Rune rune) {
  if (rune > kLast || (rune >= 0xd800 && rune <= 0xdfff)) rune = kReplacement;
  const auto put = [&](Rune bits) { out += static_cast<char>(bits); };
  const auto put_rest = [&](Rune bits) { put(0x80 | (bits & 0x3f)); };
  if (rune < 0x80) {
    put(rune);
  } else if (rune < 0x800) {
    put(0xc0 | (rune >> 6));
    put_rest(rune);
  } else if (rune < 0x10000) {
    put(0xe0 | (rune >> 12));
    put_rest(rune >> 6);
    put_rest(rune);
  } else {
    put(0xf0 | (rune >> 18));
    put_rest(rune >> 12);
    put_rest(rune >> 6);
    put_rest(rune);
  }
}

std::size_t count(std::string_view text) {
  std::size_t out = 0;
  for (; !text.empty(); ++out) text.remove_prefix(decode(text).size);
  return out;
}

bool is_letter(Rune rune) {
  if (rune < 0x80) return is_ascii_upper(rune) || is_ascii_lower(rune);
  return is_in(kLetters, rune);
}

bool is_digit(Rune rune) {
  if (rune < 0x80) return rune >= '0' && rune <= '9';
  return is_in(kDigits, rune);
}

bool is_number(Rune rune) {
  if (rune < 0x80) return rune >= '0' && rune <= '9';
  return is_in(kNumbers, rune);
}

bool is_upper(Rune rune) { return rune < 0x80 ? is_ascii_upper(rune) : is_in(kUpper, rune); }

bool is_lower(Rune rune) { return rune < 0x80 ? is_ascii_lower(rune) : is_in(kLower, rune); }

bool is_space(Rune rune) {
  return (rune >= '\t' && rune <= '\r') || rune == ' ' || rune == 0x85 || rune == 0xa0 || rune == 0x1680 ||
         (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 || rune == 0x202f || rune == 0x205f ||
         rune == 0x3000;
}

bool is_punctuation(Rune rune) {
  if (rune >= 0x80) return is_in(kPunctuation, rune);
  return rune != 0 &&
         std::string_view{"!\"#%&'()*,-./:;?@[\\]_{}"}.find(static_cast<char>(rune)) != std::string_view::npos;
}

bool is_printable(Rune rune) { return rune < 0x80 ? rune >= ' ' && rune < 0x7f : is_in(kPrintable, rune); }

Rune to_upper(Rune rune) {
  if (rune < 0x80) return is_ascii_lower(rune) ? rune - 'a' + 'A' : rune;
  return shifted(kToUpper, rune, rune);
}

Rune to_lower(Rune rune) {
  if (rune < 0x80) return is_ascii_upper(rune) ? rune - 'A' + 'a' : rune;
  return shifted(kToLower, rune, rune);
}

Rune to_title(Rune rune) {
  if (rune < 0x80) return to_upper(rune);
  return shifted(kUpperToTitle, rune, to_upper(rune));
}

std::string to_upper(std::string_view text) {
  return converted(text, [](Rune rune) { return to_upper(rune); });
}

std::string to_lower(std::string_view text) {
  return converted(text, [](Rune rune) { return to_lower(rune); });
}

std::string_view trim_space(std::string_view text) {
  for (auto next = decode(text); next.size != 0 && is_space(next.rune); next = decode(text))
    text.remove_prefix(next.size);
  while (!text.empty()) {
    // Back to the first byte of the last character.
    std::size_t start = text.size() - 1;
    while (start > 0 && text.size() - start < 4 && (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) --start;
    const auto last = decode(text.substr(start));
    if (last.size != text.size() - start || !is_space(last.rune)) break;
    text.remove_suffix(last.size);
  }
  return text;
}

}  // namespace weir::templates::unicode
