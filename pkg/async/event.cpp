#include "pkg/async/event.hpp"

#include <algorithm>
#include <list>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"

namespace weir::async {

namespace {

/// One suspended coroutine; completed exactly once, by a wake or by its cancellation.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// Queues the coroutine on its reactor; `self` keeps the waiter until it has run.
  virtual void complete(std::shared_ptr<Waiter> self, boost::system::error_code result) = 0;
};

template <class Handler>
class WaiterFor final : public Waiter {
 public:
  explicit WaiterFor(Handler handler) : handler_{std::move(handler)} {}

  void complete(std::shared_ptr<Waiter> self, boost::system::error_code result) override {
    auto executor = asio::get_associated_executor(handler_);
    asio::post(executor, [waiter = std::move(self), result] { static_cast<WaiterFor&>(*waiter).resume(result); });
  }

 private:
  void resume(boost::system::error_code result) {
    // Not earlier: complete() may be running inside the slot's own handler.
    auto slot = asio::get_associated_cancellation_slot(handler_);
    if (slot.is_connected()) slot.clear();
    Handler handler = std::move(handler_);
    handler(result);
  }

  Handler handler_;
};

}  // namespace

struct WaitList::State {
  std::list<std::shared_ptr<Waiter>> waiters;

  void wake_first() {
    std::shared_ptr<Waiter> waiter = std::move(waiters.front());
    waiters.pop_front();
    Waiter& target = *waiter;
    target.complete(std::move(waiter), {});
  }

  void cancel(const Waiter* cancelled) {
    const auto position =
        std::find_if(waiters.begin(), waiters.end(), [&](const auto& waiter) { return waiter.get() == cancelled; });
    if (position == waiters.end()) return;  // woken already, on its way
    std::shared_ptr<Waiter> waiter = std::move(*position);
    waiters.erase(position);
    Waiter& target = *waiter;
    target.complete(std::move(waiter), asio::error::operation_aborted);
  }
};

WaitList::WaitList() : state_{std::make_unique<State>()} {}
WaitList::~WaitList() = default;

asio::awaitable<void> WaitList::wait() {
  auto start = [state = state_.get()](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto waiter = std::make_shared<WaiterFor<decltype(handler)>>(std::move(handler));
    if (slot.is_connected()) {
      slot.assign([state, target = waiter.get()](asio::cancellation_type type) {
        if (type != asio::cancellation_type::none) state->cancel(target);
      });
    }
    state->waiters.push_back(std::move(waiter));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(boost::system::error_code)>(
      start, asio::use_awaitable
  );
}

bool WaitList::wake_one() {
  if (state_->waiters.empty()) return false;
  state_->wake_first();
  return true;
}

void WaitList::wake_all() {
  while (wake_one()) {
  }
}

std::size_t WaitList::size() const { return state_->waiters.size(); }

void Event::set() {
  is_set_ = true;
  waiters_.wake_all();
}

asio::awaitable<void> Event::wait() {
  while (!is_set_) co_await waiters_.wait();
}

void Notification::notify() {
  if (!waiters_.wake_one()) pending_ = true;
}

asio::awaitable<void> Notification::wait() {
  if (std::exchange(pending_, false)) co_return;
  co_await waiters_.wait();
}

asio::awaitable<bool> Notification::wait_for(std::chrono::milliseconds limit) {
  if (std::exchange(pending_, false)) co_return true;
  try {
    co_await with_timeout(limit, waiters_.wait());
  } catch (const TimedOut&) {
    // A notification may have come in the very turn in which the time ran out; it must not be lost.
    co_return std::exchange(pending_, false);
  }
  co_return true;
}

}  // namespace weir::async
