#include "controllers/source/facts.hpp"

#include "api/image/v1/image_update_automation.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/source/source_controller.hpp"

namespace weir::source {

using api::image::ImageUpdateAutomation;
using api::source::GitRepository;
using runtime::Column;

runtime::ControllerFacts facts() {
  return runtime::facts_of(
      kName,
      {{GitRepository::kNames,
        {"gitrepo", "git"},
        {{"REVISION", "status.artifact.revision", Column::Shows::kRevision}, runtime::kSuspended}}},
      {{"", "secrets", {"get"}}},
      {{ImageUpdateAutomation::kNames.group,
        std::string{ImageUpdateAutomation::kNames.plural},
        {"get", "list", "watch"}}},
      make_unit
  );
}

}  // namespace weir::source
