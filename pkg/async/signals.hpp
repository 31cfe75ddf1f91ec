#pragma once

#include <memory>

#include "pkg/async/asio.hpp"

namespace weir::async {

/// SIGTERM and SIGINT as something to await; while it lives they no longer end the process.
/// Threads: reactor.
class Signals {
 public:
  explicit Signals(asio::any_io_executor executor);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// @returns the number of the next signal. @throws the exception of a cancelled await
  asio::awaitable<int> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::async
