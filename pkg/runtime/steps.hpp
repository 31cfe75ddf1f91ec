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
  std::string_view condition;  ///< the condition type that this step speaks through
  std::string_view reason;     ///< of a failure that names none itself
};

namespace detail {
/// @throws StepFailed, or the cancellation as it is
[[noreturn]] void rethrow_as_step_failure(
    std::string_view condition, std::string_view reason, const std::exception_ptr& failure
);
}  // namespace detail

/// Runs the steps in order until one decides. A Wait carries the condition of its step.
/// @throws StepFailed for anything that a step throws
template <class Self, class Run, std::size_t Count>
asio::awaitable<Outcome> run_steps(
    Self& self, const Step<Self, Run> (&steps)[Count], Context& context, Run& run
) {
  for (const auto& step : steps) {
    Outcome outcome{Next{}};
    std::exception_ptr failure;
    try {
      outcome = co_await (self.*step.act)(context, run);
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      context.log.debug("step failed", {{"step", step.name}});
      detail::rethrow_as_step_failure(step.condition, step.reason, failure);
    }
    if (auto* wait = std::get_if<Wait>(&outcome)) wait->condition = step.condition;
    if (!std::holds_alternative<Next>(outcome)) co_return outcome;
  }
  co_return Outcome{Next{}};
}

}  // namespace weir::runtime
