#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "pkg/async/asio.hpp"

namespace weir::test {

/// Runs one coroutine on a reactor of its own until nothing is left to do. Rethrows what it throws.
template <class T>
T run(asio::io_context& reactor, asio::awaitable<T> work) {
  std::exception_ptr failure;
  if constexpr (std::is_void_v<T>) {
    asio::co_spawn(reactor, std::move(work), [&](std::exception_ptr error) { failure = error; });
    reactor.run();
    reactor.restart();
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<T> value;
    asio::co_spawn(reactor, std::move(work), [&](std::exception_ptr error, T result) {
      failure = error;
      if (!error) value.emplace(std::move(result));
    });
    reactor.run();
    reactor.restart();
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }
}

}  // namespace weir::test
