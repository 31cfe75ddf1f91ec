#pragma once

#include <cstddef>
#include <string_view>

/// What tools/generate_schema.py took from the OpenAPI description of Kubernetes v1.21.2, the one in kustomize 5.8.2.
namespace weir::kustomize {

/// One line a type: "number name field=form ...". Forms: "7" an object of type 7; "0" an object of which nothing more
/// is known; "*7" a map of them; "[key,key]7" a list that merges by these keys; "[]" a list of texts that merges.
extern const std::string_view kTypeRows;
extern const std::string_view kKustomizeTypeRows;

/// One line a kind: "apiVersion kind type".
extern const std::string_view kResourceRows;
extern const std::string_view kKustomizeResourceRows;

struct ScopeRow {
  std::string_view api_version;
  std::string_view kind;
  bool is_namespaced;
};
/// Sorted by apiVersion, then kind.
extern const ScopeRow kScopeRows[];
extern const std::size_t kScopeRowCount;

}  // namespace weir::kustomize
