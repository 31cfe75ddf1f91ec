#include "test/simulation/intent.hpp"

#include <utility>

#include "api/kustomize/v1/kustomization.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/kube/resource.hpp"

namespace weir::simulation {
namespace {

std::string config_map(const std::string& name, const std::string& value) {
  return text::cat("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ", name, "\ndata:\n  value: \"", value, "\"\n");
}

std::string deployment(const std::string& image) {
  return text::cat(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\nspec:\n  selector:\n    matchLabels: {app: app}\n"
      "  template:\n    metadata:\n      labels: {app: app}\n    spec:\n      containers:\n      - name: app\n        "
      "image: ",
      image,
      "\n"
  );
}

constexpr const char* kBoxes = R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: boxes.example.com
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Box, listKind: BoxList, plural: boxes, singular: box}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
)";

std::string spec_text(const json::Value& spec) {
  const auto* depends = spec.find("dependsOn");
  const auto has = [&](std::string_view name) {
    const auto* value = spec.find(name);
    return value != nullptr && value->is_bool() && value->as_bool();
  };
  return text::cat(
      spec.text_at({"path"}),
      " v=",
      spec.text_at({"postBuild", "substitute", "v"}),
      has("prune") ? " prune" : "",
      has("wait") ? " wait" : "",
      " ",
      spec.text_at({"serviceAccountName"}),
      " ",
      depends == nullptr ? "" : json::write(*depends)
  );
}

}  // namespace

std::string path_of(const std::string& object) {
  const auto [kind, name] = text::cut(std::string_view{object}, "/");
  if (kind == "ConfigMap") return kube::core::config_maps().path(kNamespace, name);
  if (kind == "Deployment") return deployments().path(kNamespace, name);
  if (kind == "Box") return text::cat("/apis/example.com/v1/namespaces/", kNamespace, "/boxes/", name);
  if (kind == "CustomResourceDefinition")
    return text::cat("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/", name);
  return kube::resource_of<api::kustomize::Kustomization>().path(kNamespace, name);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool flag(const json::Value& object, std::initializer_list<std::string_view> path) {
  const auto* value = object.find_path(path);
  return value != nullptr && value->is_bool() && value->as_bool();
}

const json::Value* condition(const json::Value& object, std::string_view type) {
  const auto* conditions = object.find_path({"status", "conditions"});
  if (conditions == nullptr) return nullptr;
  for (const auto& candidate : conditions->as_array()) {
    if (candidate.text_at({"type"}) == type) return &candidate;
  }
  return nullptr;
}

bool is_true(const json::Value& object, std::string_view type) {
  const auto* found = condition(object, type);
  return found != nullptr && found->text_at({"status"}) == "True";
}

const kube::Resource& deployments() {
  static const kube::Resource kResource{"apps", "v1", "Deployment", "deployments", true};
  return kResource;
}

json::Value kustomization(const std::string& name, json::Value spec) {
  return json::Value::object(
      {{"apiVersion", "kustomize.toolkit.fluxcd.io/v1"},
       {"kind", "Kustomization"},
       {"metadata", json::Value::object({{"name", name}, {"namespace", kNamespace}})},
       {"spec", std::move(spec)}}
  );
}

json::Value Spec::document(const std::string& name) const {
  auto out = json::Value::object(
      {{"interval", "1h"},
       {"retryInterval", "20s"},
       {"timeout", "1m"},
       {"prune", prune},
       {"wait", wait},
       {"path", text::cat("./", path)},
       {"targetNamespace", kNamespace},
       {"namePrefix", shares ? "shared-" : text::cat(name, "-")},
       {"sourceRef", json::Value::object({{"kind", "GitRepository"}, {"name", "repo"}})},
       {"postBuild", json::Value::object({{"substitute", json::Value::object({{"v", text::cat("v", variable)}})}})}}
  );
  if (is_tenant) out.set("serviceAccountName", kTenant);
  if (!depends_on.empty()) {
    json::Value::Array list;
    list.push_back(json::Value::object({{"name", depends_on}}));
    out.set("dependsOn", json::Value{std::move(list)});
  }
  return out;
}

std::map<std::string, std::string> Tree::files() const {
  std::map<std::string, std::string> out;
  for (const auto& [folder, maps] : folders) {
    for (const auto& [name, value] : maps)
      out[text::cat(folder, "/", name, ".yaml")] = config_map(name, text::cat(value, "-${v}"));
    out[text::cat(folder, "/always.yaml")] = config_map("always", "of ${v}");
    if (broken.contains(folder)) out[text::cat(folder, "/broken.yaml")] = "kind: [\n";
  }
  if (!image.empty()) {
    out[text::cat(kImageFolder, "/image.yaml")] = text::cat(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: image\ndata:\n  value: ",
        image,
        " # {\"$imagepolicy\": \"",
        kNamespace,
        ":app:tag\"}\n"
    );
  }
  for (const auto& [folder, version] : workloads)
    out[text::cat(folder, "/app.yaml")] = deployment(text::cat("app:", version, "-${v}"));
  for (const auto& [name, spec] : children) {
    out[text::cat(kParent, "/", name, ".yaml")] = json::write(kustomization(name, spec.document(name)));
  }
  out[text::cat(kParent, "/marker.yaml")] = config_map("parent-marker", "1");
  if (box > 0) {
    out[text::cat(kParent, "/boxes.yaml")] = kBoxes;
    out[text::cat(kParent, "/box.yaml")] =
        text::cat("apiVersion: example.com/v1\nkind: Box\nmetadata:\n  name: box\nspec:\n  size: ", box, "\n");
  }
  return out;
}

bool is_bad_image(std::string_view image) { return image.starts_with("app:0-"); }

std::optional<Objects> build(const Tree& tree, const json::Value& spec, bool ignores) {
  Objects out;
  const std::string path{spec.text_at({"path"}).substr(2)};
  if (path == kParent) {
    out["ConfigMap/parent-marker"] = "1";
    if (tree.box > 0) {
      out[kDefinition] = "defined";
      out["Box/box"] = std::to_string(tree.box);
    }
    for (const auto& [name, child] : tree.children)
      out[text::cat("Kustomization/", name)] = spec_text(child.document(name));
    return out;
  }
  const auto folder = tree.folders.find(path);
  if (folder == tree.folders.end() || tree.broken.contains(path)) return std::nullopt;
  const std::string prefix = text::cat("ConfigMap/", spec.text_at({"namePrefix"}));
  const auto variable = spec.text_at({"postBuild", "substitute", "v"});
  for (const auto& [name, value] : folder->second) {
    if (!ignores || name != kIgnorable) out[prefix + name] = text::cat(value, "-", variable);
  }
  if (path == kImageFolder && !tree.image.empty()) out[prefix + "image"] = tree.image;
  if (const auto app = tree.workloads.find(path); app != tree.workloads.end())
    out[text::cat("Deployment/", spec.text_at({"namePrefix"}), "app")] = text::cat("app:", app->second, "-", variable);
  out[prefix + "always"] = text::cat("of ", variable);
  return out;
}

std::string said(std::string_view kind, const json::Value& object) {
  if (kind == "Deployment") {
    const auto* containers = object.find_path({"spec", "template", "spec", "containers"});
    const bool has_one = containers != nullptr && containers->is_array() && !containers->as_array().empty();
    return has_one ? std::string{containers->as_array().front().text_at({"image"})} : "no container";
  }
  if (kind == "CustomResourceDefinition") return "defined";
  if (kind == "Box") {
    const auto* size = object.find_path({"spec", "size"});
    return size == nullptr ? "no size" : json::write(*size);
  }
  if (kind == "Kustomization") return spec_text(*object.find("spec"));
  std::string out{object.text_at({"data", "value"})};
  if (const auto* data = object.find("data"); data != nullptr) {
    for (const auto& member : data->as_object()) {
      if (member.key != "value") text::append(out, " and ", member.key);
    }
  }
  return out;
}

}  // namespace weir::simulation
