#include "controllers/helm/release_objects.hpp"

#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/manifest/manifest.hpp"
#include "pkg/ssa/normalize.hpp"
#include "pkg/yaml/documents.hpp"

namespace weir::helm_controller {
namespace {

using json::Value;

constexpr std::string_view kManagedBy = "app.kubernetes.io/managed-by";

InputError about(const Value& object, const InputError& error) {
  return InputError{text::cat(object.text_at({"kind"}), "/", object.text_at({"metadata", "name"})), error.text()};
}

}  // namespace

Result<std::vector<ssa::Desired>> desired_objects(std::vector<Value> objects, const ReleaseIdentity& release) {
  std::vector<ssa::Desired> out;
  out.reserve(objects.size());
  for (auto& document : objects) {
    kube::Object object{std::move(document)};
    auto& metadata = object.metadata();
    metadata["labels"].set(kManagedBy, "Helm");
    metadata["annotations"].set(kReleaseNameAnnotation, release.name);
    metadata["annotations"].set(kReleaseNamespaceAnnotation, release.namespace_);
    if (object.namespace_().empty()) metadata.set("namespace", release.namespace_);
    if (auto done = ssa::normalize(object); !done) return about(object.document(), done.error());
    out.emplace_back(std::move(object));
  }
  return out;
}

Result<std::vector<Value>> objects_of_manifest(const std::string& manifest) {
  auto documents = yaml::parse_documents(manifest, "manifest");
  if (!documents) return documents.error();
  std::vector<Value> out;
  for (auto& document : *documents) ssa::add_objects(std::move(document.value), out);
  std::erase_if(out, [](const Value& object) { return !object.is_object(); });
  return out;
}

Result<std::vector<ssa::Desired>> desired_definitions(
    const std::vector<helm::CrdFile>& files, const api::helm::HelmRelease& object
) {
  std::vector<ssa::Desired> out;
  const std::string group{api::helm::HelmRelease::kNames.group};
  for (const auto& file : files) {
    auto documents = yaml::parse_documents(file.file.view(), file.path);
    if (!documents) return documents.error();
    std::vector<Value> objects;
    for (auto& document : *documents) ssa::add_objects(std::move(document.value), objects);
    for (auto& document : objects) {
      if (document.text_at({"kind"}) != "CustomResourceDefinition") continue;
      kube::Object definition{std::move(document)};
      definition.metadata()["labels"].set(group + "/name", object.metadata.name);
      definition.metadata()["labels"].set(group + "/namespace", object.metadata.namespace_);
      if (auto done = ssa::normalize(definition); !done) return InputError{file.path, done.error().text()};
      out.emplace_back(std::move(definition));
    }
  }
  return out;
}

asio::awaitable<void> settle_scopes(kube::RestMapper& mapper, std::vector<ssa::ObjectId>& objects) {
  for (auto& id : objects) {
    if (id.namespace_.empty()) continue;
    const auto resource = co_await mapper.find(id.api_version(), id.kind);
    if (resource && !resource->namespaced) id.namespace_.clear();
  }
}

bool is_kept(const kube::Object& metadata) {
  return metadata.annotation(helm::kResourcePolicyAnnotation) == std::string_view{"keep"};
}

bool is_of_another_release(const kube::Object& metadata, const ReleaseIdentity& release) {
  const auto name = metadata.annotation(kReleaseNameAnnotation);
  const auto namespace_ = metadata.annotation(kReleaseNamespaceAnnotation);
  return (name && *name != release.name) || (namespace_ && *namespace_ != release.namespace_);
}

}  // namespace weir::helm_controller
