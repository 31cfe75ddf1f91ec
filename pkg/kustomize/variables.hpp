#pragma once

#include <map>
#include <string>
#include <vector>

#include "pkg/kustomize/field_spec.hpp"
#include "pkg/kustomize/kustomization_file.hpp"
#include "pkg/kustomize/resource_set.hpp"

namespace weir::kustomize {

/// The variables of a kustomization and of those below it, by name.
class Variables {
 public:
  /// Adds variables and notes at the resources which of them they give a value to.
  /// @throws Failure when a name is taken, or more than one resource could give the value
  void add(const std::vector<Variable>& variables, ResourceSet& resources);
  void add_all(Variables&& other);

  /// Replaces $(NAME) at the given places. Unknown names stay as they are.
  /// @throws Failure when a variable has no value
  /// Source: kustomize's vars, which follow Kubernetes' expansion of container arguments.
  void resolve(ResourceSet& resources, const FieldSpecs& places, Context& context) const;

 private:
  void add(const Variable& variable);

  std::map<std::string, Variable> variables_;
};

}  // namespace weir::kustomize
