#include "controllers/kustomize/build_objects.hpp"

#include <utility>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/generate.hpp"
#include "pkg/kustomize/secure_file_system.hpp"
#include "pkg/ssa/change_set.hpp"
#include "pkg/ssa/normalize.hpp"

namespace weir::kustomize_controller {
namespace {

namespace fs = std::filesystem;
using api::kustomize::Kustomization;
using api::kustomize::KustomizationSpec;

json::Value selector_value(const api::kustomize::Selector& selector) { return json::encode(selector); }

kustomize::Additions additions_of(const KustomizationSpec& spec) {
  kustomize::Additions out;
  if (!spec.target_namespace.empty()) out.target_namespace = spec.target_namespace;
  if (!spec.name_prefix.empty()) out.name_prefix = spec.name_prefix;
  if (!spec.name_suffix.empty()) out.name_suffix = spec.name_suffix;
  out.components = spec.components;
  out.ignore_missing_components = spec.ignore_missing_components;
  out.build_metadata = spec.build_metadata;
  for (const auto& patch : spec.patches) {
    auto entry = json::Value::object({{"patch", patch.patch}});
    if (patch.target) entry.set("target", selector_value(*patch.target));
    out.patches.push_back(std::move(entry));
  }
  // What v1beta2 called by other names.
  for (const auto& patch : spec.patches_strategic_merge) {
    out.patches.push_back(json::Value::object({{"patch", json::write(patch)}}));
  }
  for (const auto& patch : spec.patches_json6902) {
    out.patches.push_back(json::Value::object(
        {{"patch", json::write(json::encode(patch.patch))}, {"target", selector_value(patch.target)}}
    ));
  }
  for (const auto& image : spec.images) out.images.push_back(json::encode(image));
  return out;
}

void put_all(json::Value& metadata, std::string_view field, const std::map<std::string, std::string>& values) {
  for (const auto& [key, value] : values) metadata[field].set(key, value);
}

/// The members of a List stand for themselves.
void add_objects(json::Value document, std::vector<json::Value>& out) {
  auto* items = document.find("items");
  const bool is_list = document.text_at({"kind"}).ends_with("List") && items != nullptr && items->is_array();
  if (!is_list) {
    out.push_back(std::move(document));
    return;
  }
  for (auto& item : items->as_array()) add_objects(std::move(item), out);
}

bool substitution_is_disabled(const kube::Object& object, std::string_view group) {
  const std::string key = text::cat(group, "/substitute");
  return object.annotation(key) == std::string_view{"disabled"} ||
         object.label(key) == std::string_view{"disabled"};
}

/// "Kind/namespace/name": how an error names an object.
std::string name_of(const json::Value& document) {
  return ssa::ObjectId::of(kube::Object{document}).text();
}

/// An error about files of the artifact, named as in Git: where it was unpacked is nobody's business, and differs
/// from pass to pass.
InputError about_files(const InputError& error, const std::string& root) {
  return InputError{
      "", text::cat("kustomize build failed: ", text::replace_all(text::replace_all(error.text(), root + "/", ""), root, "."))
  };
}

/// The folder that `spec.path` names, without a slash at its end.
std::string folder_of(const fs::path& root, const std::string& path) {
  auto folder = (root / fs::path{path}.relative_path()).lexically_normal().string();
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  return folder;
}

}  // namespace

bool has_same_inputs(const fs::path& root, const std::vector<kustomize::Input>& inputs) {
  const auto files = kustomize::SecureFileSystem::open(root.string());
  if (files.has_error()) return false;
  auto here = inputs;
  for (auto& input : here) input.path = files->root() + input.path;
  return kustomize::are_current(*files, here);
}

bool has_path(const fs::path& root, const std::string& path) {
  // Unpacked artifacts hold no links: what lies below by name lies below.
  const auto folder = folder_of(root, path);
  return folder.starts_with(root.string()) && fs::is_directory(folder);
}

Result<BuiltObjects> build_objects(const BuildRequest& request) {
  const auto& spec = request.object.spec;
  auto files = kustomize::SecureFileSystem::open(request.root.string());
  if (files.has_error()) return files.error();
  const std::string folder = folder_of(files->root(), spec.path);

  kustomize::BuildOptions options;
  options.load_restrictions = kustomize::LoadRestrictions::kNone;  // the root confines every path already
  options.profile = kustomize::Profile::kFlux;
  options.documents = request.documents;
  auto built = kustomize::generate_and_build(*files, folder, additions_of(spec), options);
  if (built.has_error()) return about_files(built.error(), files->root());

  std::vector<json::Value> documents;
  for (auto& document : built->resources) add_objects(std::move(document), documents);
  BuiltObjects out;
  Digester digester{DigestAlgorithm::kSha256};
  for (auto& document : documents) {
    if (document.text_at({"apiVersion"}).starts_with("kustomize.config.k8s.io/")) continue;
    if (request.variables &&
        !substitution_is_disabled(kube::Object{document}, request.label_group)) {
      const std::string name = name_of(document);
      auto substituted = substitute_object(std::move(document), *request.variables, request.strict_substitution);
      if (substituted.has_error()) {
        return InputError{name, text::cat("variable substitution failed: ", substituted.error().text())};
      }
      document = std::move(*substituted);
    }
    kube::Object object{std::move(document)};
    auto& metadata = object.metadata();
    if (spec.common_metadata) {
      put_all(metadata, "labels", spec.common_metadata->labels);
      put_all(metadata, "annotations", spec.common_metadata->annotations);
    }
    metadata["labels"].set(text::cat(request.label_group, "/name"), request.object.metadata.name);
    metadata["labels"].set(text::cat(request.label_group, "/namespace"), request.object.metadata.namespace_);
    if (const auto fits = ssa::normalize(object); fits.has_error()) {
      return InputError{ssa::ObjectId::of(object).text(), fits.error().text()};
    }
    digester.update(json::write(object.document()));
    out.objects.push_back(std::move(object));
  }
  out.digest = digester.finish();
  out.inputs = std::move(built->inputs);
  for (auto& input : out.inputs) input.path.erase(0, files->root().size());
  return out;
}

}  // namespace weir::kustomize_controller
