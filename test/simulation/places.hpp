#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

/// Where a process may die: before a request is sent and once it is done, before each change of a file, before and
/// after work on a pool.  Threads: one.
namespace weir::simulation {

class Places {
 public:
  void pass(const std::string& process, std::string_view what) {
    if (on_pass) on_pass(process, what);
  }

  std::function<void(const std::string& process, std::string_view what)> on_pass;
  /// The work of this process that is done next takes so long, and the machine stands still meanwhile; empty: of none.
  std::string stalled;
  std::chrono::milliseconds stall{0};
  /// The process whose parts are being made.
  std::string owner;
};

inline Places& places() {
  static Places out;
  return out;
}

}  // namespace weir::simulation
