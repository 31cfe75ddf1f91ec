#include "pkg/async/parallel.hpp"

#include <algorithm>
#include <exception>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include "pkg/async/errors.hpp"

namespace weir::async {
namespace {

struct Shared {
  std::size_t next = 0;
  std::size_t count = 0;
  const std::function<asio::awaitable<void>(std::size_t)>* work = nullptr;
  std::exception_ptr failure;
};

asio::awaitable<void> work_off(Shared& shared) {
  while (shared.next < shared.count) {
    const std::size_t index = shared.next++;
    std::exception_ptr failure;
    try {
      co_await (*shared.work)(index);
    } catch (...) {
      failure = std::current_exception();
    }
    if (!failure) continue;
    if (!shared.failure) shared.failure = failure;
    if (is_cancelled(failure)) {
      shared.next = shared.count;
      co_return;
    }
  }
}

}  // namespace

asio::awaitable<void> for_each_index(
    std::size_t count, std::size_t limit, std::function<asio::awaitable<void>(std::size_t)> work
) {
  Shared shared;
  shared.count = count;
  shared.work = &work;
  const std::size_t workers = std::min(count, std::max<std::size_t>(limit, 1));
  if (workers <= 1) {
    co_await work_off(shared);
  } else {
    const auto executor = co_await asio::this_coro::executor;
    using Operation = decltype(asio::co_spawn(executor, work_off(shared), asio::deferred));
    std::vector<Operation> operations;
    operations.reserve(workers);
    for (std::size_t i = 0; i < workers; ++i) {
      operations.push_back(asio::co_spawn(executor, work_off(shared), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(operations));
    auto wait = asio::experimental::wait_for_all();
    co_await group.async_wait(wait, asio::deferred);
  }
  if (shared.failure) std::rethrow_exception(shared.failure);
}

}  // namespace weir::async
