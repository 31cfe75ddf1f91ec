#include "pkg/helm/chart/path_match.hpp"

#include <optional>

#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

namespace unicode = templates::unicode;

/// One character of a class, which may be escaped. @returns nullopt when the pattern is wrong
std::optional<unicode::Rune> take_class_character(std::string_view& pattern) {
  if (pattern.empty() || pattern.front() == '-' || pattern.front() == ']') return std::nullopt;
  if (pattern.front() == '\\') {
    pattern.remove_prefix(1);
    if (pattern.empty()) return std::nullopt;
  }
  const auto decoded = unicode::decode(pattern);
  if (!decoded.is_valid) return std::nullopt;
  pattern.remove_prefix(decoded.size);
  if (pattern.empty()) return std::nullopt;
  return decoded.rune;
}

/// Takes a class, "[a-c]", off the pattern, and says whether `rune` is in it. @returns nullopt when the pattern is
/// wrong
std::optional<bool> take_class(std::string_view& pattern, unicode::Rune rune) {
  pattern.remove_prefix(1);
  const bool is_negated = pattern.starts_with('^');
  if (is_negated) pattern.remove_prefix(1);
  bool matches = false;
  for (int ranges = 0;; ++ranges) {
    if (pattern.starts_with(']') && ranges > 0) {
      pattern.remove_prefix(1);
      return matches != is_negated;
    }
    const auto low = take_class_character(pattern);
    if (!low) return std::nullopt;
    auto high = low;
    if (pattern.starts_with('-')) {
      pattern.remove_prefix(1);
      high = take_class_character(pattern);
      if (!high) return std::nullopt;
    }
    if (*low <= rune && rune <= *high) matches = true;
  }
}

bool is_valid_pattern(std::string_view pattern) {
  while (!pattern.empty()) {
    if (pattern.front() == '[') {
      if (!take_class(pattern, 0)) return false;
    } else if (pattern.front() == '\\') {
      if (pattern.size() < 2) return false;
      pattern.remove_prefix(2);
    } else {
      pattern.remove_prefix(1);
    }
  }
  return true;
}

/// Takes what matches one character off both. The pattern is valid and does not begin with '*'.
bool take_one(std::string_view& pattern, std::string_view& name) {
  if (pattern.empty() || name.empty()) return false;
  const auto decoded = unicode::decode(name);
  switch (pattern.front()) {
    case '?':
      if (name.front() == '/') return false;
      pattern.remove_prefix(1);
      break;
    case '[':
      // A class may match '/', as in Go.
      if (!*take_class(pattern, decoded.rune)) return false;
      break;
    case '\\': pattern.remove_prefix(1); [[fallthrough]];
    default:
      if (pattern.front() != name.front()) return false;
      pattern.remove_prefix(1);
      name.remove_prefix(1);
      return true;
  }
  name.remove_prefix(decoded.size);
  return true;
}

bool is_match(std::string_view pattern, std::string_view name) {
  // Where the last '*' can try again, one character further. The one before it need not: it has matched as little as it
  // can, and no '*' gets past a '/'.
  std::optional<std::string_view> again_pattern;
  std::string_view again_name;
  for (;;) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      again_pattern = pattern;
      again_name = name;
      continue;
    }
    if (pattern.empty() && name.empty()) return true;
    auto next_pattern = pattern, next_name = name;
    if (take_one(next_pattern, next_name)) {
      pattern = next_pattern;
      name = next_name;
      continue;
    }
    if (!again_pattern || again_name.empty() || again_name.front() == '/') return false;
    again_name.remove_prefix(1);
    pattern = *again_pattern;
    name = again_name;
  }
}

}  // namespace

Result<bool> match_path(std::string_view pattern, std::string_view name) {
  if (!is_valid_pattern(pattern)) return InputError{"", "syntax error in pattern"};
  return is_match(pattern, name);
}

}  // namespace weir::helm
