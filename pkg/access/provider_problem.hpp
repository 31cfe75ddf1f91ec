#pragma once

#include <string>
#include <string_view>

namespace weir::access {

/// Why nobody can sign in as spec.provider says: only another spec helps.
struct ProviderProblem {
  std::string_view reason;  ///< FieldNotSupported, InvalidProviderConfiguration or FeatureGateDisabled
  std::string message;      ///< starts with the field at fault
};

}  // namespace weir::access
