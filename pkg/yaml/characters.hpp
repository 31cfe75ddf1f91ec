#pragma once

// Private to the library: what single characters are.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pkg/yaml/scanner.hpp"

namespace weir::yaml {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline bool is_word(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}
/// -1: not a hexadecimal digit.
int hex_value(char c);
void append_utf8(std::string& out, std::uint32_t point);
/// How many bytes at the front are of ASCII and no line breaks.
std::size_t count_plain(std::string_view text);
/// Finds the first byte that YAML text may not contain. Source: YAML 1.2, 5.1 "Character Set".
std::optional<SyntaxError> check_characters(std::string_view text);

}  // namespace weir::yaml
