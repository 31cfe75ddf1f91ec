#pragma once

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"

namespace weir::json {

/// Applies a JSON Patch, all of it or nothing: a failed operation leaves `document` as it was.
/// @returns where = "[2].path" for the third operation
/// Source: RFC 6902. As in the library that kustomize and the API server use, "remove" and "replace" of a missing place
/// and a failed "test" are errors, and "-" means the end of a list for "add".
Result<Value> apply_patch(Value document, const Value& patch);

}  // namespace weir::json
