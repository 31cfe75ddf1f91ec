#include "pkg/helm/values/set_line.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/values/number.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/helm/values/tables.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::helm {

using json::Value;
namespace unicode = templates::unicode;

namespace {

constexpr std::int64_t kLargestIndex = 65536;
constexpr int kDeepestName = 30;
constexpr int kDeepestList = 1000;
constexpr std::size_t kMostItems = 1'000'000;

/// Private to this file.
struct Refused {
  std::string message;
};

/// The line is read to its end. Helm takes that for the end of its work, wherever it happens.
struct AtEnd {};

std::string_view go_type(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: return "nil";
    case Value::Kind::kBool: return "bool";
    case Value::Kind::kString: return "string";
    case Value::Kind::kNumber: return is_int64(value.as_number()) ? "int64" : "float64";
    case Value::Kind::kArray: return "[]interface {}";
    default: return "map[string]interface {}";
  }
}

[[noreturn]] void refuse_type(const Value& value, std::string_view wanted) {
  throw Refused{
      text::cat("unable to parse key: interface conversion: interface {} is ", go_type(value), ", not ", wanted)};
}

/// Where the JSON value at the beginning of a text ends; the text's size when it does not end.
std::size_t json_end(std::string_view text) {
  std::size_t depth = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        is_quoted = false;
        if (depth == 0) return i + 1;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth <= 1) return i + 1;
      --depth;
    } else if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      return i;
    }
  }
  return text.size();
}

/// ['a' 'b']
std::string quoted_runes(std::string_view text) {
  std::string out = "[";
  while (!text.empty()) {
    const auto decoded = unicode::decode(text);
    text::append(out, out.size() == 1 ? "" : " ", templates::quote_rune(decoded.rune));
    text.remove_prefix(decoded.size);
  }
  return out + "]";
}

class Setter {
 public:
  Setter(std::string_view line, SetKind kind, const ReadFile& read) : rest_{line}, kind_{kind}, read_{read} {}

  void run(Value& values) {
    for (;;) {
      try {
        key(values, 0);
      } catch (const AtEnd&) {
        return;
      }
    }
  }

 private:
  /// What stands before one of the marks. `mark` is 0 at the end of the line.
  struct Piece {
    std::string text;
    char mark = 0;
  };

  Piece until(std::string_view marks) {
    Piece piece;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (marks.find(c) != marks.npos) {
        piece.mark = c;
        rest_.remove_prefix(1);
        return piece;
      }
      if (c == '\\' && kind_ != SetKind::kLiteral) {
        rest_.remove_prefix(1);
        if (rest_.empty()) return piece;
      }
      const auto decoded = unicode::decode(rest_);
      unicode::append(piece.text, decoded.rune);
      rest_.remove_prefix(decoded.size);
    }
    return piece;
  }

  static void set(Value& table, const std::string& name, Value value) {
    if (!name.empty()) set_key(table, name, std::move(value));
  }

  void key(Value& table, int level) {
    const Piece name = until(kind_ == SetKind::kLiteral ? "=[." : "=[,.");
    switch (name.mark) {
      case '[': return list_key(table, name.text, level);
      case '.': return table_key(table, name.text, level + 1);
      case '=': return set_value(table, name.text);
      case ',': throw Refused{text::cat("key ", templates::quote(name.text), " has no value (cannot end with ,)")};
      default: break;
    }
    if (name.text.empty()) throw AtEnd{};
    throw Refused{text::cat("key ", templates::quote(name.text), " has no value")};
  }

  void set_value(Value& table, const std::string& name) {
    bool is_at_end = false;
    Value value = take_value(is_at_end);
    set(table, name, std::move(value));
    if (is_at_end) throw AtEnd{};
  }

  void list_key(Value& table, const std::string& name, int level) {
    const std::int64_t index = take_index();
    Value* list = find_key(table, name);
    Value made = Value::array();
    if (list != nullptr && !list->is_array()) refuse_type(*list, "[]interface {}");
    if (list == nullptr) list = &made;
    try {
      item(list->as_array(), index, level, 0);
    } catch (const AtEnd&) {
      if (list == &made) set(table, name, std::move(made));
      throw;
    }
    if (list == &made) set(table, name, std::move(made));
  }

  void table_key(Value& table, const std::string& name, int level) {
    if (level > kDeepestName)
      throw Refused{
          text::cat("value name nested level is greater than maximum supported nested level of ", kDeepestName)};
    Value made = Value::object();
    Value* inner = find_key(table, name);
    if (inner != nullptr && !inner->is_object()) refuse_type(*inner, "map[string]interface {}");
    if (inner == nullptr) inner = &made;
    try {
      key(*inner, level);
    } catch (const AtEnd&) {
      if (inner == &made && !made.empty()) set(table, name, std::move(made));
      throw;
    }
    if (inner->empty()) throw Refused{text::cat("key map ", templates::quote(name), " has no value")};
    if (inner == &made) set(table, name, std::move(made));
  }

  std::int64_t take_index() {
    const Piece piece = until("]");
    // Go wraps the end of the line in an error, and still takes it for the end.
    if (piece.mark == 0) throw AtEnd{};
    std::string_view digits = piece.text;
    if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    const bool is_number = !digits.empty() && end == digits.data() + digits.size();
    if (is_number && error == std::errc{}) return index;
    throw Refused{text::cat(
        "error parsing index: strconv.Atoi: parsing ",
        templates::quote(piece.text),
        error == std::errc::result_out_of_range ? ": value out of range" : ": invalid syntax"
    )};
  }

  void item(Value::Array& list, std::int64_t index, int level, int list_level) {
    if (index < 0) throw Refused{text::cat("negative ", index, " index not allowed")};
    if (list_level > kDeepestList) throw Refused{text::cat("lists nest deeper than ", kDeepestList, " levels")};
    const Piece piece = until("[.=");
    if (!piece.text.empty())
      throw Refused{text::cat("unexpected data at end of array index: ", quoted_runes(piece.text))};
    const auto place = static_cast<std::size_t>(index);
    switch (piece.mark) {
      case '=': {
        bool is_at_end = false;
        return set_item(list, index, take_value(is_at_end));
      }
      case '[': {
        const std::int64_t next = take_index();
        Value inner = Value::array();
        if (place < list.size() && !list[place].is_null()) {
          if (!list[place].is_array()) refuse_type(list[place], "[]interface {}");
          inner = list[place];
        }
        item(inner.as_array(), next, level, list_level + 1);
        return set_item(list, index, std::move(inner));
      }
      case '.': {
        if (place < list.size()) {
          if (!list[place].is_object()) list[place] = Value::object();
          return key(list[place], level);
        }
        Value inner = Value::object();
        key(inner, level);
        return set_item(list, index, std::move(inner));
      }
      default: throw AtEnd{};
    }
  }

  void set_item(Value::Array& list, std::int64_t index, Value value) {
    if (index > kLargestIndex)
      throw Refused{text::cat("index of ", index, " is greater than maximum supported index of ", kLargestIndex)};
    const auto place = static_cast<std::size_t>(index);
    if (place >= list.size()) {
      made_items_ += place + 1 - list.size();
      if (made_items_ > kMostItems) throw Refused{text::cat("the lists have more than ", kMostItems, " items")};
      list.resize(place + 1);
    }
    list[place] = std::move(value);
  }

  /// What stands behind '='. @param is_at_end  set when nothing does, which ends Helm's work
  Value take_value(bool& is_at_end) {
    if (kind_ == SetKind::kJson) return take_json();
    if (kind_ == SetKind::kLiteral) return Value{until("").text};
    if (rest_.empty()) {
      is_at_end = true;
      return Value{""};
    }
    if (rest_.front() != '{') return convert(until(",").text);
    rest_.remove_prefix(1);
    Value::Array items;
    for (;;) {
      const Piece piece = until(",}");
      if (piece.mark == 0) throw Refused{"list must terminate with '}'"};
      if (piece.mark == '}' && rest_.starts_with(',')) rest_.remove_prefix(1);
      items.push_back(convert(piece.text));
      if (piece.mark == '}') return Value{std::move(items)};
    }
  }

  Value take_json() {
    if (is_empty_value()) return Value{};
    const std::size_t end = json_end(rest_);
    auto value = read_json_values(rest_.substr(0, end));
    if (!value) throw Refused{value.error().message};
    rest_.remove_prefix(end);
    is_empty_value();
    return std::move(*value);
  }

  /// Skips blanks, and a comma behind them; true when there was no value before.
  bool is_empty_value() {
    while (!rest_.empty()) {
      const auto decoded = unicode::decode(rest_);
      if (decoded.rune == ',') {
        rest_.remove_prefix(1);
        return true;
      }
      if (!unicode::is_space(decoded.rune)) return false;
      rest_.remove_prefix(decoded.size);
    }
    return true;
  }

  Value convert(const std::string& text) const {
    if (kind_ == SetKind::kText) return Value{text};
    if (kind_ == SetKind::kFile) {
      if (!read_) throw Refused{text::cat("open ", text, ": no file can be read here")};
      auto content = read_(text);
      if (!content) throw Refused{content.error().message};
      return Value{std::move(*content)};
    }
    if (text::equal_ignoring_case(text, "true")) return Value{true};
    if (text::equal_ignoring_case(text, "false")) return Value{false};
    if (text::equal_ignoring_case(text, "null")) return Value{};
    if (text == "0") return Value{0};
    if (text.empty() || text.front() == '0') return Value{text};
    std::string_view digits = text;
    if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && end == digits.data() + digits.size()) return Value{number};
    return Value{text};
  }

  std::string_view rest_;
  const SetKind kind_;
  const ReadFile& read_;
  std::size_t made_items_ = 0;
};

}  // namespace

Result<void> apply_set_line(std::string_view line, SetKind kind, Value& values, const ReadFile& read) {
  try {
    Setter{line, kind, read}.run(values);
  } catch (const Refused& refused) {
    return InputError{"", refused.message};
  }
  return {};
}

}  // namespace weir::helm
