#include "pkg/template/render_error.hpp"

#include <stdexcept>

#include "pkg/base/text.hpp"
#include "pkg/template/quote.hpp"

namespace weir::templates {
namespace {

/// What follows the place: `executing "NAME" at <NODE>: MESSAGE`.
std::string rest_of(const ErrorLevel& level) {
  if (level.node.empty()) return level.message;
  return text::cat("executing ", quote(level.template_name), " at <", level.node, ">: ", level.message);
}

}  // namespace

std::string ErrorLevel::text() const {
  if (place.empty()) return message;
  return text::cat("template: ", place, ": ", rest_of(*this));
}

std::string RenderError::text(std::size_t from) const {
  std::string out;
  for (std::size_t i = from; i < levels.size(); ++i) out += levels[i].text();
  return out;
}

InputError RenderError::input_error() const {
  const ErrorLevel& first = levels.front();
  if (first.place.empty()) return {"template", text()};
  return {text::cat("template: ", first.place), rest_of(first) + text(1)};
}

void throw_exception_from_error(const RenderError& error, const boost::source_location&) {
  throw std::invalid_argument{error.text()};
}

}  // namespace weir::templates
