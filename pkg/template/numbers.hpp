#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Numbers as Go's package strconv reads and prints them.  Threads: any, pure.
namespace weir::templates {

/// What became of reading an integer; on overflow `value` is the nearest one.
template <class Integer>
struct ParsedInteger {
  enum class Failure { kNone, kSyntax, kRange };
  Integer value = 0;
  Failure failure = Failure::kNone;
  bool is_good() const { return failure == Failure::kNone; }
};

/// @param base  2 to 16; 0: by the prefix 0b, 0o, 0 or 0x, and underscores between digits are
/// allowed
ParsedInteger<std::uint64_t> parse_unsigned(std::string_view text, int base);
ParsedInteger<std::int64_t> parse_integer(std::string_view text, int base);

/// Decimal and hexadecimal, underscores as in Go, "inf" and "nan"; nullopt also when it is too
/// large.
std::optional<double> parse_real(std::string_view text);

/// @param format     'e', 'E', 'f', 'g', 'G', 'b', 'x' or 'X'
/// @param precision  -1: as few digits as tell the number
/// Source: strconv.FormatFloat for 64 bits; infinities are "+Inf" and "-Inf".
std::string format_real(double value, char format, int precision);

/// What '#' adds to it: a decimal point, and the zeros that %g took away.
/// @param text           with its sign
/// @param wanted_digits  -1: as many as %g shows
std::string with_point(std::string text, char format, int wanted_digits);

}  // namespace weir::templates
