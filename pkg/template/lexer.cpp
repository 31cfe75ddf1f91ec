#include "pkg/template/lexer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates {
namespace {

constexpr std::string_view kLeft = "{{";
constexpr std::string_view kRight = "}}";
constexpr std::string_view kSpaces = " \t\r\n";
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

bool is_space(char c) { return kSpaces.find(c) != std::string_view::npos; }

bool is_word(unicode::Rune rune) { return rune == '_' || unicode::is_letter(rune) || unicode::is_digit(rune); }

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

class Lexer {
 public:
  Lexer(std::string_view input, LexerOptions options) : input_{input}, options_{options} {}

  std::vector<Token> run() {
    while (!is_done_) {
      if (is_in_action_) {
        in_action();
      } else {
        text();
      }
    }
    return std::move(tokens_);
  }

 private:
  static constexpr unicode::Rune kEof = 0xffffffff;

  std::string_view rest() const { return input_.substr(at_); }
  unicode::Rune peek() const { return at_ < input_.size() ? unicode::decode(rest()).rune : kEof; }
  unicode::Rune next() {
    if (at_ >= input_.size()) return kEof;
    const auto decoded = unicode::decode(rest());
    at_ += decoded.size;
    return decoded.rune;
  }
  bool accept(std::string_view valid) {
    if (at_ >= input_.size() || valid.find(input_[at_]) == std::string_view::npos) return false;
    ++at_;
    return true;
  }
  void accept_run(std::string_view valid) {
    while (accept(valid)) {
    }
  }

  std::string_view taken() const { return input_.substr(start_, at_ - start_); }

  void emit(TokenKind kind) {
    Token token;
    token.kind = kind;
    token.position = start_;
    token.text = std::string{taken()};
    token.line = line_;
    tokens_.push_back(std::move(token));
    skip();
  }

  /// Forgets what was taken.
  void skip() {
    line_ += static_cast<std::size_t>(std::ranges::count(taken(), '\n'));
    start_ = at_;
  }

  void fail(std::string message) {
    Token token;
    token.kind = TokenKind::kError;
    token.position = start_;
    token.text = std::move(message);
    token.line = line_;
    tokens_.push_back(std::move(token));
    is_done_ = true;
  }

  void end() {
    emit(TokenKind::kEnd);
    tokens_.back().text = "EOF";
    is_done_ = true;
  }

  void text() {
    const auto found = rest().find(kLeft);
    if (found == std::string_view::npos) {
      at_ = input_.size();
      if (at_ > start_) emit(TokenKind::kText);
      return end();
    }
    const std::size_t delimiter = at_ + found;
    std::size_t stop = delimiter;
    if (trims_left(input_.substr(delimiter + kLeft.size()))) {
      while (stop > start_ && is_space(input_[stop - 1])) --stop;
    }
    at_ = stop;
    if (at_ > start_) emit(TokenKind::kText);
    at_ = delimiter;
    skip();
    left_delimiter();
  }

  void left_delimiter() {
    at_ += kLeft.size();
    const std::size_t marker = trims_left(rest()) ? kMarker : 0;
    if (rest().substr(marker).starts_with("/*")) {
      at_ += marker;
      skip();
      return comment();
    }
    emit(TokenKind::kLeftDelimiter);
    is_in_action_ = true;
    at_ += marker;
    skip();
    parens_ = 0;
  }

  void comment() {
    const auto close = rest().find("*/", 2);
    if (close == std::string_view::npos) return fail("unclosed comment");
    at_ += close + 2;
    const auto marker = right_delimiter();
    if (!marker) return fail("comment ends before closing delimiter");
    at_ += *marker + kRight.size();
    if (*marker > 0) skip_spaces();
    skip();
  }

  void skip_spaces() {
    while (at_ < input_.size() && is_space(input_[at_])) ++at_;
  }

  /// The size of the trim marker before the right delimiter that starts here; nullopt when none
  /// does.
  std::optional<std::size_t> right_delimiter() const {
    const auto text = rest();
    if (text.size() >= 2 && is_space(text[0]) && text[1] == '-' && text.substr(kMarker).starts_with(kRight))
      return kMarker;
    if (text.starts_with(kRight)) return 0;
    return std::nullopt;
  }

  void close_action(std::size_t marker) {
    at_ += marker;
    skip();
    at_ += kRight.size();
    emit(TokenKind::kRightDelimiter);
    if (marker > 0) {
      skip_spaces();
      skip();
    }
    is_in_action_ = false;
  }

  void in_action() {
    if (const auto marker = right_delimiter()) {
      if (parens_ > 0) return fail("unclosed left paren");
      return close_action(*marker);
    }
    const auto rune = next();
    switch (rune) {
      case kEof: return fail("unclosed action");
      case ' ':
      case '\t':
      case '\r':
      case '\n': return space();
      case '=': return emit(TokenKind::kAssign);
      case ':':
        if (next() != '=') return fail("expected :=");
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
    const bool is_digit = rune >= '0' && rune <= '9';
    const bool is_point = rune == '.';
    const bool digit_follows = at_ < input_.size() && input_[at_] >= '0' && input_[at_] <= '9';
    if (is_point && at_ < input_.size() && !digit_follows) return field_or_variable(TokenKind::kField);
    if (is_point || is_digit || rune == '+' || rune == '-') {
      at_ = start_;
      return number();
    }
    if (is_word(rune)) return identifier();
    if (rune < 0x80 && unicode::is_printable(rune)) return emit(TokenKind::kChar);
    fail("unrecognized character in action: " + describe_rune(rune));
  }

  void space() {
    at_ = start_;
    skip_spaces();
    // The last blank may belong to a trim marker.
    const std::size_t stop = at_;
    at_ = stop - 1;
    if (const auto marker = right_delimiter(); marker && *marker > 0) {
      if (at_ == start_) return close_action(*marker);
    } else {
      at_ = stop;
    }
    emit(TokenKind::kSpace);
  }

  bool is_at_terminator() const {
    const auto rune = peek();
    if (rune == kEof) return true;
    if (rune < 0x80 && (is_space(static_cast<char>(rune)) ||
                        std::string_view{".,|:)("}.find(static_cast<char>(rune)) != std::string_view::npos))
      return true;
    return rest().starts_with(kRight);
  }

  void bad_character() {
    const auto rune = peek();
    fail("bad character " + describe_rune(rune));
  }

  void identifier() {
    while (is_word(peek())) next();
    if (!is_at_terminator()) return bad_character();
    const auto word = taken();
    for (const auto& [name, kind] : kKeywords) {
      if (word != name) continue;
      const bool is_function = (kind == TokenKind::kBreak && !options_.break_is_keyword) ||
                               (kind == TokenKind::kContinue && !options_.continue_is_keyword);
      return emit(is_function ? TokenKind::kIdentifier : kind);
    }
    emit(word == "true" || word == "false" ? TokenKind::kBool : TokenKind::kIdentifier);
  }

  /// After the dot or the dollar sign.
  void field_or_variable(TokenKind kind) {
    if (is_at_terminator()) return emit(kind == TokenKind::kVariable ? kind : TokenKind::kDot);
    while (is_word(peek())) next();
    if (!is_at_terminator()) return bad_character();
    emit(kind);
  }

  bool scan_number() {
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
    if (!is_word(peek())) return true;
    next();
    return false;
  }

  void number() {
    const auto bad = [&] { fail("bad number syntax: " + quote(taken())); };
    if (!scan_number()) return bad();
    if (peek() != '+' && peek() != '-') return emit(TokenKind::kNumber);
    if (!scan_number() || input_[at_ - 1] != 'i') return bad();
    emit(TokenKind::kComplex);
  }

  void quoted(char mark, TokenKind kind, const char* message) {
    while (true) {
      auto rune = next();
      if (rune == static_cast<unicode::Rune>(mark)) return emit(kind);
      if (rune == '\\') {
        rune = next();
        if (rune != kEof && rune != '\n') continue;
      }
      if (rune == kEof || rune == '\n') return fail(message);
    }
  }

  void raw_quoted() {
    const auto close = rest().find('`');
    if (close == std::string_view::npos) return fail("unterminated raw quoted string");
    at_ += close + 1;
    emit(TokenKind::kRawString);
  }

  std::string_view input_;
  LexerOptions options_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // of the token being read
  std::size_t line_ = 1;   // of start_
  int parens_ = 0;
  bool is_in_action_ = false;
  bool is_done_ = false;
};

}  // namespace

std::string Token::describe() const {
  if (kind == TokenKind::kEnd) return "EOF";
  if (kind == TokenKind::kError) return text;
  if (kind >= TokenKind::kBlock) return text::cat("<", text, ">");
  std::size_t size = 0;
  for (int i = 0; i < 10 && size < text.size(); ++i) size += unicode::decode(std::string_view{text}.substr(size)).size;
  // Short by bytes, cut by characters, as Go does.
  return text.size() > 10 ? quote(std::string_view{text}.substr(0, size)) + "..." : quote(text);
}

std::vector<Token> tokenize(std::string_view input, LexerOptions options) { return Lexer{input, options}.run(); }

}  // namespace weir::templates
