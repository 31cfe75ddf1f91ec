#include "pkg/runtime/outcome.hpp"

#include "pkg/async/errors.hpp"

namespace weir::runtime {

Failed failed_by(const std::exception_ptr& failure, std::string_view reason) {
  if (async::is_cancelled(failure)) std::rethrow_exception(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const ReasonedError& error) {
    return Failed{error.reason(), error.what(), error.retry()};
  } catch (...) {
    return Failed{reason, async::describe(failure)};
  }
}

}  // namespace weir::runtime
