#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pkg/ssa/change_set.hpp"

/// In which order objects are applied; pruning is the exact reverse.
/// Source: docs/upstream-rules.md, "Apply order".  Threads: any, pure.
namespace weir::ssa {

/// A stage is applied completely before the next begins.
enum class Stage {
  kDefinitions,  ///< CustomResourceDefinition, Namespace, ClusterRole: others depend on them; waited for
  kClasses,      ///< kinds whose name ends in "Class"; waited for
  kCustom,       ///< --custom-apply-stage-kinds
  kRest,
};

/// @param custom_kinds  "group/Kind"
Stage stage_of(const ObjectId& id, const std::vector<std::string>& custom_kinds);

/// The place of a kind in the order; equal ranks may be applied at the same time.
int rank_of(std::string_view kind);

/// By rank, then group, kind, namespace, name.
bool applies_before(const ObjectId& left, const ObjectId& right);

}  // namespace weir::ssa
