#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "pkg/base/duration.hpp"

namespace weir::runtime {

// Every type here has a constructor of its own: coroutines take them by value (docs/coroutines.md, "Types with a
// constructor of their own").

/// Go on to the next step.
struct Next {
  Next() {}
};

/// In the desired state; look again after this long (spread by the frame's jitter).
struct Done {
  explicit Done(Milliseconds again_after_) : again_after{again_after_} {}
  Milliseconds again_after;
};

/// How loud an event is.
enum class Severity { kInfo, kError };

/// What users hear of a wait.
enum class Telling {
  kNews,     ///< an event when it is news
  kNothing,  ///< no event: it is usual at every start
  kLater,    ///< nothing yet: the status of this pass is kept, and written when the wait is told or over
};

/// Something else has to happen first.
struct Wait {
  Wait(std::string_view reason_, std::string message_, Milliseconds again_after_, Telling telling_ = Telling::kNews)
      : reason{reason_}, message{std::move(message_)}, again_after{again_after_}, telling{telling_} {}
  std::string_view reason;  ///< a constant of the kind's header; kProgressing: work goes on, and Ready is Unknown
  std::string message;
  Milliseconds again_after;  ///< at the latest; a watch may wake it earlier
  Telling telling;
  std::string_view condition{};  ///< of the step that waits; filled in by run_steps
};

/// Only a new spec can help: nothing is tried until then.
struct Stall {
  Stall(std::string_view reason_, std::string message_) : reason{reason_}, message{std::move(message_)} {}
  std::string_view reason;  ///< a constant of the kind's header
  std::string message;
  // What Ready says, where it says more than that nothing is tried any more; empty: the same.
  std::string ready_reason{};
  std::string ready_message{};
};

/// It did not work, and is tried again.
struct Failed {
  Failed(std::string_view reason_, std::string message_, std::optional<Milliseconds> retry_ = std::nullopt)
      : reason{reason_}, message{std::move(message_)}, retry{retry_} {}
  std::string_view reason;  ///< a constant of the kind's header
  std::string message;
  std::optional<Milliseconds> retry;  ///< exactly then; nullopt: at the kind's own pace
  std::string_view condition{};       ///< of the step that failed; filled in by run_steps
};

/// How a step, and a pass, ended.
using Outcome = std::variant<Next, Done, Wait, Stall, Failed>;

/// A failure that knows the condition reason under which it is reported, thrown from below a step.
class ReasonedError : public std::runtime_error {
 public:
  ReasonedError(std::string_view reason, const std::string& message, std::optional<Milliseconds> retry = std::nullopt)
      : std::runtime_error{message}, reason_{reason}, retry_{retry} {}
  std::string_view reason() const { return reason_; }
  /// A server has said when it wants to be asked again: no use in asking before.
  std::optional<Milliseconds> retry() const { return retry_; }

 private:
  std::string_view reason_;  // a constant of the kind's header
  std::optional<Milliseconds> retry_;
};

/// What was thrown, as a value.
/// @param reason  of what names none itself
/// @throws        a cancellation, as it is
Failed failed_by(const std::exception_ptr& failure, std::string_view reason);

}  // namespace weir::runtime
