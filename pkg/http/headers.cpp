#include <algorithm>

#include "pkg/base/text.hpp"
#include "pkg/http/message.hpp"

namespace weir::http {

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& field : fields_) {
    if (text::equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::string_view Headers::get_or_empty(std::string_view name) const { return get(name).value_or(std::string_view{}); }

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(name, std::move(value));
}

void Headers::add(std::string_view name, std::string value) {
  fields_.emplace_back(std::string{name}, std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return text::equal_ignoring_case(field.name, name); });
}

}  // namespace weir::http
