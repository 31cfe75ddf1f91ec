#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pkg/regex/regex.hpp"

namespace weir::regex {

/// A text with `$name`, `${name}`, `$1` and `$$`, filled from the leftmost match of a pattern. The name in `$name` is
/// the longest run of letters, digits and `_`: `$1x` is the group "1x", so write `${1}x`. A group that is not there, or
/// did not take part, is empty; a `$` that starts nothing stays. Source: Go's regexp.Expand.  Threads: const methods
/// from any thread.
class Expansion {
 public:
  /// @param pattern  searched for anywhere in a text
  /// @param text     empty: the whole text that matched anywhere
  Expansion(Regex pattern, std::string_view text);

  /// nullopt when the pattern is not found.
  std::optional<std::string> apply(std::string_view text) const;
  /// For a match that was found elsewhere. @param groups  all of the pattern, [0] the whole match
  std::string fill(std::span<const std::string_view> groups) const;

 private:
  struct Piece {
    std::string literal;
    int group = -1;  // -1: the literal
  };
  Regex pattern_;
  std::vector<Piece> pieces_;
  int groups_ = 0;  // how many of a match are needed, counting the whole
};

}  // namespace weir::regex
