#include "controllers/kustomize/substitute.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kustomize/build.hpp"
#include "pkg/template/unicode.hpp"
#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::kustomize_controller {
namespace {

namespace unicode = templates::unicode;

constexpr int kDeepestNesting = 50;

/// Private to this file: leaves the recursion.
struct Refused {
  InputError error;
};

[[noreturn]] void refuse(std::string message) { throw Refused{InputError{"", std::move(message)}}; }

bool is_name_start(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// A decimal number with or without sign; nullopt for anything else, blanks around it included.
std::optional<std::int64_t> to_number(std::string_view digits) {
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  std::int64_t out = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  return out;
}

/// Reads a text from its beginning and gives it out with the expressions replaced.
class Substitution {
 public:
  Substitution(std::string_view text, SubstitutionPass& pass) : rest_{text}, pass_{pass} {}

  std::string run() {
    std::string out;
    while (!rest_.empty()) {
      const auto dollar = rest_.find('$');
      out += rest_.substr(0, dollar);
      rest_.remove_prefix(std::min(dollar, rest_.size()));
      if (take("${")) {
        out += expression(0);
      } else if (take("$$") || take("$")) {
        out += '$';
      }
    }
    return out;
  }

 private:
  /// The value of a parameter, and whether a secret went into it.
  struct Part {
    std::string text;
    bool is_secret = false;
  };

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  /// Everything up to one of the characters, a "${" or the end; at least one character.
  /// @param escapes  whether $$, \/ and \\ stand for their second character
  std::string words(std::string_view ends, bool escapes) {
    std::string out;
    while (!rest_.empty() && !rest_.starts_with("${")) {
      if (escapes && (rest_.starts_with("$$") || rest_.starts_with("\\/") || rest_.starts_with("\\\\"))) {
        rest_.remove_prefix(1);
      } else if (ends.find(rest_.front()) != ends.npos) {
        break;
      }
      out += rest_.front();
      rest_.remove_prefix(1);
    }
    return out;
  }

  /// One parameter of an operation: an expression or some words, never both.
  Part parameter(std::string_view ends, bool escapes, int depth) {
    if (take("${")) {
      Part out;
      out.text = expression(depth + 1, &out.is_secret);
      return out;
    }
    const std::string_view before = rest_;
    Part out{words(ends, escapes), false};
    if (rest_.size() == before.size()) refuse(text::cat("expected a parameter after ", text::quoted(name_)));
    return out;
  }

  void close() {
    if (!take("}")) refuse(text::cat("expected } after ${", name_));
  }

  std::string_view take_name() {
    std::size_t length = 0;
    while (length < rest_.size()) {
      const auto next = unicode::decode(rest_.substr(length));
      if (!next.is_valid || (next.rune != '_' && !unicode::is_letter(next.rune) && !unicode::is_digit(next.rune)))
        break;
      length += next.size;
    }
    if (length == 0) refuse("expected a variable name after ${");
    const auto name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return name;
  }

  /// What stands behind "${", with the closing brace.
  std::string expression(int depth, bool* is_secret = nullptr) {
    if (depth > kDeepestNesting) refuse("variables are nested too deeply");
    const bool wants_length = take("#");
    Part out;
    const auto name = take_name();
    const std::string outer = std::move(name_);
    name_ = name;
    if (wants_length) {
      close();
      out.text = std::to_string(value_of(name, out).size());
    } else {
      out = operation(name, depth);
    }
    name_ = outer;
    if (out.text.size() > pass_.bytes_left) refuse_size();
    pass_.bytes_left -= out.text.size();
    if (out.is_secret) pass_.hidden.insert(out.text);
    if (is_secret != nullptr) *is_secret = out.is_secret;
    return std::move(out.text);
  }

  std::optional<std::string_view> find(std::string_view name, Part& out) const {
    const std::string key{name};
    const auto* value = pass_.variables.find(key);
    if (value == nullptr) return std::nullopt;
    out.is_secret = out.is_secret || pass_.secrets.contains(key);
    return value->reveal();
  }

  std::string_view value_of(std::string_view name, Part& out) const {
    const auto value = find(name, out);
    if (!value && pass_.is_strict) refuse(text::cat("variable not set (strict mode): ", text::quoted(name)));
    return value.value_or(std::string_view{});
  }

  Part operation(std::string_view name, int depth) {
    Part out;
    for (const auto* token : {":=", ":-", ":?", ":+", "="}) {
      if (take(token)) return fallback(name, depth);
    }
    const auto parameter_of = [&](std::string_view ends) {
      Part part = parameter(ends, false, depth);
      out.is_secret = out.is_secret || part.is_secret;
      return std::move(part.text);
    };
    if (take(":")) {
      std::vector<std::string> range{parameter_of(":}")};
      if (take(":")) {
        while (take(":")) {
        }
        range.push_back(parameter_of("}"));
      }
      close();
      out.text = substring(value_of(name, out), range);
      return out;
    }
    for (const auto& [token, trim, which] : kTrims) {
      if (!take(token)) continue;
      const std::string pattern = parameter_of("}");
      close();
      out.text = trim(value_of(name, out), pattern, which, pass_.steps);
      return out;
    }
    if (take("/")) return replaced(name, depth);
    for (const auto* token : {"^^", ",,", "^,", ",^", "^", ","}) {
      if (!take(token)) continue;
      close();
      out.text = cased(value_of(name, out), token);
      return out;
    }
    close();
    out.text = value_of(name, out);
    return out;
  }

  /// Any number of parts up to the brace, which stand in for a value that is not set or empty.
  Part fallback(std::string_view name, int depth) {
    Part instead;
    while (!rest_.starts_with('}')) {
      Part part = parameter("}", false, depth);
      instead.text += part.text;
      instead.is_secret = instead.is_secret || part.is_secret;
    }
    close();
    Part out;
    out.text = find(name, out).value_or(std::string_view{});
    return out.text.empty() ? instead : out;
  }

  static std::string cased(std::string_view value, std::string_view how) {
    if (how == "^^") return unicode::to_upper(value);
    if (how == ",,") return unicode::to_lower(value);
    if (value.empty() || how.size() > 1) return std::string{value};  // "^," and ",^" mean nothing
    const auto first = unicode::decode(value);
    std::string out;
    unicode::append(out, how == "^" ? unicode::to_upper(first.rune) : unicode::to_lower(first.rune));
    out += value.substr(first.size);
    return out;
  }

  /// Positions count bytes, negative ones from the end. What is no number leaves the value as it is.
  static std::string substring(std::string_view value, const std::vector<std::string>& range) {
    const auto size = static_cast<std::int64_t>(value.size());
    auto from = to_number(range[0]);
    if (!from) return std::string{value};
    if (*from < 0) from = std::max<std::int64_t>(*from + size, 0);
    std::int64_t end = size;
    if (range.size() > 1) {
      const auto length = to_number(range[1]);
      if (!length) return std::string{value};
      if (*length < 0) {
        end = size + std::max(*length, -size);
      } else if (*from < size) {
        end = *from + std::min(*length, size - *from);
      }
    }
    if (*from >= end) return {};
    return std::string{value.substr(static_cast<std::size_t>(*from), static_cast<std::size_t>(end - *from))};
  }

  Part replaced(std::string_view name, int depth) {
    const char mode = take("/") ? '/' : take("#") ? '#' : take("%") ? '%' : ' ';
    const Part from = parameter("/", true, depth);
    if (!take("/")) refuse(text::cat("expected / after the pattern in ${", name));
    while (take("/")) {
    }
    std::optional<Part> to;
    if (!rest_.starts_with('}')) to = parameter("}", true, depth);
    close();
    Part out;
    out.is_secret = from.is_secret || (to && to->is_secret);
    const auto value = value_of(name, out);
    pass_.steps.take(value.size());
    const std::string_view with = to ? std::string_view{to->text} : std::string_view{};
    if (mode == '/') {
      out.text = all_replaced(value, from.text, with);
    } else if (mode == '#' || mode == '%') {
      // Without a replacement these two do nothing.
      out.text = value;
      if (to && mode == '#' && value.starts_with(from.text)) out.text = text::cat(with, value.substr(from.text.size()));
      if (to && mode == '%' && value.ends_with(from.text))
        out.text = text::cat(value.substr(0, value.size() - from.text.size()), with);
    } else {
      const auto at = value.find(from.text);
      out.text = value;
      if (at != value.npos) out.text.replace(at, from.text.size(), with);
    }
    return out;
  }

  [[noreturn]] void refuse_size() const {
    if (pass_.is_trial) throw kustomize::TrialTooSmall{};
    refuse("the results of the variables are too long");
  }

  std::string all_replaced(std::string_view value, std::string_view from, std::string_view with) const {
    // An empty text stands before every character and at the end.
    std::size_t places = 0;
    if (from.empty()) {
      places = unicode::count(value) + 1;
    } else {
      for (auto at = value.find(from); at != value.npos; at = value.find(from, at + from.size())) ++places;
    }
    if (!with.empty() && places > pass_.bytes_left / with.size()) refuse_size();
    if (!from.empty()) return text::replace_all(value, from, with);
    std::string out;
    while (!value.empty()) {
      const auto size = unicode::decode(value).size;
      text::append(out, with, value.substr(0, size));
      value.remove_prefix(size);
    }
    out += with;
    return out;
  }

  struct Trim {
    std::string_view token;
    std::string (*trim)(std::string_view, std::string_view, Match, Steps&);
    Match which;
  };
  static constexpr Trim kTrims[] = {
      {"##", without_prefix, Match::kLongest},
      {"#", without_prefix, Match::kShortest},
      {"%%", without_suffix, Match::kLongest},
      {"%", without_suffix, Match::kShortest},
  };

  std::string_view rest_;
  SubstitutionPass& pass_;
  std::string name_;  ///< of the variable that is read, for messages
};

void collect_texts(const json::Value& value, std::set<std::string>& out) {
  if (value.is_object()) {
    for (const auto& member : value.as_object()) {
      out.insert(member.key);
      collect_texts(member.value, out);
    }
  } else if (value.is_array()) {
    for (const auto& item : value.as_array()) collect_texts(item, out);
  } else if (const auto text = value.is_number() ? std::optional<std::string_view>{value.as_number().text} : value.text()) {
    out.emplace(*text);
  }
}

}  // namespace

Result<void> check_variable_name(std::string_view name) {
  if (!name.empty() && is_name_start(name.front()) && std::ranges::all_of(name, is_name)) return {};
  return InputError{
      "", text::cat("'", name, "' var name is invalid, must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'")};
}

Result<std::string> substitute_text(std::string_view text, SubstitutionPass& pass) {
  try {
    return Substitution{text, pass}.run();
  } catch (Refused& refused) {
    return std::move(refused.error);
  } catch (const Steps::Exhausted&) {
    return InputError{"", "the patterns of the variables take too long"};
  }
}

Result<json::Value> substitute_object(json::Value object, SubstitutionPass& pass) {
  // Most objects hold no variable: their text is looked at once and nothing is parsed.
  const std::string plain = json::write(object);
  if (plain.find("${") == plain.npos && plain.find("$$") == plain.npos) return object;
  std::set<std::string> hidden;
  std::swap(hidden, pass.hidden);  // so that those of this object show
  auto text = substitute_text(yaml::write(object), pass);
  std::swap(hidden, pass.hidden);
  if (text.has_error()) return text.error();
  yaml::ParseOptions options;
  options.typing = yaml::Typing::kYaml11;
  options.duplicates = yaml::DuplicateKeys::kLastWins;
  options.aliases = &pass.aliases;
  auto parsed = yaml::parse_document(*text, options);
  // The text now holds variable values, which may be secret: only the place is told.
  if (parsed.has_error()) return InputError{parsed.error().where, "the result of the substitution is no valid YAML"};
  if (!parsed->is_object()) return InputError{"", "the result of the substitution is no object"};
  if (!hidden.empty()) {
    std::set<std::string> before, after;
    collect_texts(object, before);
    collect_texts(*parsed, after);
    std::ranges::set_difference(after, before, std::inserter(pass.hidden, pass.hidden.end()));
    pass.hidden.merge(hidden);
  }
  return std::move(*parsed);
}

}  // namespace weir::kustomize_controller
