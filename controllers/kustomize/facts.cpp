#include "controllers/kustomize/facts.hpp"

#include "api/kustomize/v1/kustomization.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/kustomize/kustomize_controller.hpp"

namespace weir::kustomize_controller {
namespace {

std::unique_ptr<runtime::Part> make_part() { return std::make_unique<runtime::PartOf<Options>>(kName, make_unit); }

}  // namespace

runtime::ControllerFacts facts() {
  runtime::ControllerFacts out;
  out.name = kName;
  out.kinds = {api::kustomize::Kustomization::kNames};
  out.reads = {
      {api::source::GitRepository::kNames.group, api::source::GitRepository::kNames.plural, {"list", "watch"}},
      {"", "configmaps", {"get", "list", "watch"}},
      {"", "secrets", {"get"}},
  };
  out.make_part = make_part;
  return out;
}

}  // namespace weir::kustomize_controller
