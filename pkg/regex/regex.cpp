#include "pkg/regex/regex.hpp"

#include <vector>

#include <re2/re2.h>

#include "pkg/base/text.hpp"

namespace weir::regex {

namespace {

/// `(?<name>` as `(?P<name>`: Go reads both since 1.22, the RE2 of our floor only the second.
std::string spell_groups(std::string_view pattern) {
  std::string out;
  out.reserve(pattern.size() + 8);
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto rest = pattern.substr(i);
    if (rest.front() == '\\' && rest.size() > 1) {
      out += rest.substr(0, 2);
      ++i;
      continue;
    }
    if (rest.front() == '[' && !in_class) {
      in_class = true;
      // A bracket that comes first, also after ^, is part of the class.
      const std::size_t first = rest.substr(1).starts_with('^') ? 2 : 1;
      const std::size_t taken = first + (rest.substr(first).starts_with(']') ? 1 : 0);
      out += rest.substr(0, taken);
      i += taken - 1;
      continue;
    }
    if (rest.front() == ']') in_class = false;
    if (!in_class && rest.starts_with("(?<")) {
      out += "(?P<";
      i += 2;
      continue;
    }
    out += rest.front();
  }
  return out;
}

}  // namespace

struct Regex::Compiled {
  explicit Compiled(std::string_view pattern) : expression{spell_groups(pattern), RE2::Quiet} {}
  RE2 expression;
};

Result<Regex> Regex::compile(std::string_view pattern) {
  auto compiled = std::make_shared<const Compiled>(pattern);
  if (!compiled->expression.ok())
    return InputError{
        "", text::cat("no regular expression: ", text::quoted(pattern), ": ", compiled->expression.error())};
  return Regex{std::move(compiled)};
}

std::string Regex::go_error(std::string_view pattern) {
  const Compiled compiled{pattern};
  if (compiled.expression.ok()) return {};
  const auto words = [&]() -> std::string_view {
    switch (compiled.expression.error_code()) {
      case RE2::ErrorBadEscape: return "invalid escape sequence";
      case RE2::ErrorBadCharClass: return "invalid character class";
      case RE2::ErrorBadCharRange: return "invalid character class range";
      case RE2::ErrorMissingBracket: return "missing closing ]";
      case RE2::ErrorMissingParen: return "missing closing )";
      case RE2::ErrorUnexpectedParen: return "unexpected )";
      case RE2::ErrorTrailingBackslash: return "trailing backslash at end of expression";
      case RE2::ErrorRepeatArgument: return "missing argument to repetition operator";
      case RE2::ErrorRepeatSize: return "invalid repeat count";
      case RE2::ErrorRepeatOp: return "invalid nested repetition operator";
      case RE2::ErrorBadPerlOp: return "invalid or unsupported Perl syntax";
      case RE2::ErrorBadUTF8: return "invalid UTF-8";
      case RE2::ErrorBadNamedCapture: return "invalid named capture";
      case RE2::ErrorPatternTooLarge: return "expression too large";
      default: return "regexp/syntax: internal error";
    }
  }();
  // Where RE2 names no part, Go names the empty one (a backslash at the end) or the whole.
  std::string_view part = compiled.expression.error_arg();
  if (compiled.expression.error_code() == RE2::ErrorTrailingBackslash) part = "";
  return text::cat(words, ": `", part, "`");
}

bool Regex::is_found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, compiled_->expression);
}

bool Regex::matches(std::string_view text) const {
  return RE2::FullMatch(re2::StringPiece{text.data(), text.size()}, compiled_->expression);
}

bool Regex::find(std::string_view text, std::span<std::string_view> groups) const { return find_from(text, 0, groups); }

bool Regex::find_from(std::string_view text, std::size_t start, std::span<std::string_view> groups) const {
  std::vector<re2::StringPiece> found(groups.size());
  const bool is_match = compiled_->expression.Match(
      re2::StringPiece{text.data(), text.size()},
      start,
      text.size(),
      RE2::UNANCHORED,
      found.data(),
      static_cast<int>(found.size())
  );
  for (std::size_t i = 0; is_match && i < found.size(); ++i) {
    groups[i] = std::string_view{found[i].data(), found[i].size()};
  }
  return is_match;
}

int Regex::group_count() const { return compiled_->expression.NumberOfCapturingGroups(); }

int Regex::group_named(std::string_view name) const {
  const auto& names = compiled_->expression.NamedCapturingGroups();
  const auto at = names.find(std::string{name});
  return at == names.end() ? -1 : at->second;
}

}  // namespace weir::regex
