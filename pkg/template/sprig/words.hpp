#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/template/limits.hpp"

/// The functions that look at words and letter case. Text is UTF-8; Sprig's own nospace and
/// initials garble what is not ASCII, these do not.  Source: the behaviour of Sprig 3.3 with
/// xstrings 1.5 and goutils 1.1.
namespace weir::templates::sprig {

std::string without_space(std::string_view text);
/// The first letters of all words.
std::string initials(std::string_view text);
/// The first letter of every word in title case.
std::string title_case(std::string_view text);
/// The first letter of every word in lower case.
std::string untitled(std::string_view text);
std::string swapped_case(std::string_view text);
/// "HTTPServer" as "http_server" or "http-server".
std::string separated_words(std::string_view text, char separator);
/// "http_server" as "HttpServer".
std::string camel_case(std::string_view text);

enum class LongWords { kKeep, kBreak };
/// Lines of at most `width` bytes, broken at blanks.
std::string wrapped(
    std::string_view text, std::int64_t width, std::string_view separator, LongWords long_words, Budget& budget
);

}  // namespace weir::templates::sprig
