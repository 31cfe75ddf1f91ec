#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/helm/functions/go_time.hpp"
#include "pkg/helm/functions/toml_text.hpp"
#include "pkg/template/functions.hpp"
#include "pkg/template/numbers.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

using templates::Kind;
using templates::Value;

constexpr int kDeepest = 200;

struct Problem {
  std::string message;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_bare(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }

std::string shown(char c) { return templates::quote_rune(static_cast<unsigned char>(c)); }

/// Where the value of a key comes from: headers may open a table again that only they or dotted keys made.
enum class Origin { kImplied, kHeader, kDotted, kValue };

using Keys = std::vector<std::string>;

class Reader {
 public:
  Reader(std::string_view text, templates::Budget& budget) : text_{text}, budget_{budget} {}

  Value run() {
    Value root = Value::map();
    table_ = root;
    while (!is_done()) {
      skip_blanks();
      if (is_done()) break;
      if (peek() == '\n' || peek() == '\r' || peek() == '#') {
        end_line();
      } else if (peek() == '[') {
        header(root);
      } else {
        pair(table_);
        last_key_ = header_;
        end_line();
      }
    }
    return root;
  }

  std::string describe(const Problem& problem) const {
    if (last_key_.empty()) return text::cat("toml: line ", line_, ": ", problem.message);
    return text::cat("toml: line ", line_, " (last key ", templates::quote(last_key_), "): ", problem.message);
  }

 private:
  bool is_done() const { return at_ >= text_.size(); }
  char peek() const { return is_done() ? '\0' : text_[at_]; }
  bool starts(std::string_view what) const { return text_.substr(std::min(at_, text_.size())).starts_with(what); }
  char next() {
    const char c = peek();
    if (c == '\n') ++line_;
    ++at_;
    return c;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  void skip_comment() {
    if (peek() == '#') {
      while (!is_done() && peek() != '\n') ++at_;
    }
  }
  /// Blanks, comments and line breaks, as inside of arrays.
  void skip_lines() {
    for (;;) {
      skip_blanks();
      skip_comment();
      if (starts("\r\n")) ++at_;
      if (peek() != '\n' || is_done()) return;
      next();
    }
  }
  void end_line() {
    skip_blanks();
    skip_comment();
    if (starts("\r\n")) ++at_;
    if (is_done()) return;
    if (peek() != '\n') {
      throw Problem{text::cat(
          "expected a top-level item to end with a newline, comment, or EOF, but got ", shown(peek()), " instead"
      )};
    }
    next();
  }

  std::string key_part() {
    if (peek() == '"') return basic_string();
    if (peek() == '\'') return literal_string();
    std::string out;
    while (!is_done() && is_bare(peek())) out += next();
    if (!out.empty()) return out;
    if (is_done()) throw Problem{"unexpected EOF; expected key separator '='"};
    if (peek() == '=') throw Problem{"unexpected '=': key name appears blank"};
    if (peek() == '.') throw Problem{"unexpected '.': key name appears blank"};
    throw Problem{text::cat("invalid character in key name: ", shown(peek()))};
  }

  Keys keys() {
    Keys out;
    for (;;) {
      skip_blanks();
      out.push_back(key_part());
      skip_blanks();
      if (peek() != '.') break;
      ++at_;
    }
    if (out.size() > static_cast<std::size_t>(kDeepest)) throw Problem{"key nested too deep"};
    return out;
  }

  static std::string joined(const Keys& keys) { return text::join(keys, "."); }

  Origin& origin_of(const Value& table, const std::string& key) { return origins_[{&table.as_map(), key}]; }

  /// The table below a key, made when it is missing; of an array of tables the last one.
  Value step(const Value& table, const std::string& key, Origin origin) {
    budget_.spend(1);
    templates::Map& map = table.as_map();
    const Value* found = map.find(key);
    if (found == nullptr) {
      Value made = Value::map();
      map.set(key, made);
      origin_of(table, key) = origin;
      return made;
    }
    if (found->kind() == Kind::kMap && origin_of(table, key) != Origin::kValue) return *found;
    if (found->kind() == Kind::kList && found->as_list().type == "[]map[string]interface {}")
      return found->as_list().items.back();
    throw Problem{text::cat("Key '", last_key_, "' has already been defined.")};
  }

  void header(const Value& root) {
    last_key_.clear();
    ++at_;
    const bool is_array = peek() == '[';
    if (is_array) ++at_;
    skip_blanks();
    if (peek() == ']') throw Problem{"unexpected end of table name (table names cannot be empty)"};
    const Keys path = keys();
    for (int i = 0; i < (is_array ? 2 : 1); ++i) {
      if (peek() != ']')
        throw Problem{text::cat("expected '.' or ']' to end table name, but got ", shown(peek()), " instead")};
      ++at_;
    }
    const std::string name = joined(path);
    Value table = root;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) table = step(table, path[i], Origin::kImplied);
    const std::string& last = path.back();
    const Value* found = table.as_map().find(last);
    if (is_array) {
      Value made = Value::map();
      if (found == nullptr) {
        table.as_map().set(last, Value::list({made}, "[]map[string]interface {}"));
      } else if (found->kind() == Kind::kList && found->as_list().type == "[]map[string]interface {}") {
        found->as_list().items.push_back(made);
      } else {
        throw Problem{text::cat("Key '", name, "' was already created and cannot be used as an array.")};
      }
      table_ = made;
    } else {
      if (found != nullptr) {
        if (found->kind() != Kind::kMap || origin_of(table, last) != Origin::kImplied)
          throw Problem{text::cat("Key '", name, "' has already been defined.")};
      }
      table_ = step(table, last, Origin::kHeader);
      origin_of(table, last) = Origin::kHeader;
    }
    header_ = prefix_ = last_key_ = name;
    end_line();
  }

  void pair(const Value& table) {
    const Keys path = keys();
    if (peek() != '=') {
      if (is_done()) throw Problem{"unexpected EOF; expected key separator '='"};
      throw Problem{text::cat("expected '.' or '=', but got ", shown(peek()), " instead")};
    }
    last_key_ = prefix_.empty() ? joined(path) : text::cat(prefix_, ".", joined(path));
    ++at_;
    skip_blanks();
    Value inner = table;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) inner = step(inner, path[i], Origin::kDotted);
    if (inner.as_map().find(path.back()) != nullptr)
      throw Problem{text::cat("Key '", last_key_, "' has already been defined.")};
    const std::string outer = std::exchange(prefix_, last_key_);
    Value read = value(0);
    prefix_ = outer;
    inner.as_map().set(path.back(), std::move(read));
    origin_of(inner, path.back()) = Origin::kValue;
  }

  Value value(int depth) {
    budget_.spend(1);
    if (depth > kDeepest) throw Problem{"value nested too deep"};
    if (is_done()) throw Problem{"unexpected EOF; expected value"};
    const char c = peek();
    if (c == '[') return array(depth);
    if (c == '{') return inline_table(depth);
    if (starts("\"\"\"")) return long_string("\"\"\"");
    if (starts("'''")) return long_string("'''");
    if (c == '"') return basic_string();
    if (c == '\'') return literal_string();
    if (c == '\n') throw Problem{"expected value but found '\\n' instead"};
    const std::size_t begin = at_;
    while (!is_done() && std::string_view{" \t\r\n,]}#"}.find(peek()) == std::string_view::npos) ++at_;
    // A date and a time may be parted by a blank.
    if (at_ - begin == 10 && peek() == ' ' && at_ + 3 < text_.size() && is_digit(text_[at_ + 1]) &&
        text_[at_ + 3] == ':') {
      ++at_;
      while (!is_done() && std::string_view{" \t\r\n,]}#"}.find(peek()) == std::string_view::npos) ++at_;
    }
    return scalar(text_.substr(begin, at_ - begin));
  }

  static std::string without_underscores(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '_') continue;
      const bool is_between = i > 0 && i + 1 < text.size() && text[i - 1] != '_' && text[i + 1] != '_';
      if (!is_between)
        throw Problem{
            text::cat("Invalid integer ", templates::quote(text), ": underscores must be surrounded by digits")};
    }
    std::string out{text};
    std::erase(out, '_');
    return out;
  }

  Value scalar(std::string_view word) {
    if (word == "true") return true;
    if (word == "false") return false;
    if (word == "inf" || word == "+inf") return Value::real(std::numeric_limits<double>::infinity());
    if (word == "-inf") return Value::real(-std::numeric_limits<double>::infinity());
    if (word == "nan" || word == "+nan" || word == "-nan") return Value::real(std::numeric_limits<double>::quiet_NaN());
    if (word.size() >= 8 && is_digit(word[0]) && (word[4] == '-' || word[2] == ':')) return time(word);
    const char first = word.empty()                       ? '\0'
                       : word[0] == '+' || word[0] == '-' ? (word.size() > 1 ? word[1] : '\0')
                                                          : word[0];
    if (first == '.') throw Problem{"floats must start with a digit, not '.'"};
    if (!is_digit(first)) {
      if (word.empty()) throw Problem{text::cat("expected value but found ", shown(peek()), " instead")};
      throw Problem{text::cat("expected value but found ", templates::quote(word), " instead")};
    }
    const bool has_prefix = word.size() > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'o' || word[1] == 'b');
    if (!has_prefix && word.find_first_of(".eE") != word.npos) {
      const auto number = templates::parse_real(without_underscores(word));
      if (word.ends_with('.')) {
        throw Problem{
            text::cat("Invalid float ", templates::quote(word), ": '.' must be followed by one or more digits")};
      }
      if (!number) throw Problem{text::cat("Invalid float value: ", templates::quote(word))};
      return Value::real(*number);
    }
    std::string digits = without_underscores(word);
    if (digits.starts_with('+')) digits.erase(0, 1);
    const std::size_t sign = digits.starts_with('-') ? 1 : 0;
    if (!has_prefix && digits.size() > sign + 1 && digits[sign] == '0')
      throw Problem{text::cat("Invalid integer ", templates::quote(word), ": cannot have leading zeroes")};
    const auto number = templates::parse_integer(digits, has_prefix ? 0 : 10);
    if (!number.is_good()) throw Problem{text::cat("expected value but found ", templates::quote(word), " instead")};
    return Value::integer(number.value, Kind::kInt64);
  }

  Value time(std::string_view word) {
    static constexpr std::string_view kLayouts[] = {
        "2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02", "15:04:05.999999999"};
    std::string spelled{word};
    for (char& c : spelled) {
      if (c == 't' || c == ' ') c = 'T';
      if (c == 'z') c = 'Z';
    }
    for (const auto layout : kLayouts) {
      const auto parsed = parse_time(layout, spelled, nullptr_zone());
      if (parsed) return format_time(*parsed, kLayouts[0]);
    }
    throw Problem{text::cat("invalid datetime: ", templates::quote(word))};
  }
  static const std::shared_ptr<const Zone>& nullptr_zone() {
    static const auto kUtc = std::make_shared<const Zone>();
    return kUtc;
  }

  Value array(int depth) {
    ++at_;
    Value::Items items;
    for (;;) {
      skip_lines();
      if (is_done()) throw Problem{"unexpected EOF; expected value"};
      if (peek() == ']') break;
      if (peek() == ',') throw Problem{"unexpected ','"};
      items.push_back(value(depth + 1));
      skip_lines();
      if (peek() == ',') {
        ++at_;
        continue;
      }
      if (peek() != ']') {
        const std::string got = is_done() ? "end of file" : shown(peek());
        throw Problem{text::cat("expected a comma (',') or array terminator (']'), but got ", got)};
      }
    }
    ++at_;
    return Value::list(std::move(items));
  }

  Value inline_table(int depth) {
    ++at_;
    if (depth > kDeepest || ++inline_depth_ > kDeepest) throw Problem{"value nested too deep"};
    Value out = Value::map();
    for (skip_blanks(); peek() != '}'; skip_blanks()) {
      pair(out);
      skip_blanks();
      if (peek() == ',') {
        ++at_;
      } else if (peek() != '}') {
        const std::string got = is_done() ? "end of file" : shown(peek());
        throw Problem{text::cat("expected a comma or an inline table terminator '}', but got ", got, " instead")};
      }
    }
    ++at_;
    --inline_depth_;
    return out;
  }

  std::string literal_string() {
    ++at_;
    std::string out;
    while (peek() != '\'' || is_done()) {
      if (is_done()) throw Problem{"unexpected EOF; expected \"'\""};
      if (peek() == '\n') throw Problem{"strings cannot contain newlines"};
      out += next();
    }
    ++at_;
    return out;
  }

  std::string basic_string() {
    ++at_;
    std::string out;
    for (;;) {
      if (is_done()) throw Problem{"unexpected EOF; expected '\"'"};
      const char c = next();
      if (c == '"') return out;
      if (c == '\n') throw Problem{"strings cannot contain newlines"};
      if (c == '\\') {
        escape(out);
      } else {
        out += c;
      }
    }
  }

  std::string long_string(std::string_view quotes) {
    at_ += 3;
    if (starts("\r\n")) ++at_;
    if (peek() == '\n') next();
    std::string out;
    for (;;) {
      if (is_done()) throw Problem{text::cat("unexpected EOF; expected ", templates::quote(quotes))};
      if (starts(quotes)) {
        at_ += 3;
        // Up to two more quotes belong to the text.
        for (int i = 0; i < 2 && peek() == quotes[0]; ++i) out += next();
        return out;
      }
      const char c = next();
      if (c != '\\' || quotes[0] != '"') {
        if (c != '\r' || peek() != '\n') out += c;
        continue;
      }
      std::size_t end = at_;
      while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t' || text_[end] == '\r')) ++end;
      if (end < text_.size() && text_[end] == '\n') {
        while (!is_done() && std::string_view{" \t\r\n"}.find(peek()) != std::string_view::npos) next();
      } else {
        escape(out);
      }
    }
  }

  void escape(std::string& out) {
    if (is_done()) throw Problem{"unexpected EOF; expected '\"'"};
    const char c = next();
    switch (c) {
      case 'b': out += '\b'; return;
      case 't': out += '\t'; return;
      case 'n': out += '\n'; return;
      case 'f': out += '\f'; return;
      case 'r': out += '\r'; return;
      case 'e': out += '\x1b'; return;
      case '"':
      case '\\': out += c; return;
      case 'x': return code_point(out, 2);
      case 'u': return code_point(out, 4);
      case 'U': return code_point(out, 8);
      default: throw Problem{text::cat("invalid escape in string '\\", c, "'")};
    }
  }

  void code_point(std::string& out, int digits) {
    std::uint32_t rune = 0;
    for (int i = 0; i < digits; ++i) {
      const char c = is_done() ? '\0' : next();
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0)
        throw Problem{
            text::cat("expected ", digits, " hexadecimal digits after '\\u', but got ", shown(c), " instead")};
      rune = rune << 4U | static_cast<std::uint32_t>(digit);
    }
    if (rune > templates::unicode::kLast || (rune >= 0xd800 && rune < 0xe000))
      throw Problem{"Escaped character is not valid UTF-8."};
    templates::unicode::append(out, rune);
  }

  std::string_view text_;
  templates::Budget& budget_;
  std::size_t at_ = 0;
  int line_ = 1;
  int inline_depth_ = 0;
  std::string last_key_;
  std::string header_;
  std::string prefix_;  // of the keys that are read now
  Value table_;
  std::map<std::pair<const templates::Map*, std::string>, Origin> origins_;
};

}  // namespace

Result<Value> read_toml(std::string_view text, templates::Budget& budget) {
  Reader reader{text, budget};
  try {
    return reader.run();
  } catch (const Problem& problem) {
    return InputError{"", reader.describe(problem)};
  }
}

}  // namespace weir::helm
