#include "controllers/image_automation/facts.hpp"

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_update_automation.hpp"
#include "api/source/v1/git_repository.hpp"
#include "controllers/image_automation/image_automation_controller.hpp"

namespace weir::image_automation {
namespace {

std::unique_ptr<runtime::Part> make_part() { return std::make_unique<runtime::PartOf<Options>>(kName, make_unit); }

}  // namespace

runtime::ControllerFacts facts() {
  runtime::ControllerFacts out;
  out.name = kName;
  out.kinds = {api::image::ImageUpdateAutomation::kNames};
  out.reads = {
      {api::image::ImagePolicy::kNames.group, api::image::ImagePolicy::kNames.plural, {"list", "watch"}},
      {api::source::GitRepository::kNames.group, api::source::GitRepository::kNames.plural, {"list", "watch"}},
      {"", "secrets", {"get"}},
  };
  out.make_part = make_part;
  return out;
}

}  // namespace weir::image_automation
