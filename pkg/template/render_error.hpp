#pragma once

#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "pkg/base/result.hpp"

namespace weir::templates {

/// One step on the way to what went wrong: a node of a template, or the words of a function.
struct ErrorLevel {
  std::string place;          ///< "name:line:column", or the template's name; empty: no template, words only
  std::string template_name;  ///< that was executed, not always the one of the file
  std::string node;           ///< the action as messages repeat it; empty: before the first node
  std::string message;        ///< own words; when a level lies below they end with ": " and its text follows

  /// `template: PLACE: executing "NAME" at <NODE>: MESSAGE`, without the levels below.
  std::string text() const;

  friend bool operator==(const ErrorLevel&, const ErrorLevel&) = default;
};

/// What a reader needs to find the fault, beside Go's words.
struct ErrorDetail {
  std::string source;  ///< the line of the template at which the innermost node stands
  std::string value;   ///< what was at fault there: ".Values.a is null"; may be empty

  friend bool operator==(const ErrorDetail&, const ErrorDetail&) = default;
};

/// Why a rendering ended.
struct RenderError {
  std::vector<ErrorLevel> levels;  ///< outermost first, never empty
  ErrorDetail detail;

  /// Go's text of level `from` and all below it.
  std::string text(std::size_t from = 0) const;
  /// Go's text in two: where = "template: message:1:7".
  InputError input_error() const;

  friend bool operator==(const RenderError&, const RenderError&) = default;
};

template <class T>
using RenderResult = boost::system::result<T, RenderError>;

/// What `RenderResult::value()` throws. @throws std::invalid_argument with error.text()
[[noreturn]] void throw_exception_from_error(const RenderError& error, const boost::source_location& where);

}  // namespace weir::templates
