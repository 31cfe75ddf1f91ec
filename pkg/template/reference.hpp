#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weir::templates {

/// Bytes that the values made on this thread hold, less those that were freed on it: a rendering compares
/// it with what it was at its beginning. About right, not exact.
std::int64_t& memory_in_use() noexcept;

/// A share of memory_in_use(), for as long as it lives.
class Weight {
 public:
  explicit Weight(std::size_t bytes) noexcept : bytes_{static_cast<std::int64_t>(bytes)} { memory_in_use() += bytes_; }
  ~Weight() { memory_in_use() -= bytes_; }
  Weight(const Weight&) = delete;
  Weight& operator=(const Weight&) = delete;

 private:
  std::int64_t bytes_;
};

/// What several values share: counted, and freed with the last of them. Objects that hold each other
/// many thousands deep are freed one after the other, not one inside the other.
/// Threads: counting on any; what is inside follows the rules of Value.
class Shared {
 public:
  Shared() = default;
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  /// let_go() alone destroys.
  virtual ~Shared() = default;

  void hold() const noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() const noexcept {
    // The only holder needs no locked instruction: nobody else can count at the same time.
    if (count_.load(std::memory_order_acquire) == 1 || count_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

 private:
  void destroy() const noexcept;

  mutable const Shared* next_ = nullptr;  // while it waits to be freed
  mutable std::atomic<std::uint32_t> count_{0};
};

}  // namespace weir::templates
