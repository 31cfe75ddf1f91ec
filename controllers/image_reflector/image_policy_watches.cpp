#include "controllers/image_reflector/image_policy_watches.hpp"

#include "pkg/access/reference.hpp"
#include "pkg/runtime/watches.hpp"

namespace weir::image_reflector {
namespace {

using api::image::ImagePolicy;
using api::image::ImageRepository;

constexpr const char* kByRepository = "repository";

/// What of an ImageRepository a policy's result depends on.
std::string state_of(const std::shared_ptr<const ImageRepository>& object) {
  if (!object) return "";
  const auto& scan = object->status.last_scan_result;
  return object->metadata.uid + " " + std::to_string(object->metadata.generation) + " " +
         object->status.canonical_image_name + " " + (scan ? scan->revision : "");
}

}  // namespace

void connect_watches(
    kube::Informer<ImageRepository>& repositories,
    kube::Informer<ImagePolicy>& policies,
    runtime::Controller<ImagePolicy>& controller
) {
  policies.add_index(kByRepository, [](const ImagePolicy& object) {
    return std::vector{access::referred(object.metadata.namespace_, object.spec.image_repository_ref).text()};
  });
  runtime::wake(controller, repositories, state_of, runtime::found_by(policies, kByRepository));
}

}  // namespace weir::image_reflector
