#pragma once

#include <string>
#include <variant>

#include "pkg/async/backoff.hpp"
#include "pkg/base/duration.hpp"

namespace weir::kube {

/// Decides what a list-and-watch does next; the driver in reflector.cpp does it and reports back.
/// Pure.  Threads: value.
class ReflectorMachine {
 public:
  struct ListPage {
    std::string continue_token;  ///< empty: the first page of a fresh list
  };
  struct OpenWatch {
    std::string resource_version;
  };
  struct Pause {
    Milliseconds length;
  };
  using Action = std::variant<ListPage, OpenWatch, Pause>;

  explicit ReflectorMachine(async::BackoffOptions backoff) : backoff_{backoff} {}

  /// What to do first.
  Action start() { return ListPage{}; }
  /// A page arrived; `continue_token` is empty when it was the last.
  Action on_page(std::string resource_version, std::string continue_token);
  /// An event or bookmark was handled: the stream can be resumed after it.
  void on_event(std::string resource_version);
  /// The stream ended in good order.
  Action on_stream_end();
  /// A call or the stream failed. @param expired  the server answered 410: only a fresh list helps
  /// @param fraction  uniform in [0, 1), spreads the pauses of many reflectors
  Action on_failure(bool expired, double fraction);
  /// The pause is over.
  Action after_pause();

  bool is_listed() const { return !resource_version_.empty(); }

 private:
  async::Backoff backoff_;
  std::string resource_version_;  // where a watch goes on; empty: list first
};

}  // namespace weir::kube
