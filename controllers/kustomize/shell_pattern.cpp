#include "controllers/kustomize/shell_pattern.hpp"

#include <optional>
#include <vector>

#include "pkg/template/unicode.hpp"

namespace weir::kustomize_controller {
namespace {

namespace unicode = templates::unicode;

enum class Verdict { kFits, kDiffers, kMalformed };

/// A part of a pattern without stars outside of sets, and whether stars stand before it.
struct Piece {
  bool is_starred = false;
  std::string_view body;
};

Piece take_piece(std::string_view& pattern) {
  Piece piece;
  while (pattern.starts_with('*')) {
    piece.is_starred = true;
    pattern.remove_prefix(1);
  }
  bool is_in_set = false;
  std::size_t length = 0;
  for (; length < pattern.size(); ++length) {
    const char c = pattern[length];
    if (c == '*' && !is_in_set) break;
    if (c == '[') is_in_set = true;
    if (c == ']') is_in_set = false;
    if (c == '\\' && length + 1 < pattern.size()) ++length;
  }
  piece.body = pattern.substr(0, length);
  pattern.remove_prefix(length);
  return piece;
}

/// One character of a set. @returns nullopt when none can stand here, or the set ends behind it
std::optional<unicode::Rune> take_member(std::string_view& body) {
  if (body.empty() || body.front() == '-' || body.front() == ']') return std::nullopt;
  if (body.front() == '\\') body.remove_prefix(1);
  if (body.empty()) return std::nullopt;
  const auto next = unicode::decode(body);
  body.remove_prefix(next.size);
  if (!next.is_valid || body.empty()) return std::nullopt;
  return next.rune;
}

/// Takes the rest of a set, which began before `body`. @returns whether the character is in it; nullopt: no set
std::optional<bool> is_in_set(std::string_view& body, unicode::Rune rune) {
  const bool is_negated = body.starts_with('^');
  if (is_negated) body.remove_prefix(1);
  bool is_member = false;
  for (bool is_first = true; is_first || !body.starts_with(']'); is_first = false) {
    const auto low = take_member(body);
    if (!low) return std::nullopt;
    auto high = low;
    if (body.front() == '-') {
      body.remove_prefix(1);
      high = take_member(body);
      if (!high) return std::nullopt;
    }
    is_member = is_member || (*low <= rune && rune <= *high);
  }
  body.remove_prefix(1);
  return is_member != is_negated;
}

/// Whether the text begins with what the piece says; then the text is what follows.
Verdict take_fitting(std::string_view body, std::string_view& text, Steps& steps) {
  std::string_view rest = text;
  while (!body.empty()) {
    steps.take(1);
    if (rest.empty()) return Verdict::kDiffers;
    const char c = body.front();
    if (c == '[' || c == '?') {
      const auto next = unicode::decode(rest);
      rest.remove_prefix(next.size);
      body.remove_prefix(1);
      if (c == '?') continue;
      const std::size_t before = body.size();
      const auto is_member = is_in_set(body, next.rune);
      steps.take(before - body.size());
      if (!is_member) return Verdict::kMalformed;
      if (!*is_member) return Verdict::kDiffers;
      continue;
    }
    if (c == '\\') {
      body.remove_prefix(1);
      if (body.empty()) return Verdict::kMalformed;
    }
    if (body.front() != rest.front()) return Verdict::kDiffers;
    body.remove_prefix(1);
    rest.remove_prefix(1);
  }
  text = rest;
  return Verdict::kFits;
}

Verdict fits(std::string_view pattern, std::string_view text, Steps& steps) {
  while (!pattern.empty()) {
    const Piece piece = take_piece(pattern);
    if (piece.body.empty()) return Verdict::kFits;  // a star at the end takes the rest
    const bool is_last = pattern.empty();
    // Without a star the piece must stand here; with one the first place counts where it does.
    bool is_found = false;
    for (std::size_t skipped = 0; !is_found && (skipped == 0 || skipped <= text.size()); ++skipped) {
      std::string_view rest = text.substr(skipped);
      const Verdict verdict = take_fitting(piece.body, rest, steps);
      if (verdict == Verdict::kMalformed) return verdict;
      if (verdict == Verdict::kFits && (!is_last || rest.empty())) {
        text = rest;
        is_found = true;
      } else if (!piece.is_starred) {
        return Verdict::kDiffers;
      }
    }
    if (!is_found) return Verdict::kDiffers;
  }
  return text.empty() ? Verdict::kFits : Verdict::kDiffers;
}

/// Patterns without sets and without a backslash at their end are never malformed.
bool may_be_malformed(std::string_view pattern) { return pattern.find('[') != pattern.npos || pattern.ends_with('\\'); }

/// The length of the beginning that is taken away: 0 for none.
std::size_t fitting_length(std::string_view text, std::string_view pattern, Match which, Steps& steps) {
  if (which == Match::kShortest && !may_be_malformed(pattern)) {
    for (std::size_t length = 1; length <= text.size(); ++length)
      if (fits(pattern, text.substr(0, length), steps) == Verdict::kFits) return length;
    return 0;
  }
  // From the longest down: a malformed pattern takes nothing, but shows only where matching gets to its fault.
  std::size_t found = 0;
  for (std::size_t length = text.size(); length > 0; --length) {
    const Verdict verdict = fits(pattern, text.substr(0, length), steps);
    if (verdict == Verdict::kMalformed) return 0;
    if (verdict != Verdict::kFits) continue;
    found = length;
    if (which == Match::kLongest) break;
  }
  return found;
}

std::string reversed(std::string_view text) {
  std::vector<unicode::Rune> runes;
  runes.reserve(text.size());
  while (!text.empty()) {
    const auto next = unicode::decode(text);
    runes.push_back(next.rune);
    text.remove_prefix(next.size);
  }
  std::string out;
  for (std::size_t i = runes.size(); i > 0; --i) unicode::append(out, runes[i - 1]);
  return out;
}

}  // namespace

std::string without_prefix(std::string_view text, std::string_view pattern, Match which, Steps& steps) {
  steps.take(text.size());
  return std::string{text.substr(fitting_length(text, pattern, which, steps))};
}

std::string without_suffix(std::string_view text, std::string_view pattern, Match which, Steps& steps) {
  return reversed(without_prefix(reversed(text), reversed(pattern), which, steps));
}

}  // namespace weir::kustomize_controller
