#include "pkg/async/limiter.hpp"

namespace weir::async {

asio::awaitable<Limiter::Permit> Limiter::acquire() {
  if (in_use_ < limit_) {
    ++in_use_;
  } else {
    co_await waiters_.wait();  // whoever wakes us leaves its place to us
  }
  co_return Permit{*this};
}

void Limiter::release() {
  if (!waiters_.wake_one()) --in_use_;
}

}  // namespace weir::async
