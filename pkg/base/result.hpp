#pragma once

#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace weir {

/// Why an input was refused, in words for the person who wrote it.
struct InputError {
  InputError() = default;
  InputError(std::string where_, std::string message_) : where{std::move(where_)}, message{std::move(message_)} {}

  std::string where;    ///< "spec.interval", "overlays/prod/kustomization.yaml:12"; empty = the whole input
  std::string message;  ///< lower case, no full stop: "expected a duration like 5m, got \"five\""

  /// "where: message", or the message alone when there is no place to name.
  std::string text() const;

  friend bool operator==(const InputError&, const InputError&) = default;
};

/// A value, or the reason why the input that should have given it was refused.
template <class T>
using Result = boost::system::result<T, InputError>;

/// What `Result::value()` throws: found by Boost through argument-dependent lookup.
/// @throws std::invalid_argument with error.text()
[[noreturn]] void throw_exception_from_error(const InputError& error, const boost::source_location& where);

}  // namespace weir
