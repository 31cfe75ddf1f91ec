#include "controllers/image_automation/facts.hpp"

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_update_automation.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/image_automation/image_automation_controller.hpp"

namespace weir::image_automation {

runtime::ControllerFacts facts() {
  return runtime::facts_of(
      kName,
      {api::image::ImageUpdateAutomation::kNames},
      {
          {api::image::ImagePolicy::kNames.group,
           std::string{api::image::ImagePolicy::kNames.plural},
           {"list", "watch"}},
          {api::source::GitRepository::kNames.group,
           std::string{api::source::GitRepository::kNames.plural},
           {"list", "watch"}},
          {"", "secrets", {"get"}},
      },
      make_unit
  );
}

}  // namespace weir::image_automation
