#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/template/unicode.hpp"

/// Go's literals for texts and characters.  Threads: any, pure.  Source: strconv.Quote and
/// strconv.Unquote.
namespace weir::templates {

enum class QuoteStyle { kUnicode, kAscii };

/// "a\tb", in double quotes.
std::string quote(std::string_view text, QuoteStyle style = QuoteStyle::kUnicode);
/// 'x', in single quotes.
std::string quote_rune(unicode::Rune rune, QuoteStyle style = QuoteStyle::kUnicode);
/// Whether a text can stand between backquotes unchanged.
bool can_backquote(std::string_view text);

/// What a literal in double quotes or backquotes says; nullopt when it is none.
std::optional<std::string> unquote(std::string_view literal);
/// Whether unquote() has an answer.
bool is_good_literal(std::string_view literal);
/// The character of a literal in single quotes; nullopt when it is none.
std::optional<unicode::Rune> unquote_rune(std::string_view literal);

}  // namespace weir::templates
