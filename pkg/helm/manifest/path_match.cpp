#include "pkg/helm/manifest/path_match.hpp"

#include <optional>

#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

using templates::unicode::Rune;

/// One character of a class, perhaps behind a backslash; nullopt when the class ends or is none.
std::optional<Rune> take_class_character(std::string_view& pattern) {
  if (pattern.empty() || pattern[0] == '-' || pattern[0] == ']') return std::nullopt;
  if (pattern[0] == '\\') pattern.remove_prefix(1);
  const auto next = templates::unicode::decode(pattern);
  if (next.size == 0) return std::nullopt;
  pattern.remove_prefix(next.size);
  return next.rune;
}

enum class Verdict { kFits, kFitsNot, kBadPattern };

/// A class behind its bracket; the pattern is moved behind it.
Verdict matches_class(std::string_view& pattern, Rune rune) {
  const bool is_negated = pattern.starts_with('^');
  if (is_negated) pattern.remove_prefix(1);
  bool is_in = false, has_range = false;
  while (!has_range || !pattern.starts_with(']')) {
    const auto low = take_class_character(pattern);
    if (!low) return Verdict::kBadPattern;
    auto high = low;
    if (pattern.starts_with('-')) {
      pattern.remove_prefix(1);
      high = take_class_character(pattern);
      if (!high) return Verdict::kBadPattern;
    }
    is_in = is_in || (*low <= rune && rune <= *high);
    has_range = true;
  }
  pattern.remove_prefix(1);
  return is_in != is_negated ? Verdict::kFits : Verdict::kFitsNot;
}

}  // namespace

bool path_matches(std::string_view pattern, std::string_view path) {
  // Behind the last star: where pattern and path go on when the rest does not fit and the star takes one more.
  std::optional<std::string_view> star_pattern;
  std::string_view star_path;
  for (;;) {
    if (pattern.starts_with('*')) {
      while (pattern.starts_with('*')) pattern.remove_prefix(1);
      star_pattern = pattern;
      star_path = path;
      continue;
    }
    bool fits = false;
    if (pattern.empty()) {
      if (path.empty()) return true;
    } else if (!path.empty()) {
      const auto next = templates::unicode::decode(path);
      if (pattern[0] == '[') {
        auto rest = pattern.substr(1);
        const Verdict verdict = matches_class(rest, next.rune);
        if (verdict == Verdict::kBadPattern) return false;
        fits = verdict == Verdict::kFits;
        if (fits) pattern = rest;
      } else if (pattern[0] == '?') {
        fits = path[0] != '/';
        if (fits) pattern.remove_prefix(1);
      } else {
        auto rest = pattern;
        if (rest[0] == '\\') rest.remove_prefix(1);
        if (rest.empty()) return false;
        const auto wanted = templates::unicode::decode(rest);
        fits = wanted.rune == next.rune && wanted.is_valid == next.is_valid;
        if (fits) pattern = rest.substr(wanted.size);
      }
      if (fits) path.remove_prefix(next.size);
    }
    if (fits) continue;
    if (!star_pattern || star_path.empty() || star_path[0] == '/') return false;
    star_path.remove_prefix(1);
    path = star_path;
    pattern = *star_pattern;
  }
}

}  // namespace weir::helm
