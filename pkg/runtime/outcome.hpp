#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "pkg/base/duration.hpp"

namespace weir::runtime {

// Every type here has a constructor of its own: coroutines take them by value (see the toolchain notes on GCC 12).

/// Go on to the next step.
struct Next {
  Next() {}
};

/// In the desired state; look again after this long (spread by the frame's jitter).
struct Done {
  explicit Done(Milliseconds again_after_) : again_after{again_after_} {}
  Milliseconds again_after;
};

enum class Severity { kSilent, kInfo, kError };

/// Something else has to happen first, or this failed in a way that has its own pace.
struct Wait {
  Wait(std::string_view reason_, std::string message_, Milliseconds again_after_, Severity severity_ = Severity::kInfo)
      : reason{reason_}, message{std::move(message_)}, again_after{again_after_}, severity{severity_} {}
  std::string_view reason;  ///< a constant of the kind's header
  std::string message;
  Milliseconds again_after;  ///< at the latest; a watch may wake it earlier
  Severity severity;         ///< of the event that tells about it
  std::string_view condition{};  ///< of the step that waits; filled in by run_steps
};

/// Only a new spec can help: nothing is tried until then.
struct Stall {
  Stall(std::string_view reason_, std::string message_)
      : reason{reason_}, message{std::move(message_)} {}
  std::string_view reason;  ///< a constant of the kind's header
  std::string message;
};

/// What a step decides. Anything thrown instead is retried, backed off.
using Outcome = std::variant<Next, Done, Wait, Stall>;

/// A failure that names the condition reason it should be reported under.
class ReasonedError : public std::runtime_error {
 public:
  ReasonedError(std::string_view reason, const std::string& message)
      : std::runtime_error{message}, reason_{reason} {}
  std::string_view reason() const { return reason_; }

 private:
  std::string_view reason_;  // a constant of the kind's header
};

/// What run_steps makes of anything that a step throws: it knows which step it was.
class StepFailed : public ReasonedError {
 public:
  StepFailed(std::string_view condition, std::string_view reason, const std::string& message)
      : ReasonedError{reason, message}, condition_{condition} {}
  /// The condition type that the step speaks through.
  std::string_view condition() const { return condition_; }

 private:
  std::string_view condition_;
};

}  // namespace weir::runtime
