#include "pkg/template/functions.hpp"

#include "pkg/base/text.hpp"

namespace weir::templates {

namespace {
constexpr std::size_t kBytesOfAStep = 64;
}

void Budget::spend(std::uint64_t steps) {
  if (steps > limits_.steps - spent_) {
    spent_ = limits_.steps;
    throw CallError{text::cat("rendering takes more than ", limits_.steps, " steps")};
  }
  spent_ += steps;
}

void Budget::spend_on_text(std::size_t bytes) {
  if (bytes > limits_.output_bytes) throw CallError{text::cat("a text of more than ", limits_.output_bytes, " bytes")};
  spend(bytes / kBytesOfAStep);
}

void BoundedText::make_room(std::size_t bytes) {
  const std::size_t limit = budget_.limits().output_bytes;
  if (bytes > limit - text_.size()) throw CallError{text::cat("a text of more than ", limit, " bytes")};
  unpaid_ += bytes;
  if (unpaid_ >= kBytesOfAStep) {
    budget_.spend(unpaid_ / kBytesOfAStep);
    unpaid_ %= kBytesOfAStep;
  }
}

void BoundedText::append(std::string_view more) {
  make_room(more.size());
  text_ += more;
}

void BoundedText::append(std::size_t count, char c) {
  make_room(count);
  text_.append(count, c);
}

std::string Call::render(std::string_view name, const Value& data) {
  if (!render_) throw CallError{text::cat("no template ", text::quoted(name), " can be rendered here")};
  return (*render_)(name, data);
}

}  // namespace weir::templates
