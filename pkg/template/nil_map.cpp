#include "pkg/template/nil_map.hpp"

namespace weir::templates {
namespace {

/// Tells such maps from others; templates see the name of the plain type.
const NamedType& nil_text_type() {
  static const NamedType type{"map[string]string", {}};
  return type;
}
const NamedType& nil_dict_type() {
  static const NamedType type{"map[string]interface {}", {}};
  return type;
}

}  // namespace

Value nil_text_map() { return Value::map("string", "string").named(nil_text_type()); }

Value nil_dict() { return Value::map().named(nil_dict_type()); }

bool is_nil_map(const Value& value) {
  if (value.kind() != Kind::kMap) return false;
  const auto* type = value.named_type();
  return type == &nil_text_type() || type == &nil_dict_type();
}

}  // namespace weir::templates
