#pragma once

#include <cstddef>
#include <utility>

#include "pkg/async/asio.hpp"
#include "pkg/async/event.hpp"

namespace weir::async {

/// Lets at most `limit` coroutines through at a time, in the order they came. Must outlive its
/// permits. Threads: reactor.
class Limiter {
 public:
  /// One place; gives it back when destroyed.
  class Permit {
   public:
    Permit() {}
    Permit(Permit&& other) noexcept : limiter_{std::exchange(other.limiter_, nullptr)} {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(limiter_, other.limiter_);
      return *this;
    }
    ~Permit() {
      if (limiter_) limiter_->release();
    }

   private:
    friend class Limiter;
    explicit Permit(Limiter& limiter) : limiter_{&limiter} {}
    Limiter* limiter_ = nullptr;
  };

  explicit Limiter(std::size_t limit) : limit_{limit} {}

  /// Waits for a free place. @throws the exception of a cancelled await
  asio::awaitable<Permit> acquire();
  std::size_t in_use() const { return in_use_; }
  std::size_t waiting() const { return waiters_.size(); }

 private:
  void release();

  std::size_t limit_;
  std::size_t in_use_ = 0;
  WaitList waiters_;
};

}  // namespace weir::async
