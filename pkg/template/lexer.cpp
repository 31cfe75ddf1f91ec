#include "pkg/template/lexer.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates {
namespace {

constexpr std::string_view kLeft = "{{";
constexpr std::string_view kRight = "}}";
constexpr std::size_t kMarker = 2;  // the minus and the blank

constexpr std::array<std::pair<std::string_view, TokenKind>, 11> kKeywords{{
    {"block", TokenKind::kBlock},
    {"break", TokenKind::kBreak},
    {"continue", TokenKind::kContinue},
    {"define", TokenKind::kDefine},
    {"else", TokenKind::kElse},
    {"end", TokenKind::kEndKeyword},
    {"if", TokenKind::kIf},
    {"nil", TokenKind::kNil},
    {"range", TokenKind::kRange},
    {"template", TokenKind::kTemplate},
    {"with", TokenKind::kWith},
}};
constexpr std::size_t kLongestKeyword = 8;
constexpr std::array<bool, 256> kBeginsKeyword = [] {
  std::array<bool, 256> out{};
  for (const auto& [name, kind] : kKeywords) out[static_cast<unsigned char>(name[0])] = true;
  return out;
}();

constexpr unsigned char kIsSpace = 1;
constexpr unsigned char kIsWord = 2;
/// What may follow a word.
constexpr unsigned char kEndsWord = 4;

/// What each byte below 0x80 is; the others begin characters that the tables of Unicode know.
constexpr std::array<unsigned char, 256> kBytes = [] {
  std::array<unsigned char, 256> out{};
  for (const char c : std::string_view{" \t\r\n"}) out[static_cast<unsigned char>(c)] |= kIsSpace | kEndsWord;
  for (const char c : std::string_view{".,|:)("}) out[static_cast<unsigned char>(c)] |= kEndsWord;
  for (unsigned char c = '0'; c <= '9'; ++c) out[c] |= kIsWord;
  for (unsigned char c = 'a'; c <= 'z'; ++c) out[c] |= kIsWord;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) out[c] |= kIsWord;
  out['_'] |= kIsWord;
  return out;
}();

bool is(char c, unsigned char what) { return (kBytes[static_cast<unsigned char>(c)] & what) != 0; }
bool is_space(char c) { return is(c, kIsSpace); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool trims_left(std::string_view after_delimiter) {
  return after_delimiter.size() >= 2 && after_delimiter[0] == '-' && is_space(after_delimiter[1]);
}

/// U+0022 '"'
std::string describe_rune(unicode::Rune rune) {
  std::string digits;
  for (int i = 5; i >= 0; --i) {
    const auto digit = (rune >> (4 * i)) & 0xfU;
    if (i < 4 || digit != 0 || !digits.empty()) digits += "0123456789ABCDEF"[digit];
  }
  std::string out = "U+" + digits;
  if (unicode::is_printable(rune)) {
    out += " '";
    unicode::append(out, rune);
    out += '\'';
  }
  return out;
}

}  // namespace

void Lexer::read(std::vector<Token>& out) {
  if (is_done_) return;
  tokens_ = &out;
  const std::size_t before = out.size();
  while (out.size() == before) {  // comments give none
    if (is_in_action_) {
      in_action();
    } else {
      text();
    }
  }
}

/// Whether the right delimiter stands so many bytes ahead.
bool Lexer::is_right(std::size_t ahead) const {
  const std::size_t at = at_ + ahead;
  return at + 1 < input_.size() && input_[at] == '}' && input_[at + 1] == '}';
}

bool Lexer::accept(std::string_view valid) {
  if (at_ >= input_.size() || valid.find(input_[at_]) == std::string_view::npos) return false;
  ++at_;
  return true;
}

void Lexer::accept_run(std::string_view valid) {
  while (accept(valid)) {
  }
}

/// What was taken has no line breaks.
void Lexer::emit(TokenKind kind) {
  tokens_->push_back({kind, taken(), start_, line_});
  skip();
}

void Lexer::emit_lines(TokenKind kind) {
  tokens_->push_back({kind, taken(), start_, line_});
  skip_lines();
}

/// Forgets what was taken, but for its line breaks.
void Lexer::skip_lines() {
  const char* from = input_.data() + start_;
  const char* const to = input_.data() + at_;
  while (from < to) {
    from = static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(to - from)));
    if (!from) break;
    ++from;
    ++line_;
  }
  skip();
}

void Lexer::skip_spaces() {
  while (at_ < input_.size() && is_space(input_[at_])) ++at_;
}

void Lexer::fail(std::string message) {
  message_ = std::move(message);
  tokens_->push_back({TokenKind::kError, message_, start_, line_});
  is_done_ = true;
}

void Lexer::end() {
  tokens_->push_back({TokenKind::kEnd, "EOF", start_, line_});
  is_done_ = true;
}

void Lexer::text() {
  const auto found = rest().find(kLeft);
  if (found == std::string_view::npos) {
    at_ = input_.size();
    if (at_ > start_) emit_lines(TokenKind::kText);
    return end();
  }
  const std::size_t delimiter = at_ + found;
  std::size_t stop = delimiter;
  if (trims_left(input_.substr(delimiter + kLeft.size()))) {
    while (stop > start_ && is_space(input_[stop - 1])) --stop;
  }
  at_ = stop;
  if (at_ > start_) emit_lines(TokenKind::kText);
  at_ = delimiter;
  skip_lines();
  left_delimiter();
}

void Lexer::left_delimiter() {
  at_ += kLeft.size();
  const std::size_t marker = trims_left(rest()) ? kMarker : 0;
  if (rest().substr(marker).starts_with("/*")) {
    at_ += marker;
    skip_lines();
    return comment();
  }
  emit(TokenKind::kLeftDelimiter);
  is_in_action_ = true;
  at_ += marker;
  skip_lines();
  parens_ = 0;
}

void Lexer::comment() {
  const auto close = rest().find("*/", 2);
  if (close == std::string_view::npos) return fail("unclosed comment");
  at_ += close + 2;
  const auto marker = right_delimiter();
  if (!marker) return fail("comment ends before closing delimiter");
  at_ += *marker + kRight.size();
  if (*marker > 0) skip_spaces();
  skip_lines();
}

/// The size of the trim marker before the right delimiter that starts here; nullopt when none does.
std::optional<std::size_t> Lexer::right_delimiter() const {
  if (is_right(0)) return 0;
  if (at_ + kMarker < input_.size() && is_space(input_[at_]) && input_[at_ + 1] == '-' && is_right(kMarker))
    return kMarker;
  return std::nullopt;
}

void Lexer::close_action(std::size_t marker) {
  at_ += marker;
  skip_lines();
  at_ += kRight.size();
  emit(TokenKind::kRightDelimiter);
  if (marker > 0) {
    skip_spaces();
    skip_lines();
  }
  is_in_action_ = false;
}

void Lexer::in_action() {
  if (at_ >= input_.size()) return fail("unclosed action");
  const char c = input_[at_];
  if (c == '}' || is_space(c)) {
    if (const auto marker = right_delimiter()) {
      if (parens_ > 0) return fail("unclosed left paren");
      return close_action(*marker);
    }
  }
  const std::size_t size = is_ascii(c) ? 1 : unicode::decode(rest()).size;
  at_ += size;
  switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n': return space();
    case '=': return emit(TokenKind::kAssign);
    case ':':
      if (at_ < input_.size()) at_ += unicode::decode(rest()).size;
      if (taken() != ":=") return fail("expected :=");
      return emit(TokenKind::kDeclare);
    case '|': return emit(TokenKind::kPipe);
    case '"': return quoted('"', TokenKind::kString, "unterminated quoted string");
    case '\'': return quoted('\'', TokenKind::kCharConstant, "unterminated character constant");
    case '`': return raw_quoted();
    case '$': return field_or_variable(TokenKind::kVariable);
    case '(': ++parens_; return emit(TokenKind::kLeftParen);
    case ')':
      if (--parens_ < 0) return fail("unexpected right paren");
      return emit(TokenKind::kRightParen);
    default: break;
  }
  const bool digit_follows = at_ < input_.size() && input_[at_] >= '0' && input_[at_] <= '9';
  if (c == '.' && at_ < input_.size() && !digit_follows) return field_or_variable(TokenKind::kField);
  if (c == '.' || (c >= '0' && c <= '9') || c == '+' || c == '-') {
    at_ = start_;
    return number();
  }
  at_ = start_;
  if (is_at_word()) return identifier();
  const auto rune = unicode::decode(rest()).rune;
  at_ += size;
  if (is_ascii(c) && unicode::is_printable(rune)) return emit(TokenKind::kChar);
  fail("unrecognized character in action: " + describe_rune(rune));
}

void Lexer::space() {
  at_ = start_;
  skip_spaces();
  // The last blank may belong to a trim marker.
  if (at_ < input_.size() && input_[at_] == '-' && is_right(1)) {
    --at_;
    if (at_ == start_) return close_action(kMarker);
  }
  if (at_ == start_ + 1 && input_[start_] == ' ') return emit(TokenKind::kSpace);
  emit_lines(TokenKind::kSpace);
}

bool Lexer::is_at_word() const {
  if (at_ >= input_.size()) return false;
  if (is_ascii(input_[at_])) return is(input_[at_], kIsWord);
  const auto rune = unicode::decode(rest()).rune;
  return unicode::is_letter(rune) || unicode::is_digit(rune);
}

void Lexer::skip_word() {
  while (at_ < input_.size()) {
    if (is(input_[at_], kIsWord)) {
      ++at_;
    } else if (!is_ascii(input_[at_]) && is_at_word()) {
      at_ += unicode::decode(rest()).size;
    } else {
      return;
    }
  }
}

bool Lexer::is_at_terminator() const { return at_ >= input_.size() || is(input_[at_], kEndsWord) || is_right(0); }

void Lexer::bad_character() { fail("bad character " + describe_rune(unicode::decode(rest()).rune)); }

void Lexer::identifier() {
  skip_word();
  if (!is_at_terminator()) return bad_character();
  const auto word = taken();
  if (word.size() <= kLongestKeyword && kBeginsKeyword[static_cast<unsigned char>(word[0])]) {
    for (const auto& [name, kind] : kKeywords) {
      if (word != name) continue;
      const bool is_function = (kind == TokenKind::kBreak && !options_.break_is_keyword) ||
                               (kind == TokenKind::kContinue && !options_.continue_is_keyword);
      return emit(is_function ? TokenKind::kIdentifier : kind);
    }
  }
  emit(word == "true" || word == "false" ? TokenKind::kBool : TokenKind::kIdentifier);
}

/// After the dot or the dollar sign.
void Lexer::field_or_variable(TokenKind kind) {
  if (is_at_terminator()) return emit(kind == TokenKind::kVariable ? kind : TokenKind::kDot);
  skip_word();
  if (!is_at_terminator()) return bad_character();
  emit(kind);
}

bool Lexer::scan_number() {
  accept("+-");
  std::string_view digits = "0123456789_";
  if (accept("0")) {
    if (accept("xX")) {
      digits = "0123456789abcdefABCDEF_";
    } else if (accept("oO")) {
      digits = "01234567_";
    } else if (accept("bB")) {
      digits = "01_";
    }
  }
  accept_run(digits);
  if (accept(".")) accept_run(digits);
  const bool is_decimal = digits.size() == 11;
  const bool is_hex = digits.size() == 23;
  if ((is_decimal && accept("eE")) || (is_hex && accept("pP"))) {
    accept("+-");
    accept_run("0123456789_");
  }
  accept("i");
  if (!is_at_word()) return true;
  at_ += unicode::decode(rest()).size;
  return false;
}

void Lexer::number() {
  const auto bad = [&] { fail("bad number syntax: " + quote(taken())); };
  if (!scan_number()) return bad();
  if (at_ >= input_.size() || (input_[at_] != '+' && input_[at_] != '-')) return emit(TokenKind::kNumber);
  if (!scan_number() || input_[at_ - 1] != 'i') return bad();
  emit(TokenKind::kComplex);
}

void Lexer::quoted(char mark, TokenKind kind, const char* message) {
  // Bytes will do: none of a longer character is one of these.
  for (; at_ < input_.size() && input_[at_] != '\n'; ++at_) {
    if (input_[at_] == mark) {
      ++at_;
      return emit(kind);
    }
    if (input_[at_] != '\\') continue;
    ++at_;
    if (at_ >= input_.size() || input_[at_] == '\n') break;
  }
  fail(message);
}

void Lexer::raw_quoted() {
  const auto close = rest().find('`');
  if (close == std::string_view::npos) return fail("unterminated raw quoted string");
  at_ += close + 1;
  emit_lines(TokenKind::kRawString);
}

std::string Token::describe() const {
  if (kind == TokenKind::kEnd) return "EOF";
  if (kind == TokenKind::kError) return std::string{text};
  if (kind >= TokenKind::kBlock) return text::cat("<", text, ">");
  std::size_t size = 0;
  for (int i = 0; i < 10 && size < text.size(); ++i) size += unicode::decode(text.substr(size)).size;
  // Short by bytes, cut by characters, as Go does.
  return text.size() > 10 ? quote(text.substr(0, size)) + "..." : quote(text);
}

}  // namespace weir::templates
