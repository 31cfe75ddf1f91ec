#include "pkg/helm/release/metadata_document.hpp"

namespace weir::helm {
namespace {

using json::Value;

void set_text(Value& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out.set(key, text);
}

void set_texts(Value& out, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  auto list = Value::array();
  for (const auto& text : texts) list.push_back(text);
  out.set(key, std::move(list));
}

Value dependency_document(const Dependency& dependency) {
  auto out = Value::object();
  out.set("name", dependency.name);
  set_text(out, "version", dependency.version);
  out.set("repository", dependency.repository);
  set_text(out, "condition", dependency.condition);
  set_texts(out, "tags", dependency.tags);
  if (dependency.is_enabled) out.set("enabled", true);
  if (!dependency.import_values.empty()) out.set("import-values", dependency.import_values);
  set_text(out, "alias", dependency.alias);
  return out;
}

}  // namespace

Value metadata_document(const Metadata& metadata) {
  auto out = Value::object();
  set_text(out, "name", metadata.name);
  set_text(out, "home", metadata.home);
  set_texts(out, "sources", metadata.sources);
  set_text(out, "version", metadata.version);
  set_text(out, "description", metadata.description);
  set_texts(out, "keywords", metadata.keywords);
  if (!metadata.maintainers.empty()) {
    auto maintainers = Value::array();
    for (const auto& maintainer : metadata.maintainers) {
      auto document = Value::object();
      set_text(document, "name", maintainer.name);
      set_text(document, "email", maintainer.email);
      set_text(document, "url", maintainer.url);
      maintainers.push_back(std::move(document));
    }
    out.set("maintainers", std::move(maintainers));
  }
  set_text(out, "icon", metadata.icon);
  set_text(out, "apiVersion", metadata.api_version);
  set_text(out, "condition", metadata.condition);
  set_text(out, "tags", metadata.tags);
  set_text(out, "appVersion", metadata.app_version);
  if (metadata.is_deprecated) out.set("deprecated", true);
  if (!metadata.annotations.empty()) {
    auto annotations = Value::object();
    for (const auto& [key, value] : metadata.annotations) annotations.set(key, value);
    out.set("annotations", std::move(annotations));
  }
  set_text(out, "kubeVersion", metadata.kube_version);
  if (!metadata.dependencies.empty()) {
    auto dependencies = Value::array();
    for (const auto& dependency : metadata.dependencies) dependencies.push_back(dependency_document(dependency));
    out.set("dependencies", std::move(dependencies));
  }
  set_text(out, "type", metadata.type);
  return out;
}

}  // namespace weir::helm
