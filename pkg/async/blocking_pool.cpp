#include "pkg/async/blocking_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <pthread.h>

namespace weir::async {

namespace {

std::exception_ptr cancelled() {
  return std::make_exception_ptr(boost::system::system_error{asio::error::operation_aborted});
}

/// One piece of work and the coroutine that waits for it.
class Job {
 public:
  explicit Job(std::function<void(std::stop_token)> work) : work_{std::move(work)} {}
  virtual ~Job() = default;

  /// On a pool thread.
  void run() {
    try {
      work_(stop_.get_token());
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  void ask_to_stop() { stop_.request_stop(); }
  /// Resumes the coroutine on its reactor. From any thread; the caller's own pointer is `self` and
  /// is given up.
  virtual void finish(std::shared_ptr<Job> self) = 0;
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }

 protected:
  std::function<void(std::stop_token)> work_;
  std::stop_source stop_;
  std::exception_ptr failure_;
};

template <class Handler>
class JobFor final : public Job {
 public:
  JobFor(std::function<void(std::stop_token)> work, Handler handler)
      : Job{std::move(work)}, executor_{asio::get_associated_executor(handler)}, handler_{std::move(handler)} {}

  void finish(std::shared_ptr<Job> self) override {
    asio::post(executor_, [job = std::move(self)] { static_cast<JobFor&>(*job).resume(); });
  }

 private:
  void resume() {
    auto slot = asio::get_associated_cancellation_slot(handler_);
    if (slot.is_connected()) slot.clear();
    Handler handler = std::move(handler_);
    handler(std::move(failure_));
  }

  asio::any_io_executor executor_;
  Handler handler_;
};

}  // namespace

struct BlockingPool::State {
  State(std::string_view name_, std::size_t threads_, std::size_t queue_limit_)
      : name{name_}, max_threads{std::max<std::size_t>(threads_, 1)}, queue_limit{queue_limit_} {}

  const std::string name;
  const std::size_t max_threads;
  const std::size_t queue_limit;

  mutable std::mutex mutex;  // guards all below
  std::condition_variable wake;
  std::deque<std::shared_ptr<Job>> queue;
  std::deque<std::function<void()>> posted;
  bool is_doing_posted = false;
  std::vector<std::shared_ptr<Job>> running;
  std::vector<std::thread> threads;
  std::size_t idle_threads = 0;
  bool stopping = false;

  bool add(const std::shared_ptr<Job>& job) {
    const std::lock_guard lock{mutex};
    if (idle_threads <= queue.size() && threads.size() < max_threads) {
      threads.emplace_back([this] { serve(); });
    } else if (queue.size() >= queue_limit && idle_threads <= queue.size()) {
      return false;
    }
    queue.push_back(job);
    wake.notify_one();
    return true;
  }

  /// @returns false when the threads have been told to end: the caller is to do it
  bool post(std::function<void()>& work) {
    const std::lock_guard lock{mutex};
    if (stopping) return false;
    if (threads.empty()) threads.emplace_back([this] { serve(); });
    posted.push_back(std::move(work));
    wake.notify_one();
    return true;
  }

  bool may_do_posted() const { return !posted.empty() && !is_doing_posted; }

  void do_posted(std::unique_lock<std::mutex>& lock) {
    auto work = std::move(posted.front());
    posted.pop_front();
    is_doing_posted = true;
    lock.unlock();
    work();
    work = nullptr;  // what it holds may post, too
    lock.lock();
    is_doing_posted = false;
  }

  void cancel(Job& job) {
    std::unique_lock lock{mutex};
    const auto waiting =
        std::find_if(queue.begin(), queue.end(), [&](const auto& entry) { return entry.get() == &job; });
    if (waiting == queue.end()) {
      lock.unlock();
      job.ask_to_stop();
      return;
    }
    std::shared_ptr<Job> dropped = std::move(*waiting);
    queue.erase(waiting);
    lock.unlock();
    dropped->fail(cancelled());
    Job& target = *dropped;
    target.finish(std::move(dropped));
  }

  void serve() {
    const std::string thread_name = name.substr(0, 15);  // the kernel's limit
    pthread_setname_np(pthread_self(), thread_name.c_str());
    std::unique_lock lock{mutex};
    while (true) {
      ++idle_threads;
      wake.wait(lock, [this] { return stopping || !queue.empty() || may_do_posted(); });
      --idle_threads;
      if (queue.empty() && may_do_posted()) {
        do_posted(lock);
        continue;
      }
      if (stopping) return;
      std::shared_ptr<Job> job = std::move(queue.front());
      queue.pop_front();
      running.push_back(job);
      lock.unlock();
      job->run();
      lock.lock();
      std::erase(running, job);
      lock.unlock();
      Job& target = *job;
      target.finish(std::move(job));  // from here on the job belongs to the reactor
      lock.lock();
    }
  }
};

BlockingPool::BlockingPool(std::string_view name, std::size_t threads, std::size_t queue_limit)
    : state_{std::make_unique<State>(name, threads, queue_limit)} {}

BlockingPool::~BlockingPool() {
  std::deque<std::shared_ptr<Job>> dropped;
  std::vector<std::shared_ptr<Job>> running;
  {
    const std::lock_guard lock{state_->mutex};
    state_->stopping = true;
    dropped.swap(state_->queue);
    running = state_->running;
  }
  for (const auto& job : running) job->ask_to_stop();
  running.clear();
  state_->wake.notify_all();
  for (auto& thread : state_->threads) thread.join();
}

void BlockingPool::post(std::function<void()> work) noexcept {
  try {
    if (!state_->post(work)) work();
  } catch (const std::exception&) {
    // no memory, or no thread
  }
}

asio::awaitable<void> BlockingPool::run_job(std::function<void(std::stop_token)> work) {
  auto start = [this, &work](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto job = std::make_shared<JobFor<decltype(handler)>>(std::move(work), std::move(handler));
    if (slot.is_connected()) {
      slot.assign([this, target = job.get()](asio::cancellation_type type) {
        if (type != asio::cancellation_type::none) state_->cancel(*target);
      });
    }
    if (!state_->add(job)) {
      job->fail(std::make_exception_ptr(PoolFull{state_->name}));
      Job& target = *job;
      target.finish(std::move(job));
    }
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(start, asio::use_awaitable);
}

std::size_t BlockingPool::running() const {
  const std::lock_guard lock{state_->mutex};
  return state_->running.size();
}

std::size_t BlockingPool::waiting() const {
  const std::lock_guard lock{state_->mutex};
  return state_->queue.size();
}

}  // namespace weir::async
