#include "pkg/async/signals.hpp"

#include <csignal>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace weir::async {

struct Signals::State {
  explicit State(const asio::any_io_executor& executor) : signals{executor, SIGTERM, SIGINT} {}
  asio::signal_set signals;
};

Signals::Signals(asio::any_io_executor executor) : state_{std::make_unique<State>(executor)} {}
Signals::~Signals() = default;

asio::awaitable<int> Signals::next() { co_return co_await state_->signals.async_wait(asio::use_awaitable); }

}  // namespace weir::async
