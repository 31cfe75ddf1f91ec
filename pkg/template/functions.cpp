#include "pkg/template/functions.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::templates {

namespace {
constexpr std::size_t kBytesOfAStep = 64;
constexpr std::uint64_t kSlice = 1024;
}  // namespace

CallError::CallError(const std::string& message, ExecutionError cause)
    : std::runtime_error{message}, cause_{std::move(cause)} {}

Budget::Budget(const Limits& limits, std::stop_token stop)
    : limits_{limits}, stop_{std::move(stop)}, left_{limits.steps}, memory_before_{memory_in_use()} {}

void Budget::spend_slowly(std::uint64_t steps) {
  left_ += slice_;
  slice_ = 0;
  if (steps > left_) {
    left_ = 0;
    throw CallError{text::cat("rendering takes more than ", limits_.steps, " steps")};
  }
  left_ -= steps;
  if (stop_.stop_requested()) throw CallError{"rendering was stopped"};
  if (memory_in_use() - memory_before_ > static_cast<std::int64_t>(limits_.memory_bytes))
    throw CallError{text::cat("rendering takes more than ", limits_.memory_bytes, " bytes of memory")};
  slice_ = std::min(left_, kSlice);
  left_ -= slice_;
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

Bytes::Bytes(const Value& value) {
  if (value.kind() == Kind::kBytes) {
    text_ = value.as_bytes();
    return;
  }
  for (const auto& item : value.as_list().items) text_ += static_cast<char>(item.as_unsigned());
}

std::string Call::render(std::string_view name, const Value& data) { return renderer().render(name, data); }

Call::Renderer& Call::renderer() const {
  if (!renderer_) throw CallError{"no template can be rendered here"};
  return *renderer_;
}

void Call::will_change(const Value& value) {
  if (renderer_) renderer_->will_change(value);
}

}  // namespace weir::templates
