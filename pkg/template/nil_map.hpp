#pragma once

#include "pkg/template/value.hpp"

namespace weir::templates {

/// A map[string]string that was never made: like an empty one, but null in JSON.
Value nil_text_map();
/// The same of a map[string]interface {}.
Value nil_dict();
bool is_nil_map(const Value& value);

}  // namespace weir::templates
