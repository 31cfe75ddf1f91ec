#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::helm {

/// A pattern over paths as `.Files.Glob` takes it: `*` any text without '/', `**` any text, `?` one character but '/',
/// `[abc]`, `[a-c]`, `[!abc]`, `{one,two}` inside each other at will, `\` before a character that shall stand for
/// itself. Matching costs pattern times text. Source: the grammar of github.com/gobwas/glob.  Threads: value.
class Glob {
 public:
  /// nullopt: not a pattern (a class that is not closed, or has more than one range)
  static std::optional<Glob> parse(std::string_view pattern);

  bool matches(std::string_view text) const;
  /// The states of the matcher: what a character of text costs.
  std::size_t size() const { return states_.size(); }

 private:
  enum class Kind : std::uint8_t { kCharacter, kOne, kMany, kAll, kClass, kFork, kMatch };
  struct State {
    Kind kind = Kind::kMatch;
    char32_t character = 0;
    std::size_t next = 0;
    std::vector<std::size_t> forks;  // of kFork
    bool is_negated = false;
    char32_t low = 0, high = 0;  // a range, when `characters` is empty
    std::u32string characters;
  };
  class Parser;

  bool takes(const State& state, char32_t character) const;
  void reach(std::vector<std::size_t>& reached, std::vector<char>& is_reached, std::size_t first) const;

  std::vector<State> states_;
};

}  // namespace weir::helm
