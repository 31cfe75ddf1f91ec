#pragma once

#include <optional>

#include "api/source/v1/git_repository.hpp"
#include "pkg/access/provider_problem.hpp"

namespace weir::access {

/// What is wrong with provider, serviceAccountName and what they need of the rest. Pure.
std::optional<ProviderProblem> provider_problem(const api::source::GitRepositorySpec& spec);

}  // namespace weir::access
