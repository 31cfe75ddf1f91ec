#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Strings: joining, splitting, trimming. Pure.  Threads: any.
namespace weir::text {

/// One piece of `cat`: text, a character or an integer.
class Piece {
 public:
  Piece(std::string_view text) : text_{text} {}
  Piece(const std::string& text) : text_{text} {}
  Piece(const char* text) : text_{text} {}
  Piece(char character) : text_{digits_, 1} { digits_[0] = character; }
  template <std::integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
  Piece(Number number)
      : text_{
            digits_,
            static_cast<std::size_t>(std::to_chars(digits_, digits_ + sizeof digits_, number).ptr - digits_)} {}
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  std::string_view text() const { return text_; }

 private:
  char digits_[24];
  std::string_view text_;
};

namespace detail {
std::string join_pieces(std::initializer_list<std::string_view> pieces);
void append_pieces(std::string& out, std::initializer_list<std::string_view> pieces);
}  // namespace detail

/// The pieces, one after the other, in one allocation.
template <class... Pieces>
std::string cat(const Pieces&... pieces) {
  return detail::join_pieces({Piece{pieces}.text()...});
}

/// Appends the pieces to `out`.
template <class... Pieces>
void append(std::string& out, const Pieces&... pieces) {
  detail::append_pieces(out, {Piece{pieces}.text()...});
}

/// The text in double quotes with control characters, quotes and backslashes escaped as JSON does.
std::string quoted(std::string_view text);

/// Everything between the separators, empty parts included; one part for an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);
template <std::same_as<std::string> Text>
void split(Text&& gone_before_its_parts, char separator) = delete;

/// The two sides of the first separator; nothing after it when there is none.
std::pair<std::string_view, std::string_view> cut(std::string_view text, std::string_view separator);
template <std::same_as<std::string> Text>
void cut(Text&& gone_before_its_parts, std::string_view separator) = delete;

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Without leading and trailing blanks, tabs, line feeds and carriage returns.
std::string_view trim(std::string_view text);

/// ASCII letters only.
std::string lower(std::string_view text);

/// Equal but for the case of ASCII letters.
bool equal_ignoring_case(std::string_view left, std::string_view right);

/// `text` with every `from` replaced by `to`.
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

/// The text as UTF-8: every byte that is no part of a character becomes U+FFFD.
std::string valid_utf8(std::string_view text);

/// The text as UTF-8 of at most `longest_bytes` (at least 3),
/// cut between two characters; "…" shows that something was cut.
std::string shortened(std::string_view text, std::size_t longest_bytes);

/// Lower-case hexadecimal digits of the bytes.
std::string hex(std::string_view bytes);

}  // namespace weir::text
