#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Characters as Go's packages unicode, utf8 and strconv see them.  Threads: any, pure.
namespace weir::templates::unicode {

using Rune = std::uint32_t;

/// What stands for bytes that are no UTF-8.
inline constexpr Rune kReplacement = 0xfffd;
inline constexpr Rune kLast = 0x10ffff;

struct Decoded {
  Rune rune = kReplacement;
  std::size_t size = 0;   ///< bytes; 0 at the end of the text
  bool is_valid = false;  ///< false: one byte that is no UTF-8
};

/// The first character of a text.
Decoded decode(std::string_view text);
/// Appends UTF-8; what is no character becomes the replacement character.
void append(std::string& out, Rune rune);
/// How many characters a text has; an invalid byte counts as one.
std::size_t count(std::string_view text);

bool is_letter(Rune rune);
bool is_digit(Rune rune);
bool is_number(Rune rune);
bool is_upper(Rune rune);
bool is_lower(Rune rune);
bool is_space(Rune rune);
bool is_punctuation(Rune rune);
/// Letters, marks, numbers, punctuation, symbols and the blank.
bool is_printable(Rune rune);

Rune to_upper(Rune rune);
Rune to_lower(Rune rune);
Rune to_title(Rune rune);

std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

/// Without white space at both ends, that of Unicode included.
std::string_view trim_space(std::string_view text);

}  // namespace weir::templates::unicode
