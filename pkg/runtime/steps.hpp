#pragma once

#include <string_view>

#include "pkg/async/asio.hpp"
#include "pkg/runtime/context.hpp"
#include "pkg/runtime/outcome.hpp"

namespace weir::runtime {

/// One row of a reconcile's table: the order is data, the consequence is a value.
template <class Self, class Run>
struct Step {
  std::string_view name;                                     ///< for the log
  asio::awaitable<Outcome> (Self::*act)(Context&, Run&);
  std::string_view condition;  ///< the condition type that this step speaks through; may be empty
};

/// Runs the steps in order until one decides. `run.step` names the row that runs, so that whoever concludes the pass
/// knows where it ended.
template <class Self, class Run, std::size_t Count>
asio::awaitable<Outcome> run_steps(
    Self& self, const Step<Self, Run> (&steps)[Count], Context& context, Run& run
) {
  for (const auto& step : steps) {
    run.step = &step;
    Outcome outcome = co_await (self.*step.act)(context, run);
    if (!std::holds_alternative<Next>(outcome)) co_return outcome;
  }
  co_return Outcome{Next{}};
}

}  // namespace weir::runtime
