#include "controllers/image_reflector/facts.hpp"

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "controllers/image_reflector/image_reflector_controller.hpp"

namespace weir::image_reflector {

runtime::ControllerFacts facts() {
  return runtime::facts_of(
      kName,
      {api::image::ImageRepository::kNames, api::image::ImagePolicy::kNames},
      {
          {"", "serviceaccounts", {"get"}},
          {"", "namespaces", {"get"}},
          {"", "secrets", {"get"}},
      },
      make_unit
  );
}

}  // namespace weir::image_reflector
