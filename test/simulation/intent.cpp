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

std::string spec_text(const std::string& path, std::string_view variable, bool prune) {
  return text::cat(path, " v=", variable, prune ? " prune" : "");
}

}  // namespace

std::string path_of(const std::string& object) {
  const auto [kind, name] = text::cut(std::string_view{object}, "/");
  const auto resource =
      kind == "ConfigMap" ? kube::core::config_maps() : kube::resource_of<api::kustomize::Kustomization>();
  return resource.path(kNamespace, name);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool flag(const json::Value& object, std::initializer_list<std::string_view> path) {
  const auto* value = object.find_path(path);
  return value != nullptr && value->is_bool() && value->as_bool();
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
  return json::Value::object(
      {{"interval", "1h"},
       {"retryInterval", "20s"},
       {"timeout", "1m"},
       {"prune", prune},
       {"path", text::cat("./", path)},
       {"targetNamespace", kNamespace},
       {"namePrefix", text::cat(name, "-")},
       {"sourceRef", json::Value::object({{"kind", "GitRepository"}, {"name", "repo"}})},
       {"postBuild", json::Value::object({{"substitute", json::Value::object({{"v", text::cat("v", variable)}})}})}}
  );
}

std::map<std::string, std::string> Tree::files() const {
  std::map<std::string, std::string> out;
  for (const auto& [folder, maps] : folders) {
    for (const auto& [name, value] : maps)
      out[text::cat(folder, "/", name, ".yaml")] = config_map(name, text::cat(value, "-${v}"));
    out[text::cat(folder, "/always.yaml")] = config_map("always", "of ${v}");
    if (broken.contains(folder)) out[text::cat(folder, "/broken.yaml")] = "kind: [\n";
  }
  for (const auto& [name, spec] : children) {
    out[text::cat(kParent, "/", name, ".yaml")] = json::write(kustomization(name, spec.document(name)));
  }
  out[text::cat(kParent, "/marker.yaml")] = config_map("parent-marker", "1");
  return out;
}

std::optional<Objects> build(const Tree& tree, const json::Value& spec) {
  Objects out;
  const std::string path{spec.text_at({"path"}).substr(2)};
  if (path == kParent) {
    out["ConfigMap/parent-marker"] = "1";
    for (const auto& [name, child] : tree.children)
      out[text::cat("Kustomization/", name)] =
          spec_text(text::cat("./", child.path), text::cat("v", child.variable), child.prune);
    return out;
  }
  const auto folder = tree.folders.find(path);
  if (folder == tree.folders.end() || tree.broken.contains(path)) return std::nullopt;
  const std::string prefix = text::cat("ConfigMap/", spec.text_at({"namePrefix"}));
  const auto variable = spec.text_at({"postBuild", "substitute", "v"});
  for (const auto& [name, value] : folder->second) out[prefix + name] = text::cat(value, "-", variable);
  out[prefix + "always"] = text::cat("of ", variable);
  return out;
}

std::string said(std::string_view kind, const json::Value& object) {
  if (kind == "ConfigMap") return std::string{object.text_at({"data", "value"})};
  return spec_text(
      std::string{object.text_at({"spec", "path"})},
      object.text_at({"spec", "postBuild", "substitute", "v"}),
      flag(object, {"spec", "prune"})
  );
}

}  // namespace weir::simulation
