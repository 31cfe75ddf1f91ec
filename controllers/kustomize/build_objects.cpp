#include "controllers/kustomize/build_objects.hpp"

#include <utility>

#include "controllers/kustomize/variables.hpp"
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

bool substitution_is_disabled(const json::Value& document, std::string_view group) {
  const std::string key = text::cat(group, "/substitute");
  return document.text_at({"metadata", "annotations", key}) == "disabled" ||
         document.text_at({"metadata", "labels", key}) == "disabled";
}

/// "Kind/namespace/name": how an error names an object.
std::string name_of(const json::Value& document) {
  ssa::ObjectId id;
  id.kind = document.text_at({"kind"});
  id.namespace_ = document.text_at({"metadata", "namespace"});
  id.name = document.text_at({"metadata", "name"});
  return id.text();
}

/// An error about files of the artifact, named as in Git: where it was unpacked is nobody's business, and differs
/// from pass to pass.
InputError about_files(const InputError& error, const std::string& root) {
  return InputError{
      "",
      text::cat(
          "kustomize build failed: ", text::replace_all(text::replace_all(error.text(), root + "/", ""), root, ".")
      )};
}

/// What every later step reads as text has to be one: it would be taken for absent otherwise.
Result<void> check_metadata(const json::Value& document) {
  const auto expect = [&](std::initializer_list<std::string_view> path, json::Value::Kind kind) -> Result<void> {
    const auto* value = document.find_path(path);
    if (value == nullptr || value->is_null() || value->kind() == kind) return {};
    std::string place;
    for (const auto& step : path) text::append(place, place.empty() ? "" : ".", step);
    return InputError{
        std::move(place),
        text::cat("expected ", json::describe_kind(kind), ", got ", json::describe_kind(value->kind()))};
  };
  using Kind = json::Value::Kind;
  for (const auto* field : {"apiVersion", "kind"}) {
    if (auto fits = expect({field}, Kind::kString); fits.has_error()) return fits;
  }
  if (auto fits = expect({"metadata"}, Kind::kObject); fits.has_error()) return fits;
  for (const auto* field : {"name", "namespace"}) {
    if (auto fits = expect({"metadata", field}, Kind::kString); fits.has_error()) return fits;
  }
  for (const auto* field : {"labels", "annotations"}) {
    if (auto fits = expect({"metadata", field}, Kind::kObject); fits.has_error()) return fits;
  }
  for (const auto* field : {"apiVersion", "kind"}) {
    if (document.text_at({field}).empty()) return InputError{field, "required"};
  }
  if (document.text_at({"metadata", "name"}).empty()) return InputError{"metadata.name", "required"};
  return {};
}

/// The folder that `spec.path` names, without a slash at its end. As in Flux, ".." does not lead above the root.
std::string folder_of(const fs::path& root, const std::string& path) {
  const auto inside = (fs::path{"/"} / path).lexically_normal();
  auto folder = (root / inside.relative_path()).lexically_normal().string();
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
  return fs::is_directory(folder);
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
  if (!request.may_be_large) {
    options.limits.memory_bytes = kSmallBuildBytes;
    options.limits.is_trial = true;
  }
  auto built = kustomize::generate_and_build(*files, folder, additions_of(spec), options);
  if (built.has_error()) return about_files(built.error(), files->root());

  std::vector<json::Value> documents;
  for (auto& document : built->resources) ssa::add_objects(std::move(document), documents);
  BuiltObjects out;
  const Variables none;
  SubstitutionPass pass{request.variables ? *request.variables : none, request.strict_substitution};
  pass.secrets = request.secret_variables;
  if (!request.may_be_large) {
    pass.bytes_left = kSmallBuildBytes / 4;  // an object is held as text, as a tree and as an object for a moment
    pass.is_trial = true;
  }
  Digester digester{DigestAlgorithm::kSha256};
  for (auto& document : documents) {
    if (document.text_at({"apiVersion"}).starts_with("kustomize.config.k8s.io/")) continue;
    const std::string name = name_of(document);
    if (request.variables && !substitution_is_disabled(document, request.label_group)) {
      auto substituted = substitute_object(std::move(document), pass);
      if (substituted.has_error()) {
        return InputError{name, text::cat("variable substitution failed: ", substituted.error().text())};
      }
      document = std::move(*substituted);
    }
    const auto refused = [&](const InputError& error) { return InputError{name, masked(error.text(), pass.hidden)}; };
    if (const auto fits = check_metadata(document); fits.has_error()) return refused(fits.error());
    kube::Object object{std::move(document)};
    auto& metadata = object.metadata();
    if (spec.common_metadata) {
      put_all(metadata, "labels", spec.common_metadata->labels);
      put_all(metadata, "annotations", spec.common_metadata->annotations);
    }
    metadata["labels"].set(text::cat(request.label_group, "/name"), request.object.metadata.name);
    metadata["labels"].set(text::cat(request.label_group, "/namespace"), request.object.metadata.namespace_);
    if (const auto fits = ssa::normalize(object); fits.has_error()) return refused(fits.error());
    ssa::Desired desired{std::move(object)};
    digester.update(desired.text());
    out.objects.push_back(std::move(desired));
  }
  out.hidden = std::move(pass.hidden);
  out.digest = digester.finish();
  out.inputs = std::move(built->inputs);
  for (auto& input : out.inputs) input.path.erase(0, files->root().size());
  return out;
}

}  // namespace weir::kustomize_controller
