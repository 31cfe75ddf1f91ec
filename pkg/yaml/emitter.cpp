#include "pkg/yaml/emitter.hpp"

#include <algorithm>
#include <cstdint>

#include "pkg/yaml/parser.hpp"

namespace weir::yaml {
namespace {

constexpr int kIndent = 2;
constexpr std::size_t kLongestKey = 128;

unsigned char byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

std::size_t width_at(std::string_view text, std::size_t i) {
  const unsigned char c = byte_at(text, i);
  return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

bool is_break_at(std::string_view text, std::size_t i) {
  const unsigned char c = byte_at(text, i);
  if (c == '\n' || c == '\r') return true;
  if (c == 0xC2) return byte_at(text, i + 1) == 0x85;
  if (c == 0xE2) return byte_at(text, i + 1) == 0x80 && (byte_at(text, i + 2) == 0xA8 || byte_at(text, i + 2) == 0xA9);
  return false;
}

bool is_blank_at(std::string_view text, std::size_t i) {
  return i < text.size() && (text[i] == ' ' || text[i] == '\t');
}

/// Characters beyond the basic plane count as not printable, as in libyaml.
bool is_printable_at(std::string_view text, std::size_t i) {
  const unsigned char c = byte_at(text, i);
  const unsigned char next = byte_at(text, i + 1);
  if (c == '\n' || (c >= 0x20 && c <= 0x7E)) return true;
  if (c == 0xC2) return next >= 0xA0;
  if (c > 0xC2 && c < 0xED) return true;
  if (c == 0xED) return next < 0xA0;
  if (c == 0xEE) return true;
  if (c == 0xEF) {
    const unsigned char third = byte_at(text, i + 2);
    return !(next == 0xBB && third == 0xBF) && !(next == 0xBF && (third == 0xBE || third == 0xBF));
  }
  return false;
}

bool is_bom_at(std::string_view text, std::size_t i) { return text.substr(i).starts_with("\xEF\xBB\xBF"); }

}  // namespace

// -- structure -----------------------------------------------------------------------------------------------------

void Emitter::push_indent(bool is_indentless) {
  indents_.push_back(indent_);
  if (indent_ < 0) {
    indent_ = 0;
  } else if (!is_indentless) {
    indent_ += kIndent;
  }
}

void Emitter::pop_indent() {
  indent_ = indents_.back();
  indents_.pop_back();
}

void Emitter::begin_mapping() { push_indent(false); }
void Emitter::end_mapping() { pop_indent(); }
void Emitter::end_sequence() { pop_indent(); }

void Emitter::begin_sequence() { push_indent(!indents_sequences_ && is_in_mapping_ && !is_at_indention_); }

void Emitter::key(std::string_view text, Style style) {
  write_indent();
  const Analysis analysis = analyze(text);
  if (!analysis.is_multiline && text.size() <= kLongestKey) {
    write_scalar(text, style, true);
    indicator(":", false, false);
  } else {
    indicator("?", true, true);
    write_scalar(text, style, false);
    write_indent();
    indicator(":", true, true);
  }
  is_in_mapping_ = true;
}

void Emitter::item() {
  write_indent();
  indicator("-", true, true);
  is_in_mapping_ = false;
}

void Emitter::empty_mapping() {
  indicator("{", true, false);
  indicator("}", false, false);
}
void Emitter::empty_sequence() {
  indicator("[", true, false);
  indicator("]", false, false);
}
void Emitter::scalar(std::string_view text, Style style) { write_scalar(text, style, false); }

void Emitter::tag(std::string_view name) { indicator(name, true, false); }

void Emitter::begin_flow(char open) {
  indicator({&open, 1}, true, false);
  is_after_blank_ = true;  // no blank after the bracket
  ++flow_level_;
}

void Emitter::flow_next(bool is_first) {
  if (!is_first) indicator(",", false, false);
}

void Emitter::flow_key(std::string_view text, Style style) {
  write_scalar(text, style, true);
  indicator(":", false, false);
}

void Emitter::end_flow(char close) {
  --flow_level_;
  indicator({&close, 1}, false, false);
}

void Emitter::finish() {
  if (column_ > 0) put_break();
}

void Emitter::put(char c) {
  out_ += c;
  ++column_;
}

void Emitter::put_break() {
  out_ += '\n';
  column_ = 0;
}

void Emitter::write_indent() {
  const int indent = indent_ < 0 ? 0 : indent_;
  if (!is_at_indention_ || column_ > indent || (column_ == indent && !is_after_blank_)) put_break();
  if (column_ < indent) {
    out_.append(static_cast<std::size_t>(indent - column_), ' ');
    column_ = indent;
  }
  is_after_blank_ = true;
  is_at_indention_ = true;
}

void Emitter::indicator(std::string_view text, bool needs_blank, bool keeps_indention) {
  if (needs_blank && !is_after_blank_) put(' ');
  out_ += text;
  column_ += static_cast<int>(text.size());
  is_after_blank_ = false;
  is_at_indention_ = is_at_indention_ && keeps_indention;
}

void Emitter::copy_character(std::string_view text, std::size_t& i) {
  const std::size_t width = width_at(text, i);
  out_ += text.substr(i, width);
  ++column_;
  i += width;
}

// -- scalars -------------------------------------------------------------------------------------------------------

Emitter::Analysis Emitter::analyze(std::string_view text) const {
  Analysis out;
  if (text.empty()) {
    out.is_block_allowed = false;
    return out;
  }
  bool has_indicators = text.starts_with("---") || text.starts_with("...");
  bool has_breaks = false, has_tab = false, has_special = false, is_led = false, is_trailed = false;
  bool ends_in_space = false, has_break_space = false, has_space_break = false;
  bool was_space = false, was_break = false, is_after_blank = true;
  for (std::size_t i = 0, width = 0; i < text.size(); i += width) {
    width = width_at(text, i);
    const char c = text[i];
    const bool is_last = i + width >= text.size();
    const bool is_before_blank = is_last || is_blank_at(text, i + width);
    if (i == 0) {
      switch (c) {
        case '#':
        case ',':
        case '[':
        case ']':
        case '{':
        case '}':
        case '&':
        case '*':
        case '!':
        case '|':
        case '>':
        case '\'':
        case '"':
        case '%':
        case '@':
        case '`': has_indicators = true; break;
        case '?':
        case ':':
        case '-': has_indicators = has_indicators || is_before_blank; break;
        default: break;
      }
    } else if ((c == ':' && is_before_blank) || (c == '#' && is_after_blank)) {
      has_indicators = true;
    }
    if (c == '\t' && allows_tabs_) {
      has_tab = true;
    } else if (!is_printable_at(text, i)) {
      has_special = true;
    }
    const bool is_break = is_break_at(text, i);
    if (c == ' ') {
      is_led = is_led || i == 0;
      is_trailed = is_trailed || is_last;
      ends_in_space = ends_in_space || is_last;
      has_break_space = has_break_space || was_break;
    } else if (is_break) {
      has_breaks = true;
      is_led = is_led || i == 0;
      is_trailed = is_trailed || is_last;
      has_space_break = has_space_break || was_space;
    }
    was_space = c == ' ';
    was_break = is_break;
    is_after_blank = c == ' ' || c == '\t' || is_break || c == '\0';
  }
  out.is_multiline = has_breaks;
  out.is_plain_allowed = !has_indicators && !has_breaks && !has_tab && !has_special && !is_led && !is_trailed &&
                         !has_break_space && !has_space_break;
  out.is_single_quoted_allowed = !has_break_space && !has_space_break && !has_tab && !has_special;
  out.is_block_allowed = !ends_in_space && !has_space_break && !has_special;
  return out;
}

void Emitter::write_scalar(std::string_view text, Style style, bool is_key) {
  const Analysis analysis = analyze(text);
  if (is_key && analysis.is_multiline) style = Style::kDoubleQuoted;
  const bool is_plain_allowed = flow_level_ == 0 ? analysis.is_plain_allowed && !(text.empty() && is_key)
                                                 : !text.empty() && can_be_plain(text, true);
  if (style == Style::kPlain && !is_plain_allowed) style = Style::kSingleQuoted;
  if (style == Style::kSingleQuoted && !analysis.is_single_quoted_allowed) style = Style::kDoubleQuoted;
  if ((style == Style::kLiteral || style == Style::kFolded) &&
      (!analysis.is_block_allowed || is_key || flow_level_ > 0))
    style = Style::kDoubleQuoted;

  // Continuation lines of a scalar stand one step further in.
  indents_.push_back(indent_);
  indent_ = indent_ < 0 ? kIndent : indent_ + kIndent;
  switch (style) {
    case Style::kSingleQuoted: write_single_quoted(text, !is_key); break;
    case Style::kDoubleQuoted: write_double_quoted(text, !is_key); break;
    case Style::kLiteral: write_literal(text); break;
    case Style::kFolded: write_folded(text); break;
    default: write_plain(text, !is_key);
  }
  pop_indent();
}

void Emitter::write_plain(std::string_view text, bool may_break) {
  if (!text.empty() && !is_after_blank_) put(' ');
  bool was_space = false;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      if (may_break && fold_column_ > 0 && !was_space && column_ > fold_column_ && byte_at(text, i + 1) != ' ') {
        write_indent();
        ++i;
      } else {
        copy_character(text, i);
      }
      was_space = true;
    } else {
      copy_character(text, i);
      is_at_indention_ = false;
      was_space = false;
    }
  }
  is_after_blank_ = false;
  is_at_indention_ = false;
}

void Emitter::write_single_quoted(std::string_view text, bool may_break) {
  indicator("'", true, false);
  bool was_space = false, was_break = false;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      if (may_break && fold_column_ > 0 && !was_space && column_ > fold_column_ && i > 0 && i + 1 < text.size() &&
          text[i + 1] != ' ') {
        write_indent();
        ++i;
      } else {
        copy_character(text, i);
      }
      was_space = true;
    } else if (is_break_at(text, i)) {
      if (!was_break && text[i] == '\n') put_break();
      if (text[i] == '\n') {
        put_break();
        ++i;
      } else {
        copy_character(text, i);
        column_ = 0;
      }
      is_at_indention_ = true;
      was_break = true;
    } else {
      if (was_break) write_indent();
      if (text[i] == '\'') put('\'');
      copy_character(text, i);
      is_at_indention_ = false;
      was_space = false;
      was_break = false;
    }
  }
  indicator("'", false, false);
  is_after_blank_ = false;
  is_at_indention_ = false;
}

void Emitter::write_double_quoted(std::string_view text, bool may_break) {
  indicator("\"", true, false);
  bool was_space = false;
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = byte_at(text, i);
    if (!is_printable_at(text, i) || is_bom_at(text, i) || is_break_at(text, i) || c == '"' || c == '\\') {
      const std::size_t width = width_at(text, i);
      std::uint32_t point = width == 1 ? c : width == 2 ? c & 0x1FU : width == 3 ? c & 0x0FU : c & 0x07U;
      for (std::size_t k = 1; k < width; ++k) point = point << 6 | (byte_at(text, i + k) & 0x3FU);
      i += width;
      put('\\');
      switch (point) {
        case 0x00: put('0'); break;
        case 0x07: put('a'); break;
        case 0x08: put('b'); break;
        case 0x09: put('t'); break;
        case 0x0A: put('n'); break;
        case 0x0B: put('v'); break;
        case 0x0C: put('f'); break;
        case 0x0D: put('r'); break;
        case 0x1B: put('e'); break;
        case 0x22: put('"'); break;
        case 0x5C: put('\\'); break;
        case 0x85: put('N'); break;
        case 0xA0: put('_'); break;
        case 0x2028: put('L'); break;
        case 0x2029: put('P'); break;
        default: {
          const int digits = point <= 0xFF ? 2 : point <= 0xFFFF ? 4 : 8;
          put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
          for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) put("0123456789ABCDEF"[point >> shift & 0x0F]);
        }
      }
      was_space = false;
    } else if (c == ' ') {
      if (may_break && fold_column_ > 0 && !was_space && column_ > fold_column_ && i > 0 && i + 1 < text.size()) {
        write_indent();
        if (byte_at(text, i + 1) == ' ') put('\\');
        ++i;
      } else {
        copy_character(text, i);
      }
      was_space = true;
    } else {
      copy_character(text, i);
      was_space = false;
    }
  }
  indicator("\"", false, false);
  is_after_blank_ = false;
  is_at_indention_ = false;
}

void Emitter::write_block_header(char kind, std::string_view text) {
  indicator({&kind, 1}, true, false);
  if (text.front() == ' ' || is_break_at(text, 0)) indicator("2", false, false);
  // No break at the end, one, or several.
  std::size_t last = text.size() - 1;
  while ((byte_at(text, last) & 0xC0) == 0x80) --last;
  if (!is_break_at(text, last)) {
    indicator("-", false, false);
  } else if (last == 0) {
    indicator("+", false, false);
  } else {
    --last;
    while ((byte_at(text, last) & 0xC0) == 0x80) --last;
    if (is_break_at(text, last)) indicator("+", false, false);
  }
}

void Emitter::write_folded(std::string_view text) {
  write_block_header('>', text);
  is_after_blank_ = true;
  bool was_break = true, is_led_by_blank = true;
  put_break();
  is_at_indention_ = true;
  for (std::size_t i = 0; i < text.size();) {
    if (is_break_at(text, i)) {
      // The original looks at the beginning of the text here, not at what follows.
      if (!was_break && !is_led_by_blank && text[i] == '\n' && !is_blank_at(text, text.find_first_not_of("\n\r")))
        put_break();
      if (text[i] == '\n') {
        put_break();
        ++i;
      } else {
        copy_character(text, i);
        column_ = 0;
      }
      is_at_indention_ = true;
      was_break = true;
    } else {
      if (was_break) {
        write_indent();
        is_led_by_blank = is_blank_at(text, i);
      }
      copy_character(text, i);
      is_at_indention_ = false;
      was_break = false;
    }
  }
}

void Emitter::write_literal(std::string_view text) {
  write_block_header('|', text);
  put_break();
  is_at_indention_ = true;
  is_after_blank_ = true;
  bool was_break = true;
  for (std::size_t i = 0; i < text.size();) {
    if (is_break_at(text, i)) {
      if (text[i] == '\n') {
        put_break();
        ++i;
      } else {
        copy_character(text, i);
        column_ = 0;
      }
      is_at_indention_ = true;
      was_break = true;
    } else {
      if (was_break) write_indent();
      const std::size_t end = std::min(text.find('\n', i), text.size());
      // ASCII runs need no look at each character.
      std::size_t run = i;
      while (run < end && byte_at(text, run) < 0x80 && text[run] != '\r') ++run;
      if (run > i) {
        out_ += text.substr(i, run - i);
        column_ += static_cast<int>(run - i);
        i = run;
      } else {
        copy_character(text, i);
      }
      is_at_indention_ = false;
      was_break = false;
    }
  }
}

bool can_be_plain(std::string_view text, bool is_in_flow) {
  if (text.empty()) return !is_in_flow;
  // Nearly all texts: letters, digits and a few marks that mean nothing to YAML.
  const bool is_harmless = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '/' ||
           c == '_';
  });
  if (is_harmless && !text.starts_with("...")) return true;
  bool is_after_blank = true;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  for (std::size_t i = 0, width = 0; i < text.size(); i += width) {
    width = width_at(text, i);
    const char c = text[i];
    const bool is_last = i + width >= text.size();
    const bool is_before_blank = is_last || is_blank_at(text, i + width);
    if (i == 0) {
      if (std::string_view{"#,[]{}&*!|>'\"%@`"}.find(c) != std::string_view::npos) return false;
      if ((c == '?' || c == ':') && (is_in_flow || is_before_blank)) return false;
      if (c == '-' && is_before_blank) return false;
    } else {
      if (is_in_flow && std::string_view{",?[]{}:"}.find(c) != std::string_view::npos) return false;
      if (c == ':' && is_before_blank) return false;
      if (c == '#' && is_after_blank) return false;
    }
    if (!is_printable_at(text, i) || is_break_at(text, i)) return false;
    if (c == ' ' && (i == 0 || is_last)) return false;
    is_after_blank = c == ' ' || c == '\t';
  }
  return true;
}

bool stays_block(std::string_view text) {
  if (text.ends_with(' ')) return false;
  for (std::size_t i = 0; i < text.size(); i += width_at(text, i)) {
    if (text[i] != '\t' && !is_printable_at(text, i)) return false;
    if (text[i] == ' ' && is_break_at(text, i + 1)) return false;
  }
  return true;
}

std::string reread_folded(std::string_view text) {
  const std::size_t inner = text.find('\n');
  if (inner == text.npos || inner + 1 == text.size()) return std::string{text};
  // Only a text that begins with a letter gets empty lines before the lines that are indented further.
  const bool begins_with_blank = is_blank_at(text, text.find_first_not_of("\n\r"));
  std::string printed = "k: >";
  if (text.front() == ' ' || text.front() == '\n') printed += '2';
  if (text.back() != '\n') {
    printed += '-';
  } else if (text[text.size() - 2] == '\n') {
    printed += '+';
  }
  printed += '\n';
  bool was_break = true, is_led_by_blank = true;
  for (const char c : text) {
    if (c == '\n') {
      if (!was_break && !is_led_by_blank && !begins_with_blank) printed += '\n';
      printed += '\n';
      was_break = true;
    } else {
      if (was_break) {
        printed += "  ";
        is_led_by_blank = c == ' ' || c == '\t';
      }
      printed += c;
      was_break = false;
    }
  }
  Arena arena;
  const auto read = parse_first(printed, arena);
  if (!read || *read == nullptr || (*read)->find("k") == nullptr) return std::string{text};
  return std::string{(*read)->find("k")->value};
}

}  // namespace weir::yaml
