#pragma once

#include <string_view>

#include "pkg/kube/object.hpp"

namespace weir::ssa {

/// Whether an annotation or a label of an object steers us: "GROUP/reconcile: disabled", "GROUP/ssa: Merge", ...; the
/// case of the value does not count.  Source: docs/upstream-rules.md, "Server-side apply".  Threads: any, pure.
bool is_steered(const kube::Object& object, std::string_view group, std::string_view name, std::string_view value);

/// What says in the cluster or in Git that an object is not to be touched.
bool is_left_alone(const kube::Object& object, std::string_view group);

}  // namespace weir::ssa
