#include "controllers/image_reflector/facts.hpp"

#include "api/image/v1/image_policy.hpp"
#include "api/image/v1/image_repository.hpp"
#include "controllers/image_reflector/image_reflector_controller.hpp"

namespace weir::image_reflector {

using api::image::ImagePolicy;
using api::image::ImageRepository;

runtime::ControllerFacts facts() {
  return runtime::facts_of(
      kName,
      {{ImageRepository::kNames,
        {"imgrepo", "imagerepo"},
        {{"LAST SCAN", "status.lastScanResult.scanTime"}, runtime::kSuspended}},
       {ImagePolicy::kNames,
        {"imgpol", "imagepol"},
        {{"IMAGE", "status.latestRef.name"}, {"TAG", "status.latestRef.tag"}}}},
      {
          {"", "serviceaccounts", {"get"}},
          {"", "namespaces", {"get"}},
          {"", "secrets", {"get"}},
      },
      {},
      make_unit
  );
}

}  // namespace weir::image_reflector
