#include <algorithm>
#include <array>

#include "pkg/yaml/characters.hpp"
#include "pkg/yaml/scanner.hpp"

namespace weir::yaml {
namespace {

/// Joins what stood before and after line breaks inside a flow scalar: one break is a blank, more are breaks.
void fold(std::string& out, std::string& first, std::string& more) {
  if (!first.empty() && first.front() == '\n') {
    if (more.empty()) {
      out += ' ';
    } else {
      out += more;
    }
  } else {
    out += first;
    out += more;
  }
  first.clear();
  more.clear();
}

/// Bytes that can neither end a plain scalar nor be more or less than a character: all but blanks, line breaks, NUL,
/// ':', and those of flow collections, which may end it there.
constexpr std::array<bool, 256> kIsOfWord = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = '!'; c < 0x7F; ++c)
    out[c] = std::string_view{":,?[]{}"}.find(static_cast<char>(c)) == std::string_view::npos;
  return out;
}();

std::size_t count_word(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && kIsOfWord[static_cast<unsigned char>(text[count])]) ++count;
  return count;
}

}  // namespace

void Scanner::fetch_block_scalar(bool is_literal) {
  remove_simple_key();
  is_simple_key_allowed_ = true;
  Token token;
  token.type = TokenType::kScalar;
  token.style = is_literal ? Style::kLiteral : Style::kFolded;
  token.start = mark_;
  skip();

  int chomping = 0, increment = 0;
  const auto read_chomping = [&] {
    if (at(0) != '+' && at(0) != '-') return;
    chomping = at(0) == '+' ? 1 : -1;
    skip();
  };
  const auto read_increment = [&] {
    if (!is_digit(at(0))) return;
    if (at(0) == '0') throw SyntaxError{token.start, "the indentation of a block scalar cannot be 0"};
    increment = at(0) - '0';
    skip();
  };
  if (is_digit(at(0))) {
    read_increment();
    read_chomping();
  } else {
    read_chomping();
    if (chomping != 0) read_increment();
  }
  while (is_blank()) skip();
  if (at(0) == '#') skip_comment();
  if (!is_end() && break_width() == 0) throw SyntaxError{mark_, "expected a line break after | or >"};
  skip_line();

  int indent = increment == 0 ? 0 : (indent_ >= 0 ? indent_ : 0) + increment;
  std::string first, more;
  scan_block_breaks(indent, more, token.start);
  bool was_blank_led = false;
  std::string out;
  while (column() == indent && !is_end()) {
    const bool is_blank_led = is_blank();
    if (!is_literal && !was_blank_led && !is_blank_led && !first.empty() && first.front() == '\n') {
      if (more.empty()) out += ' ';
    } else {
      out += first;
    }
    first.clear();
    out += more;
    more.clear();
    was_blank_led = is_blank_led;
    // Whole lines at once: this is where most bytes of a ConfigMap pass.
    while (!is_end() && break_width() == 0) {
      const std::size_t plain = count_plain(text_.substr(mark_.offset));
      if (plain > 0) {
        out += text_.substr(mark_.offset, plain);
        skip_plain(plain);
      } else {
        read_character(out);
      }
    }
    read_line(first);
    scan_block_breaks(indent, more, token.start);
  }
  if (chomping != -1) out += first;
  if (chomping == 1) out += more;
  token.value = arena_.keep(out);
  token.indent = static_cast<std::uint16_t>(std::clamp(indent, 0, 0xFFFF));
  token.end = mark_;
  tokens_.push_back(std::move(token));
}

void Scanner::scan_block_breaks(int& indent, std::string& breaks, const Mark& start) {
  int widest = 0;
  for (;;) {
    while ((indent == 0 || column() < indent) && at(0) == ' ') skip();
    widest = std::max(widest, column());
    if ((indent == 0 || column() < indent) && at(0) == '\t')
      throw SyntaxError{mark_, "a tab cannot indent a block scalar; use spaces"};
    if (break_width() == 0) break;
    read_line(breaks);
  }
  if (indent == 0) indent = std::max({widest, indent_ + 1, 1});
  static_cast<void>(start);
}

void Scanner::fetch_quoted_scalar(bool is_single) {
  save_simple_key();
  is_simple_key_allowed_ = false;
  Token token;
  token.type = TokenType::kScalar;
  token.style = is_single ? Style::kSingleQuoted : Style::kDoubleQuoted;
  token.start = mark_;
  const char quote = is_single ? '\'' : '"';
  skip();
  // Most quoted texts stand on one line without escapes: they are views of the source.
  const std::size_t from = mark_.offset;
  while (!is_blank_or_end(0) || is_blank()) {
    const char c = at(0);
    if (c == quote || (!is_single && c == '\\')) break;
    skip();
  }
  if (at(0) == quote && !(is_single && at(1) == '\'') && !is_end()) {
    token.value = text_.substr(from, mark_.offset - from);
    skip();
    token.end = mark_;
    tokens_.push_back(std::move(token));
    return;
  }
  mark_ = token.start;
  skip();

  std::string out, first, more, blanks;
  for (;;) {
    if (is_document_mark()) throw SyntaxError{token.start, "the quoted text is not closed before the next document"};
    if (is_end()) throw SyntaxError{token.start, "the quoted text is not closed"};
    bool is_after_break = false;
    while (!is_blank_or_end(0)) {
      if (is_single && at(0) == '\'' && at(1) == '\'') {
        out += '\'';
        skip(2);
      } else if (at(0) == quote) {
        break;
      } else if (!is_single && at(0) == '\\' && break_width(1) > 0) {
        skip();
        skip_line();
        is_after_break = true;
        break;
      } else if (!is_single && at(0) == '\\') {
        scan_escape(out, token.start);
      } else {
        read_character(out);
      }
    }
    if (at(0) == quote) break;
    while (is_blank() || break_width() > 0) {
      if (is_blank()) {
        if (is_after_break) {
          skip();
        } else {
          read_character(blanks);
        }
      } else if (!is_after_break) {
        blanks.clear();
        read_line(first);
        is_after_break = true;
      } else {
        read_line(more);
      }
    }
    if (is_after_break) {
      fold(out, first, more);
    } else {
      out += blanks;
      blanks.clear();
    }
  }
  skip();
  token.value = arena_.keep(out);
  token.end = mark_;
  tokens_.push_back(std::move(token));
}

void Scanner::scan_escape(std::string& out, const Mark& start) {
  std::size_t digits = 0;
  switch (at(1)) {
    case '0': out += '\0'; break;
    case 'a': out += '\x07'; break;
    case 'b': out += '\x08'; break;
    case 't':
    case '\t': out += '\t'; break;
    case 'n': out += '\n'; break;
    case 'v': out += '\x0B'; break;
    case 'f': out += '\x0C'; break;
    case 'r': out += '\r'; break;
    case 'e': out += '\x1B'; break;
    case ' ': out += ' '; break;
    case '"': out += '"'; break;
    case '\'': out += '\''; break;
    case '\\': out += '\\'; break;
    case 'N': out += "\xC2\x85"; break;
    case '_': out += "\xC2\xA0"; break;
    case 'L': out += "\xE2\x80\xA8"; break;
    case 'P': out += "\xE2\x80\xA9"; break;
    case 'x': digits = 2; break;
    case 'u': digits = 4; break;
    case 'U': digits = 8; break;
    default: throw SyntaxError{mark_, "unknown escape in quoted text"};
  }
  skip(2);
  if (digits == 0) return;
  std::uint32_t point = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int digit = hex_value(at(i));
    if (digit < 0) throw SyntaxError{mark_, "expected hexadecimal digits after the escape"};
    point = point << 4 | static_cast<std::uint32_t>(digit);
  }
  if ((point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF)
    throw SyntaxError{start, "the escape names no Unicode character"};
  append_utf8(out, point);
  skip(digits);
}

void Scanner::fetch_plain_scalar() {
  save_simple_key();
  is_simple_key_allowed_ = false;
  Token token;
  token.type = TokenType::kScalar;
  token.start = mark_;
  token.end = mark_;
  const bool is_flow = simple_keys_.size() > 1;
  const int indent = indent_ + 1;
  // A text on one line is a view of the source; only folded ones are built.
  std::string out, first, more;
  bool is_folded = false, is_after_break = false;
  for (;;) {
    if (is_document_mark() || at(0) == '#') break;
    std::size_t from = mark_.offset;
    while (!is_blank_or_end(0)) {
      const char c = at(0);
      if (c == ':' && is_blank_or_end(1)) break;
      if (is_flow && (c == ',' || c == '?' || c == '[' || c == ']' || c == '{' || c == '}')) break;
      if (is_after_break) {
        if (!is_folded) out = text_.substr(token.start.offset, token.end.offset - token.start.offset);
        is_folded = true;
        fold(out, first, more);
        is_after_break = false;
        from = mark_.offset;
      } else if (is_folded && from == mark_.offset && from > token.end.offset) {
        out += text_.substr(token.end.offset, from - token.end.offset);  // blanks inside a line
      }
      if (is_folded) {
        read_character(out);
      } else if (const std::size_t words = count_word(text_.substr(mark_.offset)); words > 0) {
        skip_plain(words);
      } else {
        skip();
      }
      token.end = mark_;
    }
    if (!is_blank() && break_width() == 0) break;
    while (is_blank() || break_width() > 0) {
      if (is_blank()) {
        if (is_after_break && column() < indent && at(0) == '\t')
          throw SyntaxError{mark_, "a tab cannot indent a plain value; use spaces"};
        skip();
      } else if (!is_after_break) {
        first.clear();
        read_line(first);
        is_after_break = true;
      } else {
        read_line(more);
      }
    }
    if (!is_flow && column() < indent) break;
  }
  if (is_after_break) is_simple_key_allowed_ = true;
  token.value = is_folded ? arena_.keep(out) : text_.substr(token.start.offset, token.end.offset - token.start.offset);
  tokens_.push_back(std::move(token));
}

}  // namespace weir::yaml
