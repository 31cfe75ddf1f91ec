#pragma once

#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/json/value.hpp"
#include "pkg/kube/object.hpp"

namespace weir::ssa {

/// Makes a manifest fit for server-side apply: status and server-made metadata are dropped (a CRD keeps its status out
/// as well), `creationTimestamp: null` goes, a port without protocol gets TCP (it is part of the list's key), a
/// Secret's stringData becomes data, and a CRD conversion webhook's placeholder caBundle is left to its injector.
/// @returns an error that names the field when stringData cannot become data: a value that is no text would be lost
/// Source: docs/upstream-rules.md, "Normalisation".  Threads: any, pure.
Result<void> normalize(kube::Object& object);

/// Adds a document; the members of a List stand for themselves, at any depth.  Threads: any, pure.
void add_objects(json::Value document, std::vector<json::Value>& out);

}  // namespace weir::ssa
