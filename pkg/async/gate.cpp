#include "pkg/async/gate.hpp"

namespace weir::async {

Gate::Pass Gate::enter() {
  if (closed_) throw GateClosed{};
  ++inside_;
  return Pass{*this};
}

asio::awaitable<void> Gate::close() {
  closed_ = true;
  while (inside_ > 0) co_await waiters_.wait();
}

void Gate::leave() {
  if (--inside_ == 0) waiters_.wake_all();
}

}  // namespace weir::async
