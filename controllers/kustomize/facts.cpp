#include "controllers/kustomize/facts.hpp"

#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/kustomize/kustomize_controller.hpp"

namespace weir::kustomize_controller {

using api::kustomize::Kustomization;
using api::source::GitRepository;
using runtime::Column;

runtime::ControllerFacts facts() {
  const std::string repositories{GitRepository::kNames.plural};
  return runtime::facts_of(
      kName,
      {{Kustomization::kNames,
        {"ks"},
        {{"REVISION", "status.lastAppliedRevision", Column::Shows::kRevision}, runtime::kSuspended}}},
      {
          {GitRepository::kNames.group, repositories, {"list", "watch"}},
          {"", "configmaps", {"get", "list", "watch"}},
          {"", "secrets", {"get"}},
      },
      {
          {GitRepository::kNames.group, repositories, {"get"}},
          {"", "secrets", {"list", "watch"}},
          {"", "serviceaccounts", {"get"}},
      },
      make_unit
  );
}

}  // namespace weir::kustomize_controller
