#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace weir::templates {

/// What one rendering may take. Going past one of them is an error of the rendering.
struct Limits {
  std::size_t output_bytes = 1U << 20U;  ///< of the output of one template, and of any text on the way
  /// Nodes evaluated, elements made or visited, and 64 bytes of text made count one each.
  std::uint64_t steps = 1'000'000;
  std::size_t template_depth = 200;     ///< templates that call templates
  std::size_t nesting = 1500;           ///< blocks, calls and pipelines inside each other, over all templates
  std::size_t stack_bytes = 6U << 20U;  ///< of the thread that renders, from where the rendering began
  std::size_t memory_bytes = std::size_t{1} << 32U;  ///< that all values of the rendering hold at one time, about
  std::size_t context_bytes = 1000;                  ///< how much of an action a message repeats
};

/// What is left of the limits of one rendering.  Threads: that of the rendering.
class Budget {
 public:
  explicit Budget(const Limits& limits, std::stop_token stop = {});

  const Limits& limits() const { return limits_; }
  /// @throws CallError when there are not so many steps left, or the rendering shall stop
  void spend(std::uint64_t steps) {
    if (steps > slice_) return spend_slowly(steps);
    slice_ -= steps;
  }
  /// Pays for a text of this size. @throws CallError when it is too large
  void spend_on_text(std::size_t bytes);

 private:
  void spend_slowly(std::uint64_t steps);

  Limits limits_;
  std::stop_token stop_;
  std::uint64_t slice_ = 0;  // of the steps, taken out before the next look at memory and stop token
  std::uint64_t left_;       // without the slice
  std::int64_t memory_before_;
};

/// Lists and structs inside each other that printing, comparing and copying will follow.
inline constexpr int kMaxValueDepth = 500;

/// A text that grows within a budget.
class BoundedText {
 public:
  /// @param expected_bytes  room that is made at once, within the limit
  explicit BoundedText(Budget& budget, std::size_t expected_bytes = 0) : budget_{budget} {
    if (expected_bytes > 0) text_.reserve(std::min(expected_bytes, budget.limits().output_bytes));
  }

  /// @throws CallError when the text would become too large
  void append(std::string_view more);
  void append(std::size_t count, char c);
  std::string take() { return std::move(text_); }
  const std::string& text() const { return text_; }

 private:
  void make_room(std::size_t bytes);

  Budget& budget_;
  std::string text_;
  std::size_t unpaid_ = 0;
};

}  // namespace weir::templates
