#pragma once

#include <exception>
#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/runtime/context.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::runtime {

/// One row of a reconcile's table: the order is data, the consequence is a value.
template <class Self, class Run>
struct Step {
  std::string_view name;  ///< for the log
  asio::awaitable<Outcome> (Self::*act)(Context&, Run&);
  std::string_view condition;          ///< the condition type that this step speaks through
  std::string_view reason;             ///< of a failure that names none itself
  bool (*when)(const Run&) = nullptr;  ///< whether the step has anything to do in this pass; nullptr: always
};

/// Runs the steps in order until one decides. What a step throws
/// is a Failed; that and a Wait carry the step's condition.
/// @throws a cancellation, as it is
template <class Self, class Run, std::size_t Count>
asio::awaitable<Outcome> run_steps(Self& self, const Step<Self, Run> (&steps)[Count], Context& context, Run& run) {
  for (const auto& step : steps) {
    if (step.when != nullptr && !step.when(run)) continue;
    Outcome outcome{Next{}};
    std::exception_ptr failure;
    try {
      outcome = co_await (self.*step.act)(context, run);
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) outcome = failed_by(failure, step.reason);
    if (auto* wait = std::get_if<Wait>(&outcome)) wait->condition = step.condition;
    if (auto* failed = std::get_if<Failed>(&outcome)) {
      failed->condition = step.condition;
      context.log.debug("step failed", {{"step", step.name}});
    }
    if (!std::holds_alternative<Next>(outcome)) co_return outcome;
  }
  co_return Outcome{Next{}};
}

}  // namespace weir::runtime
