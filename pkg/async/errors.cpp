#include "pkg/async/errors.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "pkg/base/text.hpp"

namespace weir::async {

namespace {

std::string after(Milliseconds limit) { return text::cat("timed out after ", to_string(Duration{limit})); }

}  // namespace

TimedOut::TimedOut(Milliseconds limit) : std::runtime_error{after(limit)}, limit_{limit} {}

TimedOut::TimedOut(const std::string& what, Milliseconds limit)
    : std::runtime_error{text::cat(what, ": ", after(limit))}, limit_{limit} {}

void throw_cancelled() { throw boost::system::system_error{boost::asio::error::operation_aborted}; }

bool is_cancelled(const std::exception_ptr& failure) {
  if (!failure) return false;
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    return error.code() == boost::asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

std::string describe(const std::exception_ptr& failure) {
  if (!failure) return "no error";
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown error";
  }
}

}  // namespace weir::async
