#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pkg/base/text.hpp"
#include "pkg/regex/expansion.hpp"
#include "pkg/regex/regex.hpp"
#include "pkg/template/quote.hpp"
#include "pkg/template/sprig/groups.hpp"
#include "pkg/template/unicode.hpp"

namespace weir::templates::sprig {
namespace {

/// The patterns that the rendering on this thread used last, compiled: charts use few, in loops. A compiled pattern may
/// grow to megabytes, so they are few, and go with the rendering.
constexpr std::size_t kMaxKept = 16;
constexpr std::size_t kMaxKeptBytes = 1024;  // of one pattern

std::unordered_map<std::string, regex::Regex>& kept_patterns() {
  thread_local std::unordered_map<std::string, regex::Regex> patterns;
  return patterns;
}

std::optional<regex::Regex> known_or_compiled(const std::string& pattern) {
  auto& known = kept_patterns();
  if (const auto at = known.find(pattern); at != known.end()) return at->second;
  auto out = regex::Regex::compile(pattern);
  if (!out) return std::nullopt;
  if (pattern.size() > kMaxKeptBytes) return *out;
  if (known.size() >= kMaxKept) known.clear();
  known.emplace(pattern, *out);
  return *out;
}

/// Matching is linear in pattern and text.
void pay(Call& call, const std::string& pattern, const std::string& text) {
  call.budget().spend(1 + pattern.size() / 8 + text.size() / 64);
}

/// Who refuses a bad pattern: an error, or Go's panic in functions whose patterns must be good.
enum class Refusal { kError, kPanic };

regex::Regex compiled(Call& call, const std::string& pattern, const std::string& text, Refusal refusal) {
  pay(call, pattern, text);
  if (auto out = known_or_compiled(pattern)) return *out;
  const std::string words = "error parsing regexp: " + regex::Regex::go_error(pattern);
  if (refusal == Refusal::kError) throw CallError{words};
  const std::string shown = can_backquote(pattern) ? text::cat('`', pattern, '`') : quote(pattern);
  throw CallError{text::cat("regexp: Compile(", shown, "): ", words)};
}

/// Calls visit(groups) for every match that does not overlap the one before, from left to right, as
/// long as it returns true. An empty match right after another match does not count.
template <class Visit>
void each_match(const regex::Regex& pattern, std::string_view text, Budget& budget, Visit visit) {
  std::vector<std::string_view> groups(static_cast<std::size_t>(pattern.group_count()) + 1);
  std::size_t at = 0;
  std::size_t last_end = std::string_view::npos;
  while (at <= text.size() && pattern.find_from(text, at, groups)) {
    budget.spend(1);
    const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
    const std::size_t end = start + groups[0].size();
    const bool counts = !groups[0].empty() || start != last_end;
    if (counts && !visit(groups)) return;
    last_end = end;
    at = groups[0].empty() ? end + std::max<std::size_t>(unicode::decode(text.substr(end)).size, 1) : end;
  }
}

Value find_all(Call& call, const regex::Regex& pattern, const std::string& text, std::int64_t limit) {
  std::vector<std::string> out;
  if (limit == 0) return Value::nil_list("[]string");
  each_match(pattern, text, call.budget(), [&](const auto& groups) {
    out.emplace_back(groups[0]);
    return limit < 0 || static_cast<std::int64_t>(out.size()) < limit;
  });
  return out.empty() ? Value::nil_list("[]string") : Value::texts(std::move(out));
}

std::string find_first(const regex::Regex& pattern, const std::string& text) {
  std::string_view match[1];
  return pattern.find(text, match) ? std::string{match[0]} : "";
}

template <class Fill>
std::string replaced(Call& call, const regex::Regex& pattern, const std::string& text, Fill fill) {
  BoundedText out{call.budget()};
  std::size_t at = 0;
  each_match(pattern, text, call.budget(), [&](const auto& groups) {
    const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
    out.append(std::string_view{text}.substr(at, start - at));
    fill(out, groups);
    at = start + groups[0].size();
    return true;
  });
  out.append(std::string_view{text}.substr(at));
  return out.take();
}

std::string replace_expanded(
    Call& call, const regex::Regex& expression, const std::string& text, const std::string& replacement
) {
  // An empty text would stand for the whole match.
  if (replacement.empty()) return replaced(call, expression, text, [](BoundedText&, const auto&) {});
  const regex::Expansion expansion{expression, replacement};
  return replaced(call, expression, text, [&](BoundedText& out, const auto& groups) {
    out.append(expansion.fill(groups));
  });
}

std::string replace_literally(
    Call& call, const regex::Regex& pattern, const std::string& text, const std::string& replacement
) {
  return replaced(call, pattern, text, [&](BoundedText& out, const auto&) { out.append(replacement); });
}

/// The texts between matches. @param limit  at most so many, the last with all the rest; < 0: all
Value split_by(
    Call& call, const regex::Regex& expression, bool is_empty_pattern, const std::string& text, std::int64_t limit
) {
  if (limit == 0) return Value::nil_list("[]string");
  if (!is_empty_pattern && text.empty()) return Value::texts({""});
  std::vector<std::string> out;
  std::size_t from = 0;
  std::size_t to = 0;
  each_match(expression, text, call.budget(), [&](const auto& groups) {
    if (limit > 0 && static_cast<std::int64_t>(out.size()) == limit - 1) return false;
    to = static_cast<std::size_t>(groups[0].data() - text.data());
    const std::size_t end = to + groups[0].size();
    if (end != 0) {
      out.emplace_back(text.substr(from, to - from));
      from = end;
    }
    return true;
  });
  if (to != text.size()) out.emplace_back(text.substr(from));
  return Value::texts(std::move(out));
}

std::string quoted_meta(Call&, const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view{"\\.+*?()|[]{}^$"}.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// The functions of which the form without "must" panics.
void add_pair(Functions& out, std::string_view must, Refusal refusal) {
  const auto name = [&](std::string_view rest) {
    return must.empty() ? text::cat("regex", rest) : text::cat(must, "Regex", rest);
  };
  out[name("Find")] = make_function([refusal](Call& call, const std::string& pattern, const std::string& text) {
    return find_first(compiled(call, pattern, text, refusal), text);
  });
  out[name("FindAll")] =
      make_function([refusal](Call& call, const std::string& pattern, const std::string& text, std::int64_t limit) {
        return find_all(call, compiled(call, pattern, text, refusal), text, limit);
      });
  out[name("ReplaceAll")] =
      make_function([refusal](
                        Call& call, const std::string& pattern, const std::string& text, const std::string& replacement
                    ) { return replace_expanded(call, compiled(call, pattern, text, refusal), text, replacement); });
  out[name("ReplaceAllLiteral")] =
      make_function([refusal](
                        Call& call, const std::string& pattern, const std::string& text, const std::string& replacement
                    ) { return replace_literally(call, compiled(call, pattern, text, refusal), text, replacement); });
  out[name("Split")] =
      make_function([refusal](Call& call, const std::string& pattern, const std::string& text, std::int64_t limit) {
        return split_by(call, compiled(call, pattern, text, refusal), pattern.empty(), text, limit);
      });
}

}  // namespace

void forget_patterns() { kept_patterns().clear(); }

void add_regexes(Functions& out) {
  out["mustRegexMatch"] = make_function([](Call& call, const std::string& pattern, const std::string& text) {
    return compiled(call, pattern, text, Refusal::kError).is_found_in(text);
  });
  // Of these two only the must form refuses a bad pattern.
  out["regexMatch"] = make_function([](Call& call, const std::string& pattern, const std::string& text) {
    pay(call, pattern, text);
    const auto expression = known_or_compiled(pattern);
    return expression && expression->is_found_in(text);
  });
  add_pair(out, "", Refusal::kPanic);
  add_pair(out, "must", Refusal::kError);
  out["regexQuoteMeta"] = make_function(quoted_meta);
}

}  // namespace weir::templates::sprig
