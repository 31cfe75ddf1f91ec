#include "pkg/ssa/normalize.hpp"

#include <utility>

#include "pkg/base/base64.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/resource.hpp"

namespace weir::ssa {
namespace {

void default_protocol(json::Value* ports) {
  if (ports == nullptr || !ports->is_array()) return;
  for (auto& port : ports->as_array()) {
    if (port.is_object() && !port.contains("protocol")) port.set("protocol", "TCP");
  }
}

json::Value* find_path(json::Value& value, std::initializer_list<std::string_view> keys) {
  return const_cast<json::Value*>(std::as_const(value).find_path(keys));
}

void default_container_ports(json::Value* pod_spec) {
  if (pod_spec == nullptr) return;
  for (const auto* list : {"containers", "initContainers"}) {
    auto* containers = pod_spec->find(list);
    if (containers == nullptr || !containers->is_array()) continue;
    for (auto& container : containers->as_array()) default_protocol(container.find("ports"));
  }
}

Result<void> encode_string_data(json::Value& secret) {
  const auto* texts = secret.find("stringData");
  if (texts == nullptr) return {};
  const auto expect = [](const json::Value& value, json::Value::Kind kind, std::string field) -> Result<void> {
    if (value.is_null() || value.kind() == kind) return {};
    return InputError{
        std::move(field),
        text::cat("expected ", json::describe_kind(kind), ", got ", json::describe_kind(value.kind()))};
  };
  if (auto fits = expect(*texts, json::Value::Kind::kObject, "stringData"); fits.has_error()) return fits;
  if (const auto* data = secret.find("data")) {
    if (auto fits = expect(*data, json::Value::Kind::kObject, "data"); fits.has_error()) return fits;
  }
  auto given = json::Value::Object{};
  if (texts->is_object()) given = texts->as_object();
  for (const auto& member : given) {
    auto fits = expect(member.value, json::Value::Kind::kString, text::cat("stringData.", member.key));
    if (fits.has_error()) return fits;
    // The API server takes null for an empty text.
    secret["data"].set(member.key, base64::encode(member.value.text().value_or("")));
  }
  secret.erase("stringData");
  return {};
}

void drop_placeholder_ca(json::Value& crd) {
  auto* config = find_path(crd, {"spec", "conversion", "webhook", "clientConfig"});
  if (config == nullptr) return;
  const auto* bundle = config->find("caBundle");
  if (bundle == nullptr) return;
  // "\n" in base64: what generators write so that an injector fills it in.
  const auto text = bundle->text();
  if (bundle->is_null() || text == std::string_view{} || text == std::string_view{"Cg=="}) config->erase("caBundle");
}

}  // namespace

Result<void> normalize(kube::Object& object) {
  auto& document = object.document();
  document.erase("status");
  if (auto* metadata = document.find("metadata"); metadata != nullptr && metadata->is_object()) {
    for (const auto* field :
         {"creationTimestamp", "managedFields", "resourceVersion", "uid", "generation", "selfLink"}) {
      metadata->erase(field);
    }
  }
  const auto kind = object.kind();
  const auto group = kube::split_api_version(object.api_version()).group;
  if (group.empty() && kind == "Secret") {
    if (auto encoded = encode_string_data(document); encoded.has_error()) return encoded;
  } else if (group.empty() && kind == "Service") {
    default_protocol(find_path(document, {"spec", "ports"}));
  } else if (group.empty() && kind == "Pod") {
    default_container_ports(document.find("spec"));
  } else if (kind == "CustomResourceDefinition") {
    drop_placeholder_ca(document);
  } else if (kind == "CronJob") {
    default_container_ports(find_path(document, {"spec", "jobTemplate", "spec", "template", "spec"}));
  } else if (group == "apps" || group == "batch") {
    default_container_ports(find_path(document, {"spec", "template", "spec"}));
  }
  return {};
}

void add_objects(json::Value document, std::vector<json::Value>& out) {
  auto* items = document.find("items");
  const bool is_list = document.text_at({"kind"}).ends_with("List") && items != nullptr && items->is_array();
  if (!is_list) {
    out.push_back(std::move(document));
    return;
  }
  for (auto& item : items->as_array()) add_objects(std::move(item), out);
}

}  // namespace weir::ssa
