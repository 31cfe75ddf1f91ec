#pragma once

#include "pkg/template/limits.hpp"
#include "pkg/template/value.hpp"

namespace weir::templates {

/// Equal in type and in everything inside: reflect.DeepEqual. A list that was never made differs
/// from an empty one.
/// @throws CallError when the values are nested too deep
bool deep_equal(const Value& left, const Value& right, Budget& budget, int depth = 0);

}  // namespace weir::templates
