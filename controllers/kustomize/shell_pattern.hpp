#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

/// What `${name#pattern}` and its like take away.  Threads: any, pure.
/// Source: the matcher of Flux's envsubst, which is that of Go's path.Match with stars that pass slashes. It differs
/// from a shell's: a star takes the first place where what follows fits and never comes back to it, "^" alone negates a
/// set, an empty prefix never matches, and a pattern that is no pattern takes nothing.
namespace weir::kustomize_controller {

/// Counts what matching and searching cost: one step is about one comparison.
class Steps {
 public:
  /// Thrown when more is wanted than is left.
  struct Exhausted {};

  explicit Steps(std::size_t limit) : left_{limit} {}
  /// @throws Exhausted
  void take(std::size_t count) {
    if (count > left_) throw Exhausted{};
    left_ -= count;
  }

 private:
  std::size_t left_;
};

enum class Match { kShortest, kLongest };

/// The text without the beginning that fits the pattern; the whole when none does.
std::string without_prefix(std::string_view text, std::string_view pattern, Match which, Steps& steps);

/// The text without the end that fits the pattern. As in the original both are read backwards, sets as well, so that
/// "[ab]" is no pattern here.
std::string without_suffix(std::string_view text, std::string_view pattern, Match which, Steps& steps);

}  // namespace weir::kustomize_controller
