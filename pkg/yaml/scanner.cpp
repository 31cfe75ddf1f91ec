#include "pkg/yaml/scanner.hpp"

#include <algorithm>

#include "pkg/yaml/characters.hpp"

namespace weir::yaml {
namespace {

constexpr std::size_t kMaxImplicitKey = 1024;

}  // namespace

Scanner::Scanner(std::string_view text, Arena& arena) : text_{text}, arena_{arena} {
  if (text_.starts_with("\xEF\xBB\xBF")) mark_.offset = 3;
  simple_keys_.emplace_back();
}

void Scanner::pop() {
  ++head_;
  ++popped_;
  is_ready_ = false;
  if (head_ == tokens_.size()) {
    tokens_.clear();
    head_ = 0;
  }
}

// -- characters --------------------------------------------------------------------------------------------------

std::size_t Scanner::slow_break_width(std::size_t ahead) const {
  switch (static_cast<unsigned char>(at(ahead))) {
    case '\n': return 1;
    case '\r': return at(ahead + 1) == '\n' ? 2 : 1;
    case 0xC2: return at(ahead + 1) == '\x85' ? 2 : 0;
    case 0xE2: return at(ahead + 1) == '\x80' && (at(ahead + 2) == '\xA8' || at(ahead + 2) == '\xA9') ? 3 : 0;
    default: return 0;
  }
}

void Scanner::skip_line() {
  const std::size_t width = break_width();
  if (width == 0) return;
  mark_.offset += width;
  ++mark_.line;
  mark_.column = 0;
}

void Scanner::read_line(std::string& out) {
  const std::size_t width = break_width();
  if (width == 0) return;
  if (width == 3) {
    out += text_.substr(mark_.offset, 3);
  } else {
    out += '\n';
  }
  skip_line();
}

void Scanner::read_character(std::string& out) {
  do {
    out += text_[mark_.offset++];
  } while (mark_.offset < text_.size() && (static_cast<unsigned char>(text_[mark_.offset]) & 0xC0) == 0x80);
  ++mark_.column;
}

bool Scanner::is_document_mark() const {
  if (mark_.column != 0) return false;
  const char c = at(0);
  return (c == '-' || c == '.') && at(1) == c && at(2) == c && is_blank_or_end(3);
}

// -- tokens in general ---------------------------------------------------------------------------------------------

void Scanner::fetch_more() {
  for (;;) {
    bool needs_more = head_ == tokens_.size();
    if (!needs_more) {
      // The next token may still turn out to be the key of a pair.
      for (SimpleKey& key : simple_keys_)
        if (key.is_awaited && key.token_number == popped_ && is_valid(key)) needs_more = true;
    }
    if (!needs_more) {
      is_ready_ = true;
      return;
    }
    fetch_next();
  }
}

bool Scanner::is_valid(SimpleKey& key) {
  if (!key.is_possible) return false;
  if (key.mark.line < mark_.line || key.mark.offset + kMaxImplicitKey < mark_.offset) {
    if (key.is_required) throw SyntaxError{key.mark, "expected \"key: value\", found text without \":\""};
    key.is_possible = false;
    return false;
  }
  return true;
}

void Scanner::save_simple_key() {
  if (!is_simple_key_allowed_) return;
  remove_simple_key();
  SimpleKey& key = simple_keys_.back();
  key.is_possible = key.is_awaited = true;
  key.is_required = simple_keys_.size() == 1 && indent_ == column();
  key.token_number = popped_ + (tokens_.size() - head_);
  key.mark = mark_;
}

void Scanner::remove_simple_key() {
  SimpleKey& key = simple_keys_.back();
  if (key.is_possible && key.is_required)
    throw SyntaxError{key.mark, "expected \"key: value\", found text without \":\""};
  key.is_possible = key.is_awaited = false;
}

void Scanner::roll_indent(int column, std::ptrdiff_t number, TokenType type, const Mark& mark) {
  if (simple_keys_.size() > 1 || indent_ >= column) return;
  indents_.push_back(indent_);
  indent_ = column;
  Token token;
  token.type = type;
  token.start = token.end = mark;
  if (number < 0) {
    tokens_.push_back(std::move(token));
  } else {
    insert(static_cast<std::size_t>(number), std::move(token));
  }
}

void Scanner::unroll_indent(int column) {
  if (simple_keys_.size() > 1) return;
  while (indent_ > column) {
    push(TokenType::kBlockEnd, mark_);
    indent_ = indents_.back();
    indents_.pop_back();
  }
}

/// Before the token of this number; at the end when that was handed out.
void Scanner::insert(std::size_t number, Token token) {
  if (number < popped_) {
    tokens_.push_back(std::move(token));
  } else {
    tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(head_ + (number - popped_)), std::move(token));
  }
}

void Scanner::push(TokenType type, const Mark& start) {
  Token token;
  token.type = type;
  token.start = start;
  token.end = mark_;
  tokens_.push_back(std::move(token));
}

void Scanner::skip_to_token() {
  const bool is_flow = simple_keys_.size() > 1;
  for (;;) {
    if (mark_.column == 0 && text_.substr(mark_.offset).starts_with("\xEF\xBB\xBF")) mark_.offset += 3;
    // A tab may not indent, so it is skipped only where no key can begin.
    while (at(0) == ' ' || ((is_flow || !is_simple_key_allowed_) && at(0) == '\t')) skip();
    if (at(0) == '#') skip_comment();
    if (break_width() == 0) return;
    skip_line();
    if (!is_flow) is_simple_key_allowed_ = true;
  }
}

void Scanner::skip_comment() {
  has_comments_ = true;
  const Mark start = mark_;
  while (!is_end() && break_width() == 0) {
    const std::size_t plain = count_plain(text_.substr(mark_.offset));
    if (plain > 0) {
      skip_plain(plain);
    } else {
      skip();
    }
  }
  if (comments_ == nullptr) return;
  arena_.charge(sizeof(Places::Comment));
  comments_->push_back({start.offset, mark_.offset, start.line, start.column, indent_});
}

void Scanner::fetch_next() {
  if (is_stream_ended_) {
    push(TokenType::kStreamEnd, mark_);
    return;
  }
  skip_to_token();
  unroll_indent(column());
  if (is_end()) return fetch_stream_end();

  const bool is_flow = simple_keys_.size() > 1;
  const char c = at(0);
  if (mark_.column == 0 && c == '%') return fetch_directive();
  if (is_document_mark()) return fetch_document_mark(c == '-' ? TokenType::kDocumentStart : TokenType::kDocumentEnd);
  switch (c) {
    case '[': return fetch_flow_start(TokenType::kFlowSequenceStart);
    case '{': return fetch_flow_start(TokenType::kFlowMappingStart);
    case ']': return fetch_flow_end(TokenType::kFlowSequenceEnd);
    case '}': return fetch_flow_end(TokenType::kFlowMappingEnd);
    case ',': return fetch_flow_entry();
    case '-':
      if (is_blank_or_end(1)) return fetch_block_entry();
      return fetch_plain_scalar();
    case '?':
      if (is_flow || is_blank_or_end(1)) return fetch_key();
      return fetch_plain_scalar();
    case ':':
      if (is_flow || is_blank_or_end(1)) return fetch_value();
      return fetch_plain_scalar();
    case '*': return fetch_anchor(TokenType::kAlias);
    case '&': return fetch_anchor(TokenType::kAnchor);
    case '!': return fetch_tag();
    case '\'': return fetch_quoted_scalar(true);
    case '"': return fetch_quoted_scalar(false);
    case '|':
    case '>':
      if (!is_flow) return fetch_block_scalar(c == '|');
      fail("a block scalar cannot stand inside brackets");
    case '\t': fail("a tab cannot indent; use spaces");
    case '%':
    case '@':
    case '`': fail(std::string{"a plain value cannot begin with "} + c + "; quote it");
    default: return fetch_plain_scalar();
  }
}

void Scanner::fetch_stream_end() {
  if (mark_.column != 0) {
    mark_.column = 0;
    ++mark_.line;
  }
  unroll_indent(-1);
  remove_simple_key();
  is_simple_key_allowed_ = false;
  is_stream_ended_ = true;
  push(TokenType::kStreamEnd, mark_);
}

void Scanner::fetch_directive() {
  unroll_indent(-1);
  remove_simple_key();
  is_simple_key_allowed_ = false;
  const Mark start = mark_;
  skip();
  Token token;
  token.type = TokenType::kDirective;
  token.start = start;
  std::size_t from = mark_.offset;
  while (is_word(at(0))) skip();
  token.value = text_.substr(from, mark_.offset - from);
  if (token.value != "YAML" && token.value != "TAG") throw SyntaxError{start, "expected the directive %YAML or %TAG"};
  while (is_blank()) skip();
  from = mark_.offset;
  while (!is_end() && break_width() == 0 && at(0) != '#') skip();
  token.suffix = text_.substr(from, mark_.offset - from);
  while (!is_end() && break_width() == 0) skip();
  token.end = mark_;
  skip_line();
  tokens_.push_back(std::move(token));
}

void Scanner::fetch_document_mark(TokenType type) {
  unroll_indent(-1);
  remove_simple_key();
  is_simple_key_allowed_ = false;
  const Mark start = mark_;
  skip(3);
  push(type, start);
}

void Scanner::fetch_flow_start(TokenType type) {
  save_simple_key();
  simple_keys_.emplace_back().token_number = popped_ + (tokens_.size() - head_);
  is_simple_key_allowed_ = true;
  const Mark start = mark_;
  skip();
  push(type, start);
}

void Scanner::fetch_flow_end(TokenType type) {
  remove_simple_key();
  if (simple_keys_.size() > 1) {
    // Go's scanners keep the awaited keys in a table by the numbers of their tokens. A level in which no key was tried
    // has the number of its bracket, which may be awaited itself, and takes that out of the table with it: an empty
    // collection is handed out before it is known whether a ':' follows.
    const std::size_t number = simple_keys_.back().token_number;
    simple_keys_.pop_back();
    for (SimpleKey& key : simple_keys_)
      if (key.token_number == number) key.is_awaited = false;
  }
  is_simple_key_allowed_ = false;
  const Mark start = mark_;
  skip();
  push(type, start);
}

void Scanner::fetch_flow_entry() {
  remove_simple_key();
  is_simple_key_allowed_ = true;
  const Mark start = mark_;
  skip();
  push(TokenType::kFlowEntry, start);
}

void Scanner::fetch_block_entry() {
  if (simple_keys_.size() == 1) {
    if (!is_simple_key_allowed_) fail("a list item cannot stand here");
    roll_indent(column(), -1, TokenType::kBlockSequenceStart, mark_);
  }
  remove_simple_key();
  is_simple_key_allowed_ = true;
  const Mark start = mark_;
  skip();
  push(TokenType::kBlockEntry, start);
}

void Scanner::fetch_key() {
  if (simple_keys_.size() == 1) {
    if (!is_simple_key_allowed_) fail("a mapping key cannot stand here");
    roll_indent(column(), -1, TokenType::kBlockMappingStart, mark_);
  }
  remove_simple_key();
  is_simple_key_allowed_ = simple_keys_.size() == 1;
  const Mark start = mark_;
  skip();
  push(TokenType::kKey, start);
}

void Scanner::fetch_value() {
  SimpleKey& key = simple_keys_.back();
  if (is_valid(key)) {
    Token token;
    token.type = TokenType::kKey;
    token.start = token.end = key.mark;
    insert(key.token_number, std::move(token));
    roll_indent(
        static_cast<int>(key.mark.column),
        static_cast<std::ptrdiff_t>(key.token_number),
        TokenType::kBlockMappingStart,
        key.mark
    );
    key.is_possible = key.is_awaited = false;
    is_simple_key_allowed_ = false;
  } else {
    if (simple_keys_.size() == 1) {
      if (!is_simple_key_allowed_) fail("a mapping value cannot stand here; is a quote or an indentation missing?");
      roll_indent(column(), -1, TokenType::kBlockMappingStart, mark_);
    }
    is_simple_key_allowed_ = simple_keys_.size() == 1;
  }
  const Mark start = mark_;
  skip();
  push(TokenType::kValue, start);
}

void Scanner::fetch_anchor(TokenType type) {
  save_simple_key();
  is_simple_key_allowed_ = false;
  Token token;
  token.type = type;
  token.start = mark_;
  skip();
  const std::size_t from = mark_.offset;
  while (is_word(at(0))) skip();
  token.value = text_.substr(from, mark_.offset - from);
  const char after = at(0);
  if (token.value.empty() ||
      !(is_blank_or_end(0) || std::string_view{"?:,]}%@`"}.find(after) != std::string_view::npos))
    throw SyntaxError{token.start, "expected a name of letters, digits, - and _ after & or *"};
  token.end = mark_;
  tokens_.push_back(std::move(token));
}

void Scanner::fetch_tag() {
  save_simple_key();
  is_simple_key_allowed_ = false;
  Token token;
  token.type = TokenType::kTag;
  token.start = mark_;
  std::string suffix;
  if (at(1) == '<') {
    skip(2);
    scan_tag_uri(suffix, token.start);
    if (at(0) != '>') throw SyntaxError{token.start, "expected > at the end of the tag"};
    skip();
  } else {
    std::string handle;
    read_character(handle);
    while (is_word(at(0))) read_character(handle);
    if (at(0) == '!') {
      read_character(handle);
      token.value = arena_.keep(handle);
      scan_tag_uri(suffix, token.start);
    } else {
      // No handle after all: "!name".
      suffix = handle.substr(1);
      scan_tag_uri(suffix, token.start);
      if (suffix.empty()) {
        suffix = "!";
      } else {
        token.value = "!";
      }
    }
  }
  if (!is_blank_or_end(0)) throw SyntaxError{token.start, "expected a blank after the tag"};
  token.suffix = arena_.keep(suffix);
  token.end = mark_;
  tokens_.push_back(std::move(token));
}

void Scanner::scan_tag_uri(std::string& out, const Mark& start) {
  while (is_word(at(0)) ||
         (at(0) != '\0' && std::string_view{";/?:@&=+$,.!~*'()[]%"}.find(at(0)) != std::string_view::npos)) {
    if (at(0) == '%') {
      const int high = hex_value(at(1)), low = high < 0 ? -1 : hex_value(at(2));
      if (low < 0) throw SyntaxError{start, "expected two hexadecimal digits after % in the tag"};
      out += static_cast<char>(high * 16 + low);
      skip(3);
    } else {
      read_character(out);
    }
  }
}

}  // namespace weir::yaml
