#pragma once

#include <cstddef>
#include <stdexcept>
#include <utility>

#include "pkg/async/asio.hpp"
#include "pkg/async/event.hpp"

namespace weir::async {

class GateClosed : public std::runtime_error {
 public:
  GateClosed() : std::runtime_error{"shutting down"} {}
};

/// Counts what is inside and lets nobody in once closed: the way to wait for running work at
/// shutdown. Must outlive its passes.  Threads: reactor.
class Gate {
 public:
  /// Being inside; leaves when destroyed.
  class Pass {
   public:
    Pass() {}
    Pass(Pass&& other) noexcept : gate_{std::exchange(other.gate_, nullptr)} {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Pass() {
      if (gate_) gate_->leave();
    }

   private:
    friend class Gate;
    explicit Pass(Gate& gate) : gate_{&gate} {}
    Gate* gate_ = nullptr;
  };

  /// @throws GateClosed after close()
  Pass enter();
  bool is_closed() const { return closed_; }
  std::size_t inside() const { return inside_; }
  /// Refuses newcomers from now on and waits until everyone has left.
  asio::awaitable<void> close();
  /// Refuses newcomers from now on.
  void shut() { closed_ = true; }

 private:
  void leave();

  bool closed_ = false;
  std::size_t inside_ = 0;
  WaitList waiters_;
};

}  // namespace weir::async
