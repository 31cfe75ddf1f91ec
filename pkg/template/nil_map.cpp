#include "pkg/template/nil_map.hpp"

namespace weir::templates {
namespace {

/// Tells such maps from others; templates see the name of the plain type.
const NamedType& nil_type() {
  static const NamedType type{"map[string]string", {}};
  return type;
}

}  // namespace

Value nil_text_map() { return Value::map("string", "string").named(nil_type()); }

bool is_nil_map(const Value& value) { return value.kind() == Kind::kMap && value.named_type() == &nil_type(); }

}  // namespace weir::templates
