#include "pkg/helm/render/glob.hpp"

#include <algorithm>
#include <utility>

#include "pkg/template/unicode.hpp"

namespace weir::helm {
namespace {

constexpr std::size_t kMaxDepth = 50;

std::u32string decoded(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto next = templates::unicode::decode(text);
    out += static_cast<char32_t>(next.rune);
    text.remove_prefix(next.size);
  }
  return out;
}

}  // namespace

/// Builds the states from the end of the pattern's parts on: each part is given the state that follows it.
class Glob::Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_{decoded(pattern)} {}

  std::optional<Glob> run() {
    const std::size_t end = add({});
    const auto first = sequence(end, 0);
    if (!first) return std::nullopt;
    glob_.states_.push_back(State{Kind::kFork, 0, 0, {*first}, false, 0, 0, {}});  // the last state is where it starts
    return std::move(glob_);
  }

 private:
  std::size_t add(State state) {
    glob_.states_.push_back(std::move(state));
    return glob_.states_.size() - 1;
  }
  bool is_at(char32_t c) const { return at_ < pattern_.size() && pattern_[at_] == c; }

  /// The parts up to the end, or to ',' or '}' inside of braces. @returns the first state
  std::optional<std::size_t> sequence(std::size_t next, std::size_t depth) {
    if (depth > kMaxDepth) return std::nullopt;
    // States are made in the order of the text and linked afterwards.
    std::vector<std::pair<std::size_t, std::size_t>> parts;  // first and last state of each
    while (at_ < pattern_.size() && !(depth > 0 && (is_at(U',') || is_at(U'}')))) {
      const auto part = one(depth);
      if (!part) return std::nullopt;
      if (part->first != kNothing) parts.push_back(*part);
    }
    for (std::size_t i = parts.size(); i > 0; --i) {
      glob_.states_[parts[i - 1].second].next = next;
      next = parts[i - 1].first;
    }
    return next;
  }

  std::optional<std::pair<std::size_t, std::size_t>> one(std::size_t depth) {
    const char32_t c = pattern_[at_++];
    if (c == U'{') return alternatives(depth);
    State state;
    if (c == U'[') {
      if (!character_class(state)) return std::nullopt;
    } else if (c == U'?') {
      state.kind = Kind::kOne;
    } else if (c == U'*') {
      state.kind = is_at(U'*') ? Kind::kAll : Kind::kMany;
      if (state.kind == Kind::kAll) ++at_;
    } else if (c == U'\\' && at_ == pattern_.size()) {
      return std::pair{kNothing, kNothing};
    } else {
      state.kind = Kind::kCharacter;
      state.character = c == U'\\' ? pattern_[at_++] : c;
    }
    const std::size_t index = add(std::move(state));
    return std::pair{index, index};
  }

  std::optional<std::pair<std::size_t, std::size_t>> alternatives(std::size_t depth) {
    State joint;
    joint.kind = Kind::kFork;
    const std::size_t end = add(joint);  // goes on to `next`, which is set later
    State fork;
    fork.kind = Kind::kFork;
    while (true) {
      const auto first = sequence(end, depth + 1);
      if (!first) return std::nullopt;
      fork.forks.push_back(*first);
      if (is_at(U',')) {
        ++at_;
        continue;
      }
      if (is_at(U'}')) ++at_;  // a brace that is not closed ends with the pattern
      break;
    }
    return std::pair{add(std::move(fork)), end};
  }

  bool character_class(State& state) {
    state.kind = Kind::kClass;
    if (is_at(U'!')) {
      state.is_negated = true;
      ++at_;
    }
    if (at_ + 1 < pattern_.size() && pattern_[at_ + 1] == U'-') {
      if (at_ + 3 >= pattern_.size() || pattern_[at_ + 3] != U']') return false;
      state.low = pattern_[at_];
      state.high = pattern_[at_ + 2];
      at_ += 4;
      return state.low <= state.high;
    }
    for (; at_ < pattern_.size() && pattern_[at_] != U']'; ++at_) {
      if (pattern_[at_] == U'\\' && at_ + 1 < pattern_.size()) ++at_;
      state.characters += pattern_[at_];
    }
    if (at_ >= pattern_.size() || state.characters.empty()) return false;
    ++at_;
    return true;
  }

  static constexpr std::size_t kNothing = static_cast<std::size_t>(-1);

  std::u32string pattern_;
  std::size_t at_ = 0;
  Glob glob_;
};

std::optional<Glob> Glob::parse(std::string_view pattern) { return Parser{pattern}.run(); }

bool Glob::takes(const State& state, char32_t character) const {
  switch (state.kind) {
    case Kind::kCharacter: return character == state.character;
    case Kind::kOne:
    case Kind::kMany: return character != U'/';
    case Kind::kAll: return true;
    case Kind::kClass: {
      const bool is_in = state.characters.empty() ? character >= state.low && character <= state.high
                                                  : state.characters.find(character) != std::u32string::npos;
      return is_in != state.is_negated;
    }
    case Kind::kFork:
    case Kind::kMatch: break;
  }
  return false;
}

void Glob::reach(std::vector<std::size_t>& reached, std::vector<char>& is_reached, std::size_t first) const {
  std::vector<std::size_t> open{first};
  while (!open.empty()) {
    const std::size_t index = open.back();
    open.pop_back();
    if (std::exchange(is_reached[index], '\1') != 0) continue;
    const State& state = states_[index];
    if (state.kind == Kind::kFork) {
      if (state.forks.empty()) open.push_back(state.next);
      open.insert(open.end(), state.forks.begin(), state.forks.end());
      continue;
    }
    reached.push_back(index);
    if (state.kind == Kind::kMany || state.kind == Kind::kAll) open.push_back(state.next);
  }
}

bool Glob::matches(std::string_view text) const {
  std::vector<std::size_t> now;
  std::vector<std::size_t> then;
  std::vector<char> is_reached(states_.size(), '\0');
  reach(now, is_reached, states_.size() - 1);
  for (const char32_t character : decoded(text)) {
    std::fill(is_reached.begin(), is_reached.end(), '\0');
    then.clear();
    for (const std::size_t index : now) {
      const State& state = states_[index];
      if (!takes(state, character)) continue;
      const bool stays = state.kind == Kind::kMany || state.kind == Kind::kAll;
      reach(then, is_reached, stays ? index : state.next);
    }
    std::swap(now, then);
    if (now.empty()) return false;
  }
  return std::ranges::any_of(now, [&](std::size_t index) { return states_[index].kind == Kind::kMatch; });
}

}  // namespace weir::helm
