#include "controllers/helm/post_render.hpp"

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/helm/storage/go_json_text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/json/describe.hpp"
#include "pkg/kustomize/build.hpp"
#include "pkg/kustomize/memory_file_system.hpp"
#include "pkg/yaml/writer.hpp"

namespace weir::helm_controller {
namespace {

using json::Value;

constexpr std::string_view kRoot = "/release";
constexpr std::string_view kOrigin = "config.kubernetes.io/origin";
constexpr std::string_view kPathKey = "path: ";
constexpr std::string_view kLowestLayer = "../0/";

/// One document on its way.
struct Document {
  std::string path;
  std::string text;
};

std::string folder(std::size_t index) { return text::cat(kRoot, "/", index); }

Value kustomization() {
  return Value::object({{"apiVersion", "kustomize.config.k8s.io/v1beta1"}, {"kind", "Kustomization"}});
}

Value patch_entry(std::string patch, const std::optional<api::Selector>& target) {
  auto out = Value::object({{"patch", std::move(patch)}});
  if (target) out.set("target", json::encode(*target));
  return out;
}

Value kustomization_of(const api::helm::KustomizePostRenderer& renderer) {
  auto out = kustomization();
  auto patches = Value::array();
  for (const auto& patch : renderer.patches) patches.push_back(patch_entry(patch.patch, patch.target));
  for (const auto& patch : renderer.patches_strategic_merge)
    patches.push_back(patch_entry(json::write(patch), std::nullopt));
  for (const auto& patch : renderer.patches_json6902)
    patches.push_back(patch_entry(json::write(json::encode(patch.patch)), patch.target));
  if (!patches.empty()) out.set("patches", std::move(patches));
  if (!renderer.images.empty()) out.set("images", json::encode(renderer.images));
  return out;
}

/// Which of the documents an object comes from; its mark is taken off.
/// @returns nullopt for an object without one, which cannot be
std::optional<std::size_t> take_origin(Value& object) {
  auto* metadata = object.find("metadata");
  auto* annotations = metadata == nullptr ? nullptr : metadata->find("annotations");
  const auto* origin = annotations == nullptr ? nullptr : annotations->find(kOrigin);
  if (origin == nullptr || !origin->is_string()) return std::nullopt;
  // "path: 12/demo/templates/a.yaml", with "../0/" before it where there are layers above.
  std::string_view name = origin->as_string();
  if (!name.starts_with(kPathKey)) return std::nullopt;
  name.remove_prefix(kPathKey.size());
  if (name.starts_with(kLowestLayer)) name.remove_prefix(kLowestLayer.size());
  std::size_t index = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (failure != std::errc{}) return std::nullopt;
  annotations->erase(kOrigin);
  if (annotations->empty()) metadata->erase("annotations");
  return index;
}

void put_all(Value& object, std::string_view field, const std::map<std::string, std::string>& values) {
  for (const auto& [key, value] : values) object["metadata"][field].set(key, value);
}

/// Below the folder of the lowest layer. Several documents may come from one template.
std::string file_of(std::size_t index, const Document& document) { return text::cat(index, "/", document.path); }

/// Errors speak of templates, not of the files that we made of them.
InputError about_templates(const InputError& error, const std::vector<Document>& documents) {
  std::string message = error.text();
  for (std::size_t index = documents.size(); index-- > 0;)
    message = text::replace_all(message, file_of(index, documents[index]), documents[index].path);
  return InputError{"", text::cat("error while running post render on charts: ", message)};
}

struct Printed {
  std::size_t document = 0;
  std::string text;
  Value object;
};

Result<std::vector<Printed>> run(const std::vector<Document>& documents, const api::helm::HelmRelease& object) {
  if (documents.empty()) return std::vector<Printed>{};
  kustomize::MemoryFileSystem files;
  auto resources = Value::array();
  for (std::size_t index = 0; index < documents.size(); ++index) {
    std::string file = file_of(index, documents[index]);
    files.write(text::cat(folder(0), "/", file), documents[index].text);
    resources.push_back(std::move(file));
  }
  std::vector<Value> layers{kustomization()};
  layers[0].set("resources", std::move(resources));
  for (const auto& renderer : object.spec.post_renderers) {
    if (!renderer.kustomize) continue;
    auto layer = kustomization_of(*renderer.kustomize);
    layer.set("resources", Value::array({text::cat("../", layers.size() - 1)}));
    layers.push_back(std::move(layer));
  }
  layers.back().set("buildMetadata", Value::array({"originAnnotations"}));
  for (std::size_t index = 0; index < layers.size(); ++index)
    files.write(text::cat(folder(index), "/kustomization.yaml"), json::write(layers[index]));

  kustomize::BuildOptions options;
  options.load_restrictions = kustomize::LoadRestrictions::kNone;
  options.reorder = kustomize::Reorder::kNone;
  auto built = kustomize::build(files, folder(layers.size() - 1), options);
  if (!built) return about_templates(built.error(), documents);

  std::vector<Printed> out;
  for (auto& resource : built->resources) {
    const auto origin = take_origin(resource);
    if (!origin || *origin >= documents.size())
      return InputError{"", text::cat("post rendering lost where a ", resource.text_at({"kind"}), " comes from")};
    if (object.spec.common_metadata) {
      put_all(resource, "labels", object.spec.common_metadata->labels);
      put_all(resource, "annotations", object.spec.common_metadata->annotations);
    }
    const std::string group{api::helm::HelmRelease::kNames.group};
    put_all(
        resource,
        "labels",
        {{group + "/name", object.metadata.name}, {group + "/namespace", object.metadata.namespace_}}
    );
    out.push_back({*origin, yaml::write(resource), std::move(resource)});
  }
  return out;
}

template <class Field>
std::string digest_of(const Field& field) {
  std::string text;
  helm::append_go_json(text, json::encode(field));
  return text::cat("sha256:", sha256_hex(text));
}

}  // namespace

Result<PostRendered> post_render(
    std::vector<helm::Manifest> manifests, std::vector<helm::Hook> hooks, const api::helm::HelmRelease& object
) {
  const std::string& strategy = object.spec.post_render_strategy;
  const bool leaves_hooks = strategy == "nohooks";
  const bool is_combined = !leaves_hooks && strategy != "separate";
  std::vector<Document> documents;
  std::vector<Document> of_hooks;
  for (auto& manifest : manifests) {
    // What holds no object (comments, null) has nothing to be patched, and nothing to be applied.
    if (manifest.head.kind.empty() && manifest.head.api_version.empty() && manifest.head.name.empty()) continue;
    documents.push_back({std::move(manifest.path), std::move(manifest.text)});
  }
  if (!leaves_hooks)
    for (auto& hook : hooks) (is_combined ? documents : of_hooks).push_back({hook.path, std::move(hook.text)});

  PostRendered out;
  for (const auto* batch : {&documents, &of_hooks}) {
    auto printed = run(*batch, object);
    if (!printed) return printed.error();
    for (auto& one : *printed) {
      const std::string& path = (*batch)[one.document].path;
      auto head = helm::read_head(one.text);
      if (!head) return InputError{path, head.error().message};
      if (head->annotation(helm::kHookAnnotation) != nullptr) {
        if (auto hook = helm::read_hook(*head, path, one.text)) out.hooks.push_back(std::move(*hook));
        continue;
      }
      out.manifests.push_back({path, std::move(one.text), std::move(*head)});
      out.objects.push_back(std::move(one.object));
    }
  }
  if (leaves_hooks) out.hooks = std::move(hooks);
  return out;
}

std::string post_renderers_digest(const api::helm::HelmReleaseSpec& spec) {
  return spec.post_renderers.empty() ? std::string{} : digest_of(spec.post_renderers);
}

std::string common_metadata_digest(const api::helm::HelmReleaseSpec& spec) {
  return spec.common_metadata ? digest_of(*spec.common_metadata) : std::string{};
}

}  // namespace weir::helm_controller
