#pragma once

#include <cstddef>
#include <cstdint>
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
  std::size_t position = 0;  ///< byte in the input
  std::string text;
  std::size_t line = 1;

  /// For messages: "if" in angle brackets, other tokens quoted and cut short.
  std::string describe() const;
};

struct LexerOptions {
  bool break_is_keyword = true;
  bool continue_is_keyword = true;
};

/// The tokens of a template, up to its end or the first error, which is the last token. Comments
/// are left out and trim markers are obeyed.  Source: Go's text/template/parse.  Threads: any,
/// pure.
std::vector<Token> tokenize(std::string_view input, LexerOptions options = {});

}  // namespace weir::templates
