#pragma once

#include "pkg/json/value.hpp"

namespace weir::json {

/// Applies a JSON merge patch: null deletes a member, objects merge, everything else replaces.
/// Source: RFC 7386.
void merge_patch(Value& target, const Value& patch);

/// The smallest merge patch that turns `before` into `after`; an empty object when they are equal.
/// Both must be objects. Null members of `after` cannot be expressed and are left out.
Value make_merge_patch(const Value& before, const Value& after);

}  // namespace weir::json
