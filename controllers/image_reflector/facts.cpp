#include "controllers/image_reflector/facts.hpp"

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "controllers/image_reflector/image_reflector_controller.hpp"

namespace weir::image_reflector {
namespace {

std::unique_ptr<runtime::Part> make_part() { return std::make_unique<runtime::PartOf<Options>>(kName, make_unit); }

}  // namespace

runtime::ControllerFacts facts() {
  runtime::ControllerFacts out;
  out.name = kName;
  out.kinds = {api::image::ImageRepository::kNames, api::image::ImagePolicy::kNames};
  out.reads = {
      {"", "serviceaccounts", {"get"}},
      {"", "namespaces", {"get"}},
      {"", "secrets", {"get"}},
  };
  out.make_part = make_part;
  return out;
}

}  // namespace weir::image_reflector
