#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::templates {

/// What one rendering may take. Going past one of them is an error of the rendering.
struct Limits {
  std::size_t output_bytes = 1U << 20U;  ///< of the whole output, and of any text on the way
  /// Nodes evaluated, elements made or visited, and 64 bytes of text made count one each.
  std::uint64_t steps = 1'000'000;
  std::size_t template_depth = 200;  ///< templates that call templates
};

/// What is left of the limits of one rendering.  Threads: that of the rendering.
class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_{limits} {}

  const Limits& limits() const { return limits_; }
  /// @throws CallError when there are not so many steps left
  void spend(std::uint64_t steps);
  /// Pays for a text of this size. @throws CallError when it is too large
  void spend_on_text(std::size_t bytes);

 private:
  Limits limits_;
  std::uint64_t spent_ = 0;
};

/// Lists and structs inside each other that printing, comparing and copying will follow.
inline constexpr int kMaxValueDepth = 500;

/// A text that grows within a budget.
class BoundedText {
 public:
  explicit BoundedText(Budget& budget) : budget_{budget} {}

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
