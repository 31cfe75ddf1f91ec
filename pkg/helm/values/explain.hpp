#pragma once

#include <string>
#include <vector>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/helm/values/user_values.hpp"

namespace weir::helm {

/// What a layer did to a key.
struct ValueStep {
  enum class Change { kSet, kChanged, kRemoved };

  std::string layer;  ///< "demo/charts/sub/values.yaml", "-f prod.yaml", "--set sub.n=1"
  Change change = Change::kSet;
  json::Value value;  ///< after the layer; null when it is gone
};

struct ExplainedKey {
  std::string path;              ///< as --set writes it: "sub.labels.app\.kubernetes\.io/name"
  std::vector<ValueStep> steps;  ///< in the order of the layers, at least one
  bool is_there = true;          ///< false: the last step removed it
};

/// Tells for every key that is no table, or an empty one, which layers set, changed or removed it: the values.yaml of
/// the deepest charts first, then those above them, then what the user gave. The result after each layer is what
/// prepare() would give with the layers up to there, so nulls, globals and imports have their place; which dependencies
/// are on is decided with all layers. Keys are sorted by path.
/// @returns the errors of prepare() (schemas are not looked at) and of apply_layer()
/// Threads: any, pure. Cost: that of prepare() for every layer and every chart.
Result<std::vector<ExplainedKey>> explain_values(
    const Chart& chart, const std::vector<UserLayer>& layers, const ReadFile& read = {}
);

}  // namespace weir::helm
