#include "pkg/async/task_group.hpp"

#include <list>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "pkg/async/errors.hpp"
#include "pkg/async/event.hpp"
#include "pkg/async/timeout.hpp"

namespace weir::async {

namespace {

struct Task {
  explicit Task(std::string_view name_) : name{name_} {}
  std::string name;
  asio::cancellation_signal signal;
  bool asked = false;
};

/// What the root hands down: coroutines started by co_spawn further below (every with_timeout) hear
/// terminal only.
struct Strengthen {
  asio::cancellation_type operator()(asio::cancellation_type type) const {
    return type == asio::cancellation_type::none ? type : asio::cancellation_type::all;
  }
};

asio::awaitable<void> run_task(std::shared_ptr<Task> task, asio::awaitable<void> work) {
  const asio::enable_total_cancellation in;
  const Strengthen out;
  co_await asio::this_coro::reset_cancellation_state(in, out);
  if (task->asked) co_return;  // asked before its first turn, when it could not hear yet
  co_await std::move(work);
}

}  // namespace

struct TaskGroup::State {
  State(asio::any_io_executor executor_, OnFailure on_failure_)
      : executor{std::move(executor_)}, on_failure{std::move(on_failure_)} {}

  asio::any_io_executor executor;
  OnFailure on_failure;
  std::list<std::shared_ptr<Task>> tasks;
  bool stopping = false;
  WaitList empty;

  void cancel_all(asio::cancellation_type type) {
    const std::vector<std::shared_ptr<Task>> asked{tasks.begin(), tasks.end()};
    for (const auto& task : asked) {
      task->asked = true;
      task->signal.emit(type);
    }
  }

  void ended(std::list<std::shared_ptr<Task>>::iterator position, const std::exception_ptr& failure) {
    const std::shared_ptr<Task> task = *position;
    tasks.erase(position);
    const bool was_asked = task->asked && is_cancelled(failure);
    if (failure && !was_asked && on_failure) on_failure(task->name, failure);
    if (tasks.empty()) empty.wake_all();
  }
};

TaskGroup::TaskGroup(asio::any_io_executor executor, OnFailure on_failure)
    : state_{std::make_shared<State>(std::move(executor), std::move(on_failure))} {}

TaskGroup::~TaskGroup() {
  state_->on_failure = nullptr;
  cancel();
}

void TaskGroup::cancel() {
  state_->stopping = true;
  state_->cancel_all(asio::cancellation_type::terminal);
}

void TaskGroup::spawn(std::string_view name, asio::awaitable<void> task) {
  if (state_->stopping) return;
  auto entry = std::make_shared<Task>(name);
  const auto position = state_->tasks.insert(state_->tasks.end(), entry);
  auto ended = [state = state_, position](const std::exception_ptr& failure) { state->ended(position, failure); };
  asio::co_spawn(
      state_->executor,
      run_task(entry, std::move(task)),
      asio::bind_cancellation_slot(entry->signal.slot(), std::move(ended))
  );
}

asio::awaitable<void> TaskGroup::wait_until_empty() {
  const auto state = state_;
  while (!state->tasks.empty()) co_await state->empty.wait();
}

asio::awaitable<void> TaskGroup::stop(Milliseconds grace) {
  const auto state = state_;
  state->stopping = true;
  state->cancel_all(asio::cancellation_type::total);
  try {
    co_await with_timeout(grace, wait_until_empty());
    co_return;
  } catch (const TimedOut&) {
    state->cancel_all(asio::cancellation_type::terminal);
  }
  co_await wait_until_empty();
}

std::size_t TaskGroup::size() const { return state_->tasks.size(); }

}  // namespace weir::async
