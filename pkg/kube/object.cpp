#include "pkg/kube/object.hpp"

namespace weir::kube {
namespace {

std::optional<std::string_view> text_of(const json::Value* value) {
  return value != nullptr ? value->text() : std::nullopt;
}

}  // namespace

std::int64_t Object::generation() const {
  const auto* value = document_.find_path({"metadata", "generation"});
  return value != nullptr ? value->integer().value_or(0) : 0;
}

std::optional<std::string_view> Object::label(std::string_view key) const {
  return text_of(document_.find_path({"metadata", "labels", key}));
}

std::optional<std::string_view> Object::annotation(std::string_view key) const {
  return text_of(document_.find_path({"metadata", "annotations", key}));
}

}  // namespace weir::kube
