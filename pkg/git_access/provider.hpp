#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/source/v1/git_repository.hpp"

namespace weir::git_access {

/// Why nobody can sign in as spec.provider says: only another spec helps.
struct ProviderProblem {
  std::string_view reason;  ///< FieldNotSupported or InvalidProviderConfiguration
  std::string message;      ///< starts with the field at fault
};

/// What is wrong with provider, serviceAccountName and what they need of the rest. Pure.
std::optional<ProviderProblem> provider_problem(const api::source::GitRepositorySpec& spec);

}  // namespace weir::git_access
