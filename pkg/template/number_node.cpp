#include "pkg/template/number_node.hpp"

#include <cmath>

#include "pkg/base/text.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/quote.hpp"

namespace weir::templates {
namespace {

/// 1e3 is also the integer 1000.
void add_integers(NumberNode& node, double value) {
  if (!node.is_integer && value >= -0x1p63 && value < 0x1p63 && std::trunc(value) == value) {
    node.is_integer = true;
    node.integer = static_cast<std::int64_t>(value);
  }
  if (!node.is_unsigned && value >= 0 && value < 0x1p64 && std::trunc(value) == value) {
    node.is_unsigned = true;
    node.unsigned_integer = static_cast<std::uint64_t>(value);
  }
}

void set_complex(NumberNode& node, std::complex<double> value) {
  node.is_complex = true;
  node.complex = value;
  if (value.imag() != 0) return;
  node.is_real = true;
  node.real = value.real();
  add_integers(node, value.real());
}

/// "1+2i" @returns nullopt when a part is no number
std::optional<std::complex<double>> parse_complex(std::string_view text) {
  std::size_t sign = std::string_view::npos;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const bool is_exponent = std::string_view{"eEpP"}.find(text[i - 1]) != std::string_view::npos;
    if ((text[i] == '+' || text[i] == '-') && !is_exponent) sign = i;
  }
  if (sign == std::string_view::npos) return std::nullopt;
  const auto real = parse_real(text.substr(0, sign));
  const auto imaginary = parse_real(text.substr(sign, text.size() - sign - 1));
  if (!real || !imaginary) return std::nullopt;
  return std::complex<double>{*real, *imaginary};
}

}  // namespace

std::optional<std::string> read_number(NumberNode& node, TokenKind kind) {
  const std::string_view text = node.spelling;
  if (kind == TokenKind::kCharConstant) {
    const auto rune = unquote_rune(text);
    if (!rune)
      return text.size() > 3 && text[1] != '\\' ? text::cat("malformed character constant: ", text) : "invalid syntax";
    node.is_integer = node.is_unsigned = node.is_real = true;
    node.integer = static_cast<std::int64_t>(*rune);
    node.unsigned_integer = *rune;
    node.real = *rune;
    return std::nullopt;
  }
  if (kind == TokenKind::kComplex) {
    const auto value = parse_complex(text);
    if (!value) return "syntax error scanning complex number";
    set_complex(node, *value);
    return std::nullopt;
  }
  if (text.ends_with('i')) {
    if (const auto imaginary = parse_real(text.substr(0, text.size() - 1))) {
      set_complex(node, {0, *imaginary});
      return std::nullopt;
    }
  }
  if (const auto value = parse_unsigned(text, 0); value.is_good()) {
    node.is_unsigned = true;
    node.unsigned_integer = value.value;
  }
  if (const auto value = parse_integer(text, 0); value.is_good()) {
    node.is_integer = true;
    node.integer = value.value;
    node.is_unsigned = node.is_unsigned || value.value == 0;  // -0
  }
  if (node.is_integer || node.is_unsigned) {
    node.is_real = true;
    node.real = node.is_integer ? static_cast<double>(node.integer) : static_cast<double>(node.unsigned_integer);
    return std::nullopt;
  }
  const auto real = parse_real(text);
  if (!real) return "illegal number syntax: " + quote(text);
  if (text.find_first_of(".eEpP") == std::string_view::npos) return "integer overflow: " + quote(text);
  node.is_real = true;
  node.real = *real;
  add_integers(node, *real);
  return std::nullopt;
}

}  // namespace weir::templates
