#pragma once

#include <string_view>

#include "pkg/kube/object.hpp"

/// Whether a cluster holds what was applied, by looking at the live object itself.  Threads: any, pure.
namespace weir::ssa {

/// True when the Apply entry of `manager` in `live` holds exactly the fields that `desired` sets, and each of them has
/// the value that it sets: applying it would change nothing. False says nothing: the server may write a value otherwise
/// than it was given ("1000m" and "1"), and only its own answer tells.
/// @param live  whole, in the version of `desired`
/// Source: Kubernetes, "Server-Side Apply: field management" (f:, k:, v: of fieldsV1).
bool holds(const kube::Object& live, const kube::Object& desired, std::string_view manager);

/// Whether two states of one object are the same: all but the times of managedFields.
bool is_same_state(const kube::Object& left, const kube::Object& right);

}  // namespace weir::ssa
