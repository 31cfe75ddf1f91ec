#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::templates {

enum class TokenKind : std::uint8_t {
  kError,  ///< text is the message
  kBool,
  kChar,  ///< a character that has no other meaning, such as ','
  kCharConstant,
  kComplex,
  kAssign,
  kDeclare,
  kEnd,  ///< of the input
  kField,
  kIdentifier,
  kLeftDelimiter,
  kLeftParen,
  kNumber,
  kPipe,
  kRawString,
  kRightDelimiter,
  kRightParen,
  kSpace,
  kString,
  kText,
  kVariable,
  // Keywords.
  kBlock,
  kBreak,
  kContinue,
  kDot,
  kDefine,
  kElse,
  kEndKeyword,
  kIf,
  kNil,
  kRange,
  kTemplate,
  kWith,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;     ///< of the input, or the lexer's message
  std::size_t position = 0;  ///< byte in the input
  std::size_t line = 1;

  /// For messages: "if" in angle brackets, other tokens quoted and cut short.
  std::string describe() const;
};

struct LexerOptions {
  bool break_is_keyword = true;
  bool continue_is_keyword = true;
};

/// The tokens of a template, one after the other, up to its end or the first error, which is the last token. Comments
/// are left out and trim markers are obeyed.  Source: Go's text/template/parse.  Threads: one.
class Lexer {
 public:
  /// @param input  outlives the lexer and its tokens, which do not outlive the lexer
  Lexer(std::string_view input, LexerOptions options) : input_{input}, options_{options} {}
  Lexer(const Lexer&) = delete;
  Lexer& operator=(const Lexer&) = delete;

  /// Appends one or two tokens, unless the last was given.
  void read(std::vector<Token>& out);

 private:
  std::string_view rest() const { return input_.substr(at_); }
  std::string_view taken() const { return input_.substr(start_, at_ - start_); }
  bool is_right(std::size_t ahead) const;
  bool accept(std::string_view valid);
  void accept_run(std::string_view valid);

  void emit(TokenKind kind);
  void emit_lines(TokenKind kind);
  void skip() { start_ = at_; }
  void skip_lines();
  void skip_spaces();
  void fail(std::string message);
  void end();

  void text();
  void left_delimiter();
  void comment();
  std::optional<std::size_t> right_delimiter() const;
  void close_action(std::size_t marker);
  void in_action();
  void space();
  bool is_at_word() const;
  void skip_word();
  bool is_at_terminator() const;
  void bad_character();
  void identifier();
  void field_or_variable(TokenKind kind);
  bool scan_number();
  void number();
  void quoted(char mark, TokenKind kind, const char* message);
  void raw_quoted();

  std::string_view input_;
  LexerOptions options_;
  std::vector<Token>* tokens_ = nullptr;  // while read() is at work
  std::string message_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // of the token being read
  std::size_t line_ = 1;   // of start_
  int parens_ = 0;
  bool is_in_action_ = false;
  bool is_done_ = false;
};

}  // namespace weir::templates
