#pragma once

#include <exception>
#include <stdexcept>
#include <string>

#include "pkg/base/duration.hpp"

namespace weir::async {

/// A limit of time ran out.
class TimedOut : public std::runtime_error {
 public:
  /// "timed out after 5s"
  explicit TimedOut(Milliseconds limit);
  /// "`what`: timed out after 5s"
  TimedOut(const std::string& what, Milliseconds limit);

  Milliseconds limit() const { return limit_; }

 private:
  Milliseconds limit_;
};

/// What an await throws when its coroutine was cancelled:
/// boost::system::system_error(operation_aborted).
[[noreturn]] void throw_cancelled();

/// True for the exception of a cancelled await. Never report one as a failure of the thing awaited.
bool is_cancelled(const std::exception_ptr& failure);

/// The text of any exception; "unknown error" for what is not a std::exception.
std::string describe(const std::exception_ptr& failure);

}  // namespace weir::async
