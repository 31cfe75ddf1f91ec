#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <memory_resource>
#include <string_view>

namespace weir::yaml {

struct Node;

/// Thrown when an arena would hold more than it may. Whoever limits an arena catches it.
struct ArenaFull {
  std::size_t limit_bytes;
};

/// Owns the nodes and texts of documents; they go all at once with the arena. Nothing is freed before.
/// Every member that allocates throws ArenaFull beyond the limit.  Threads: one at a time.
class Arena {
 public:
  explicit Arena(std::size_t limit_bytes = std::numeric_limits<std::size_t>::max())
      : memory_{std::make_unique<std::pmr::monotonic_buffer_resource>(16 * 1024)}, limit_{limit_bytes} {}
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  /// An empty node of kind kNone.
  Node* make();
  /// A copy of the struct; its content is shared with the original, and its text.
  Node* make(const Node& node);
  /// A copy of the bytes that lives as long as the arena.
  std::string_view keep(std::string_view text);
  Node** make_list(std::size_t count);

  /// Counts bytes that are about to be taken elsewhere for the sake of these documents.
  void charge(std::size_t bytes) {
    if (bytes > limit_ - used_) throw ArenaFull{limit_};
    used_ += bytes;
  }
  std::size_t used_bytes() const { return used_; }

 private:
  void* allocate(std::size_t bytes, std::size_t alignment) {
    charge(bytes);
    return memory_->allocate(bytes, alignment);
  }

  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
  std::size_t limit_;
  std::size_t used_ = 0;
};

}  // namespace weir::yaml
