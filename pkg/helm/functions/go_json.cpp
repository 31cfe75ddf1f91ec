#include "pkg/helm/functions/go_json.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/template/functions.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

using templates::Value;

constexpr int kDeepest = 1000;

struct Problem {
  std::string message;
};

bool is_digit(int c) { return c >= '0' && c <= '9'; }

class Reader {
 public:
  Reader(std::string_view text, templates::Budget& budget) : text_{text}, budget_{budget} {}

  Value run() {
    Value out = value();
    skip_blanks();
    if (at_ < text_.size()) refuse("after top-level value");
    return out;
  }

 private:
  /// The next byte; at the end of the text there is no good one.
  int peek() const {
    if (at_ >= text_.size()) throw Problem{"unexpected end of JSON input"};
    return static_cast<unsigned char>(text_[at_]);
  }

  /// Inside of a literal, number or escape the end of the text counts as a blank, which is none of them.
  int peek_inside() const { return at_ >= text_.size() ? ' ' : static_cast<unsigned char>(text_[at_]); }

  [[noreturn]] void refuse(std::string_view context) const {
    const int c = peek_inside();
    std::string shown;
    if (c == '\'') {
      shown = R"('\'')";
    } else if (c == '"') {
      shown = R"('"')";
    } else {
      std::string character;
      templates::unicode::append(character, static_cast<templates::unicode::Rune>(c));
      const std::string quoted = templates::quote(character);
      shown = text::cat("'", std::string_view{quoted}.substr(1, quoted.size() - 2), "'");
    }
    throw Problem{text::cat("invalid character ", shown, " ", context)};
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  Value value() {
    budget_.spend(1);
    skip_blanks();
    switch (peek()) {
      case '{': return object();
      case '[': return array();
      case '"': return string();
      case 't': return literal("true", Value{true});
      case 'f': return literal("false", Value{false});
      case 'n': return literal("null", Value::nil());
      case '-': return number();
      default:
        if (!is_digit(peek())) refuse("looking for beginning of value");
        return number();
    }
  }

  void enter() {
    if (++depth_ > kDeepest) throw Problem{"exceeded max depth"};
    ++at_;
    skip_blanks();
  }

  Value object() {
    enter();
    Value out = Value::map();
    if (peek() == '}') return leave(std::move(out));
    for (;;) {
      if (peek() != '"') refuse("looking for beginning of object key string");
      std::string key = string();
      skip_blanks();
      if (peek() != ':') refuse("after object key");
      ++at_;
      out.as_map().set(std::move(key), value());
      skip_blanks();
      if (peek() == '}') return leave(std::move(out));
      if (peek() != ',') refuse("after object key:value pair");
      ++at_;
      skip_blanks();
    }
  }

  Value array() {
    enter();
    Value::Items items;
    if (peek() == ']') return leave(Value::list(std::move(items)));
    for (;;) {
      items.push_back(value());
      skip_blanks();
      if (peek() == ']') return leave(Value::list(std::move(items)));
      if (peek() != ',') refuse("after array element");
      ++at_;
    }
  }

  Value leave(Value out) {
    ++at_;
    --depth_;
    return out;
  }

  Value literal(std::string_view word, Value meaning) {
    ++at_;
    for (std::size_t i = 1; i < word.size(); ++i, ++at_) {
      if (peek_inside() != word[i]) refuse(text::cat("in literal ", word, " (expecting '", word[i], "')"));
    }
    return meaning;
  }

  void digits(std::string_view context) {
    if (!is_digit(peek_inside())) refuse(context);
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  }

  Value number() {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    if (peek_inside() == '0') {
      ++at_;
    } else {
      digits("in numeric literal");
    }
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      digits("after decimal point in numeric literal");
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (peek_inside() == '+' || peek_inside() == '-') ++at_;
      digits("in exponent of numeric literal");
    }
    const auto spelled = text_.substr(begin, at_ - begin);
    const auto read = templates::parse_real(spelled);
    if (!read) too_large_ = spelled;
    return Value::real(read.value_or(0));
  }

  std::uint32_t hex4() {
    std::uint32_t out = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const int c = peek_inside();
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) refuse("in \\u hexadecimal character escape");
      out = out << 4U | static_cast<std::uint32_t>(digit);
    }
    return out;
  }

  void escape(std::string& out) {
    ++at_;
    const int c = peek_inside();
    ++at_;
    switch (c) {
      case 'b': out += '\b'; return;
      case 'f': out += '\f'; return;
      case 'n': out += '\n'; return;
      case 'r': out += '\r'; return;
      case 't': out += '\t'; return;
      case '"':
      case '\\':
      case '/': out += static_cast<char>(c); return;
      case 'u': break;
      default: --at_; refuse("in string escape code");
    }
    std::uint32_t rune = hex4();
    if (rune >= 0xd800 && rune < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
      const std::size_t before = at_;
      at_ += 2;
      const std::uint32_t low = hex4();
      if (low >= 0xdc00 && low < 0xe000) {
        rune = 0x10000 + ((rune - 0xd800) << 10U) + (low - 0xdc00);
      } else {
        at_ = before;
      }
    }
    if (rune >= 0xd800 && rune < 0xe000) rune = templates::unicode::kReplacement;
    templates::unicode::append(out, rune);
  }

  std::string string() {
    ++at_;
    std::string out;
    for (;;) {
      const int c = peek();
      if (c == '"') break;
      if (c < ' ') refuse("in string literal");
      if (c == '\\') {
        escape(out);
      } else if (c < 0x80) {
        out += static_cast<char>(c);
        ++at_;
      } else {
        const auto next = templates::unicode::decode(text_.substr(at_));
        templates::unicode::append(out, next.rune);
        at_ += next.size;
      }
    }
    ++at_;
    return out;
  }

 public:
  std::string_view too_large_number() const { return too_large_; }

 private:
  std::string_view text_;
  templates::Budget& budget_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string_view too_large_;
};

}  // namespace

Result<Value> read_go_json(std::string_view text, templates::Budget& budget) {
  Reader reader{text, budget};
  try {
    Value out = reader.run();
    if (!reader.too_large_number().empty()) {
      return InputError{
          "", text::cat("json: cannot unmarshal number ", reader.too_large_number(), " into Go value of type float64")};
    }
    return out;
  } catch (const Problem& problem) {
    return InputError{"", problem.message};
  }
}

std::string cannot_unmarshal(const Value& value, std::string_view go_type) {
  std::string_view kind = "object";
  switch (value.kind()) {
    case templates::Kind::kBool: kind = "bool"; break;
    case templates::Kind::kString: kind = "string"; break;
    case templates::Kind::kFloat64: kind = "number"; break;
    case templates::Kind::kList: kind = "array"; break;
    default: break;
  }
  return text::cat("json: cannot unmarshal ", kind, " into Go value of type ", go_type);
}

}  // namespace weir::helm
