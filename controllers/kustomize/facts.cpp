#include "controllers/kustomize/facts.hpp"

#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/kustomize/kustomize_controller.hpp"

namespace weir::kustomize_controller {

runtime::ControllerFacts facts() {
  return runtime::facts_of(
      kName,
      {api::kustomize::Kustomization::kNames},
      {
          {api::source::GitRepository::kNames.group,
           std::string{api::source::GitRepository::kNames.plural},
           {"list", "watch"}},
          {"", "configmaps", {"get", "list", "watch"}},
          {"", "secrets", {"get"}},
      },
      make_unit
  );
}

}  // namespace weir::kustomize_controller
