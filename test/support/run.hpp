#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "pkg/async/asio.hpp"

namespace weir::test {

/// Runs the reactor until one coroutine has ended; timers of others (idle connections) do not hold
/// it up. Rethrows what the coroutine throws.
template <class T>
T run(asio::io_context& reactor, asio::awaitable<T> work) {
  std::exception_ptr failure;
  bool is_done = false;
  auto finish = [&] {
    while (!is_done && reactor.run_one() > 0) {
    }
    reactor.restart();
    if (!is_done) throw std::logic_error{"the coroutine waits for something that never comes"};
    if (failure) std::rethrow_exception(failure);
  };
  if constexpr (std::is_void_v<T>) {
    asio::co_spawn(reactor, std::move(work), [&](std::exception_ptr error) {
      failure = error;
      is_done = true;
    });
    finish();
  } else {
    std::optional<T> value;
    asio::co_spawn(reactor, std::move(work), [&](std::exception_ptr error, T result) {
      failure = error;
      is_done = true;
      if (!error) value.emplace(std::move(result));
    });
    finish();
    return std::move(*value);
  }
}

}  // namespace weir::test
