#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <string_view>

namespace weir::yaml {

struct Node;

/// Owns the nodes and texts of documents; they go all at once with the arena. Nothing is freed before.
/// Threads: one at a time.
class Arena {
 public:
  Arena() : memory_{std::make_unique<std::pmr::monotonic_buffer_resource>(16 * 1024)} {}
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  /// An empty node of kind kNone.
  Node* make();
  /// A copy of the struct; its content is shared with the original.
  Node* make(const Node& node);
  /// A copy of the bytes that lives as long as the arena.
  std::string_view keep(std::string_view text);
  Node** make_list(std::size_t count);

 private:
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
};

}  // namespace weir::yaml
