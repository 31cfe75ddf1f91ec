#include "pkg/async/blocking_pool.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/async/timeout.hpp"
#include "pkg/base/text.hpp"
#include "test/simulation/places.hpp"
#include "test/simulation/time.hpp"

// In the place of pkg/async/blocking_pool.cpp: no threads. What waits is done on the reactor, in an order that the seed
// draws, as if it took no time.
namespace weir::async {

struct BlockingPool::State {
  std::string name;
  std::size_t queue_limit = 0;
  std::string process = simulation::places().owner;
  std::size_t waiting = 0;
  bool is_running = false;
};

BlockingPool::BlockingPool(std::string_view name, std::size_t, std::size_t queue_limit)
    : state_{std::make_unique<State>()} {
  state_->name = name;
  state_->queue_limit = queue_limit;
}
BlockingPool::~BlockingPool() = default;

asio::awaitable<void> BlockingPool::run_job(std::function<void(std::stop_token)> work) {
  if (state_->waiting >= state_->queue_limit) throw PoolFull{state_->name};
  struct Waiting {
    explicit Waiting(std::size_t& count_) : count{count_} { ++count; }
    ~Waiting() { --count; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    std::size_t& count;
  };
  {
    const Waiting waits{state_->waiting};
    co_await sleep_for(Milliseconds{simulation::chance().below(4)});
  }
  simulation::places().pass(state_->process, text::cat("work on the pool ", state_->name, " begins"));
  state_->is_running = true;
  std::exception_ptr failure;
  try {
    work(std::stop_token{});
  } catch (...) {
    failure = std::current_exception();
  }
  state_->is_running = false;
  if (auto& places = simulation::places(); places.stalled == state_->process) {
    places.stalled.clear();
    simulation::pass_time(places.stall);
  }
  simulation::places().pass(state_->process, text::cat("work on the pool ", state_->name, " has ended"));
  if (failure) std::rethrow_exception(failure);
}

void BlockingPool::post(std::function<void()> work) noexcept { work(); }

std::size_t BlockingPool::running() const { return state_->is_running ? 1 : 0; }
std::size_t BlockingPool::waiting() const { return state_->waiting; }

}  // namespace weir::async
