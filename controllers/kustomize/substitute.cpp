#include "controllers/kustomize/substitute.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/yaml/documents.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::kustomize_controller {
namespace {

constexpr int kDeepestNesting = 50;

/// Private to this file: leaves the recursion.
struct Refused {
  InputError error;
};

bool is_name_start(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// Shell globs: *, ? and [sets].
bool glob_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (glob_matches(pattern.substr(1), text.substr(i))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern.front() == '[') {
    const auto close = pattern.find(']', 1);
    if (close != std::string_view::npos) {
      auto set = pattern.substr(1, close - 1);
      const bool negated = set.starts_with('^') || set.starts_with('!');
      if (negated) set.remove_prefix(1);
      bool in_set = false;
      for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
          in_set = in_set || (text.front() >= set[i] && text.front() <= set[i + 2]);
          i += 2;
        } else {
          in_set = in_set || text.front() == set[i];
        }
      }
      return in_set != negated && glob_matches(pattern.substr(close + 1), text.substr(1));
    }
  }
  if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
  else if (pattern.front() == '?') return glob_matches(pattern.substr(1), text.substr(1));
  return pattern.front() == text.front() && glob_matches(pattern.substr(1), text.substr(1));
}

std::string trim_prefix(std::string_view value, std::string_view pattern, bool longest) {
  std::optional<std::size_t> best;
  for (std::size_t length = 0; length <= value.size(); ++length) {
    if (!glob_matches(pattern, value.substr(0, length))) continue;
    best = length;
    if (!longest) break;
  }
  return std::string{value.substr(best.value_or(0))};
}

std::string trim_suffix(std::string_view value, std::string_view pattern, bool longest) {
  std::optional<std::size_t> best;
  for (std::size_t length = 0; length <= value.size(); ++length) {
    if (!glob_matches(pattern, value.substr(value.size() - length))) continue;
    best = length;
    if (!longest) break;
  }
  return std::string{value.substr(0, value.size() - best.value_or(0))};
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Substitution {
 public:
  Substitution(const Variables& variables, bool strict) : variables_{variables}, strict_{strict} {}

  /// Replaces up to the end, or up to the "}" that closes an enclosing expression.
  std::string text(std::string_view& rest, bool inside, int depth) {
    if (depth > kDeepestNesting) throw Refused{InputError{"", "variables are nested too deeply"}};
    std::string out;
    while (!rest.empty()) {
      if (inside && rest.front() == '}') return out;
      if (rest.starts_with("$${")) {
        out += "${";
        rest.remove_prefix(3);
        copy_escaped(rest, out, depth);
        continue;
      }
      if (rest.starts_with("${")) {
        rest.remove_prefix(2);
        out += expression(rest, depth);
        continue;
      }
      out += rest.front();
      rest.remove_prefix(1);
    }
    if (inside) throw Refused{InputError{"", "a ${ is not closed"}};
    return out;
  }

 private:
  /// What follows an escaped "$${": only the outermost expression is escaped.
  void copy_escaped(std::string_view& rest, std::string& out, int depth) {
    out += text(rest, true, depth + 1);
    out += '}';
    rest.remove_prefix(1);
  }

  std::string expression(std::string_view& rest, int depth) {
    const bool wants_length = rest.starts_with('#');
    if (wants_length) rest.remove_prefix(1);
    std::size_t length = 0;
    while (length < rest.size() && is_name(rest[length])) ++length;
    const std::string name{rest.substr(0, length)};
    rest.remove_prefix(length);
    if (name.empty() || !is_name_start(name.front())) {
      throw Refused{InputError{"", "expected a variable name after ${"}};
    }
    const auto at = variables_.find(name);
    const bool is_set = at != variables_.end();
    const std::string value = is_set ? at->second : "";
    if (wants_length) {
      require(name, is_set);
      close(rest, name);
      return std::to_string(value.size());
    }
    std::string out = operation(rest, name, value, is_set, depth);
    close(rest, name);
    return out;
  }

  std::string operation(
      std::string_view& rest, const std::string& name, const std::string& value, bool is_set, int depth
  ) {
    const auto take = [&](std::string_view token) {
      if (!rest.starts_with(token)) return false;
      rest.remove_prefix(token.size());
      return true;
    };
    for (const auto* token : {":=", ":-", ":?", ":+", "=", "-", "?", "+"}) {
      if (!take(token)) continue;
      std::string fallback = text(rest, true, depth + 1);
      return value.empty() ? fallback : value;
    }
    require(name, is_set);
    if (take("^^")) return mapped(value, upper, true);
    if (take("^")) return mapped(value, upper, false);
    if (take(",,")) return mapped(value, lower, true);
    if (take(",")) return mapped(value, lower, false);
    if (take("##")) return trim_prefix(value, text(rest, true, depth + 1), true);
    if (take("#")) return trim_prefix(value, text(rest, true, depth + 1), false);
    if (take("%%")) return trim_suffix(value, text(rest, true, depth + 1), true);
    if (take("%")) return trim_suffix(value, text(rest, true, depth + 1), false);
    if (take(":")) return substring(text(rest, true, depth + 1), name, value);
    if (rest.starts_with('/')) return replaced(rest, value, depth);
    return value;
  }

  static std::string mapped(std::string value, char (*map)(char), bool all) {
    if (all) {
      std::ranges::transform(value, value.begin(), map);
    } else if (!value.empty()) {
      value.front() = map(value.front());
    }
    return value;
  }

  static std::string substring(const std::string& range, const std::string& name, const std::string& value) {
    const auto [from_text, length_text] = text::cut(range, ":");
    const auto number = [&](std::string_view digits) {
      std::size_t out = 0;
      const auto trimmed = text::trim(digits);
      const auto parsed = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), out);
      if (parsed.ec != std::errc{} || parsed.ptr != trimmed.data() + trimmed.size()) {
        throw Refused{InputError{
            "", text::cat("expected a number after ${", name, ":, got ", text::quoted(digits))
        }};
      }
      return out;
    };
    const std::size_t from = std::min(number(from_text), value.size());
    if (range.find(':') == std::string::npos) return value.substr(from);
    return value.substr(from, number(length_text));
  }

  std::string replaced(std::string_view& rest, const std::string& value, int depth) {
    rest.remove_prefix(1);
    char mode = ' ';
    if (!rest.empty() && (rest.front() == '/' || rest.front() == '#' || rest.front() == '%')) {
      mode = rest.front();
      rest.remove_prefix(1);
    }
    const std::string arguments = text(rest, true, depth + 1);
    // A slash that belongs to an argument is written \/.
    std::string from, to;
    std::string* part = &from;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i] == '\\' && i + 1 < arguments.size() && arguments[i + 1] == '/') {
        *part += '/';
        ++i;
      } else if (arguments[i] == '/' && part == &from) {
        part = &to;
      } else {
        *part += arguments[i];
      }
    }
    if (from.empty()) return value;
    if (mode == '/') return text::replace_all(value, from, to);
    if (mode == '#') return value.starts_with(from) ? to + value.substr(from.size()) : value;
    if (mode == '%') {
      return value.ends_with(from) ? value.substr(0, value.size() - from.size()) + to : value;
    }
    const auto found = value.find(from);
    if (found == std::string::npos) return value;
    return value.substr(0, found) + to + value.substr(found + from.size());
  }

  void require(const std::string& name, bool is_set) const {
    if (strict_ && !is_set) {
      throw Refused{InputError{"", text::cat("variable not set (strict mode): ", text::quoted(name))}};
    }
  }

  static void close(std::string_view& rest, const std::string& name) {
    if (!rest.starts_with('}')) {
      throw Refused{InputError{"", text::cat("expected } after ${", name)}};
    }
    rest.remove_prefix(1);
  }

  const Variables& variables_;
  bool strict_;
};

}  // namespace

Result<void> check_variable_name(std::string_view name) {
  if (!name.empty() && is_name_start(name.front()) && std::ranges::all_of(name, is_name)) return {};
  return InputError{
      "",
      text::cat("'", name, "' var name is invalid, must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'")
  };
}

Result<std::string> substitute_text(std::string_view text, const Variables& variables, bool strict) {
  try {
    return Substitution{variables, strict}.text(text, false, 0);
  } catch (Refused& refused) {
    return std::move(refused.error);
  }
}

Result<json::Value> substitute_object(json::Value object, const Variables& variables, bool strict) {
  // Most objects hold no variable: their text is looked at once and nothing is parsed.
  if (json::write(object).find("${") == std::string::npos) return object;
  auto text = substitute_text(yaml::write(object), variables, strict);
  if (text.has_error()) return text.error();
  auto parsed = yaml::parse_document(*text);
  if (parsed.has_error()) {
    // The text now holds variable values, which may be secret: only the place is told.
    return InputError{parsed.error().where, "the result of the substitution is no valid YAML"};
  }
  return std::move(*parsed);
}

}  // namespace weir::kustomize_controller
