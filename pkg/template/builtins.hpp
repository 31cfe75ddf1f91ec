#pragma once

#include "pkg/template/functions.hpp"

namespace weir::templates {

/// The functions that every template has: and, or, not, len, index, slice, print, printf, println,
/// html, js, urlquery, call, eq, ne, lt, le, gt, ge. The renderer evaluates the arguments of and,
/// or itself, one by one. Made once. Threads: any.
const Functions& builtin_functions();

/// Whether a value counts as true: not empty, not zero, not nil.
bool is_true(const Value& value);

}  // namespace weir::templates
