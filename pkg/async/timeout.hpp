#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "pkg/async/asio.hpp"
#include "pkg/async/errors.hpp"
#include "pkg/base/clock.hpp"

namespace weir::async {

namespace detail {

/// @throws TimedOut; anything `work` throws; the exception of a cancelled await
asio::awaitable<void> race_against_time(Milliseconds limit, asio::awaitable<void> work);

template <class T>
asio::awaitable<void> keep(asio::awaitable<T> work, std::optional<T>& out) {
  out.emplace(co_await std::move(work));
}

}  // namespace detail

/// Awaits `work` for at most `limit`; on expiry cancels it, waits for it to unwind, then throws
/// TimedOut. Work that shields itself from cancellation is waited for all the same.
/// @throws TimedOut; anything `work` throws
template <class T>
asio::awaitable<T> with_timeout(Milliseconds limit, asio::awaitable<T> work) {
  if constexpr (std::is_void_v<T>) {
    co_await detail::race_against_time(limit, std::move(work));
  } else {
    std::optional<T> value;  // safe: the race ends only when `work` has
    auto kept = detail::keep(std::move(work), value);
    co_await detail::race_against_time(limit, std::move(kept));
    co_return std::move(*value);
  }
}

/// Pauses the coroutine. @throws the exception of a cancelled await
asio::awaitable<void> sleep_for(Milliseconds length);

/// Lets every other ready coroutine run once: for long loops on the reactor.
asio::awaitable<void> yield_now();

}  // namespace weir::async
