#include "pkg/json/view.hpp"

#include "pkg/base/text.hpp"

namespace weir::json {

std::string View::path() const {
  if (parent_ == nullptr) return "";
  const std::string above = parent_->path();
  if (key_.data() == nullptr) return text::cat(above, "[", index_, "]");
  return above.empty() ? std::string{key_} : text::cat(above, ".", key_);
}

InputError View::wrong_kind(std::string_view expected) const {
  return error(text::cat("expected ", expected, ", got ", describe_kind(value_->kind())));
}

}  // namespace weir::json
