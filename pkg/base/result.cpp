#include "pkg/base/result.hpp"

#include <stdexcept>

#include "pkg/base/text.hpp"

namespace weir {

std::string InputError::text() const { return where.empty() ? message : text::cat(where, ": ", message); }

void throw_exception_from_error(const InputError& error, const boost::source_location&) {
  throw std::invalid_argument{error.text()};
}

}  // namespace weir
