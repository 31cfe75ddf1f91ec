#pragma once

#include <cstddef>
#include <functional>

#include "pkg/async/asio.hpp"

namespace weir::async {

/// Runs `work(0)` to `work(count - 1)`, at most `limit` at a time, started in order, and waits for all of them.
/// A throwing call does not stop the others; the first exception is thrown at the end. Cancelling the await cancels
/// every call.  Threads: reactor.
asio::awaitable<void> for_each_index(
    std::size_t count, std::size_t limit, std::function<asio::awaitable<void>(std::size_t)> work
);

}  // namespace weir::async
