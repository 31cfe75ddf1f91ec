#include "controllers/image_automation/facts.hpp"

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_update_automation.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/image_automation/image_automation_controller.hpp"

namespace weir::image_automation {

using api::image::ImagePolicy;
using api::image::ImageUpdateAutomation;
using api::source::GitRepository;

runtime::ControllerFacts facts() {
  const std::string policies{ImagePolicy::kNames.plural};
  const std::string repositories{GitRepository::kNames.plural};
  return runtime::facts_of(
      kName,
      {{ImageUpdateAutomation::kNames,
        {"iua", "imgupd", "imgauto"},
        {{"LAST RUN", "status.lastAutomationRunTime"}, runtime::kSuspended}}},
      {
          {ImagePolicy::kNames.group, policies, {"list", "watch"}},
          {GitRepository::kNames.group, repositories, {"list", "watch"}},
          {"", "secrets", {"get"}},
      },
      {
          {ImagePolicy::kNames.group, policies, {"get"}},
          {GitRepository::kNames.group, repositories, {"get"}},
      },
      make_unit
  );
}

}  // namespace weir::image_automation
