#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/yaml/node.hpp"
#include "pkg/yaml/places.hpp"

namespace weir::yaml {

struct Mark {
  std::size_t offset = 0;    ///< bytes
  std::uint32_t line = 0;    ///< from 0
  std::uint32_t column = 0;  ///< characters, from 0
};

/// Thrown inside pkg/yaml only; the public functions turn it into an InputError.
struct SyntaxError {
  Mark mark;
  std::string message;
};

enum class TokenType : std::uint8_t {
  kStreamEnd,
  kDirective,
  kDocumentStart,
  kDocumentEnd,
  kBlockSequenceStart,
  kBlockMappingStart,
  kBlockEnd,
  kFlowSequenceStart,
  kFlowSequenceEnd,
  kFlowMappingStart,
  kFlowMappingEnd,
  kBlockEntry,
  kFlowEntry,
  kKey,
  kValue,
  kAlias,
  kAnchor,
  kTag,
  kScalar
};

struct Token {
  TokenType type = TokenType::kStreamEnd;
  Style style = Style::kPlain;
  std::uint16_t indent = 0;  ///< blanks before each line of a block scalar
  Mark start;
  Mark end;
  std::string_view value;   ///< scalar text, anchor name, tag handle, directive name; in the text or the arena
  std::string_view suffix;  ///< tag suffix, the rest of a directive
};

/// Cuts YAML text into tokens: indentation becomes start and end tokens, "key:" becomes kKey, scalar, kValue.
/// Follows the token grammar of YAML 1.1 with the restrictions that libyaml and Go's yaml packages share: an implicit
/// key stands on one line and is at most 1024 characters long.  Threads: one at a time.
class Scanner {
 public:
  /// `text` must be valid UTF-8. The tokens' texts are views of it or of the arena.
  Scanner(std::string_view text, Arena& arena);

  /// The next token; stays until `pop`. @throws SyntaxError
  Token& peek() {
    if (!is_ready_) fetch_more();
    return tokens_[head_];
  }
  void pop();
  /// How far the text was read.
  const Mark& mark() const { return mark_; }
  /// Whether a comment stood before the tokens that were peeked at so far.
  bool has_comments() const { return has_comments_; }
  /// Comments go there from now on, in the order of the text.
  void collect_comments(std::vector<Places::Comment>& comments) { comments_ = &comments; }

 private:
  struct SimpleKey {
    bool is_possible = false;
    bool is_required = false;
    bool is_awaited = false;  // the token with this number is not handed out while it may be a key
    std::size_t token_number = 0;
    Mark mark;
  };

  char at(std::size_t ahead) const {
    const std::size_t i = mark_.offset + ahead;
    return i < text_.size() ? text_[i] : '\0';
  }
  bool is_end() const { return mark_.offset >= text_.size(); }
  bool is_blank(std::size_t ahead = 0) const { return at(ahead) == ' ' || at(ahead) == '\t'; }
  std::size_t break_width(std::size_t ahead = 0) const {
    const char c = at(ahead);
    return c > '\r' ? 0 : slow_break_width(ahead);
  }
  std::size_t slow_break_width(std::size_t ahead) const;
  bool is_blank_or_end(std::size_t ahead) const {
    const char c = at(ahead);
    if (c > ' ') return false;
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0' || break_width(ahead) > 0;
  }
  void skip() {
    if (is_end()) return;
    if ((static_cast<unsigned char>(text_[mark_.offset]) & 0xC0) != 0x80) ++mark_.column;
    ++mark_.offset;
  }
  void skip(std::size_t bytes) {
    for (; bytes > 0; --bytes) skip();
  }
  /// Bytes that are characters and no line breaks.
  void skip_plain(std::size_t bytes) {
    mark_.offset += bytes;
    mark_.column += static_cast<std::uint32_t>(bytes);
  }
  void skip_line();
  void read_line(std::string& out);
  void read_character(std::string& out);

  void fetch_more();
  void fetch_next();
  void skip_to_token();
  void skip_comment();
  bool is_valid(SimpleKey& key);
  void save_simple_key();
  void remove_simple_key();
  void roll_indent(int column, std::ptrdiff_t number, TokenType type, const Mark& mark);
  void unroll_indent(int column);
  void push(TokenType type, const Mark& start);
  void insert(std::size_t number, Token token);
  void fetch_stream_end();
  void fetch_directive();
  void fetch_document_mark(TokenType type);
  void fetch_flow_start(TokenType type);
  void fetch_flow_end(TokenType type);
  void fetch_flow_entry();
  void fetch_block_entry();
  void fetch_key();
  void fetch_value();
  void fetch_anchor(TokenType type);
  void fetch_tag();
  void scan_tag_uri(std::string& out, const Mark& start);
  void fetch_block_scalar(bool is_literal);
  void scan_block_breaks(int& indent, std::string& breaks, const Mark& start);
  void fetch_quoted_scalar(bool is_single);
  void scan_escape(std::string& out, const Mark& start);
  void fetch_plain_scalar();
  bool is_document_mark() const;
  int column() const { return static_cast<int>(mark_.column); }
  [[noreturn]] void fail(std::string message) const { throw SyntaxError{mark_, std::move(message)}; }

  std::string_view text_;
  Arena& arena_;
  Mark mark_;
  std::vector<Token> tokens_;
  std::size_t head_ = 0;
  std::size_t popped_ = 0;
  bool is_simple_key_allowed_ = true;
  bool is_stream_ended_ = false;
  bool is_ready_ = false;  // the token at head_ will not change
  bool has_comments_ = false;
  std::vector<Places::Comment>* comments_ = nullptr;
  int indent_ = -1;
  std::vector<int> indents_;
  std::vector<SimpleKey> simple_keys_;  // one for each flow level, the block context first
};

}  // namespace weir::yaml
