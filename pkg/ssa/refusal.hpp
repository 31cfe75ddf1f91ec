#pragma once

#include <string>

#include "pkg/kube/api_error.hpp"
#include "pkg/ssa/change_set.hpp"

/// What a refusal of the server means for an object, and how it is told.  Threads: any, pure.
namespace weir::ssa {

/// Every conflict and every invalid field counts.  Source: docs/upstream-rules.md, "Immutable fields".
bool is_immutable(const kube::ApiError& error);

/// The server says "not found" of the namespace as of the object.
bool is_missing_namespace(const kube::ApiError& error);

/// The server's words, without the values that it quotes when the object is a Secret.
std::string safe_text(const ObjectId& id, const kube::ApiError& error);

/// "ConfigMap/apps/web dry-run failed (Invalid): ..."
std::string dry_run_text(const ObjectId& id, const kube::ApiError& error);

}  // namespace weir::ssa
