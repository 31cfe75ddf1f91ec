#include "pkg/runtime/steps.hpp"

#include "pkg/async/errors.hpp"

namespace weir::runtime::detail {

void rethrow_as_step_failure(
    std::string_view condition, std::string_view reason, const std::exception_ptr& failure
) {
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const ReasonedError& error) {
    throw StepFailed{condition, error.reason(), error.what()};
  } catch (...) {
    throw StepFailed{condition, reason, async::describe(failure)};
  }
}

}  // namespace weir::runtime::detail
