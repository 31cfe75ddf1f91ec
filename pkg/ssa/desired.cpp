#include "pkg/ssa/desired.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::ssa {
namespace {

kube::Object head_of(const kube::Object& object) {
  auto out = json::Value::object({{"apiVersion", object.api_version()}, {"kind", object.kind()}});
  auto& metadata = out["metadata"];
  metadata = json::Value::object();
  for (const auto* field : {"name", "namespace", "labels", "annotations"}) {
    if (const auto* value = object.document().find_path({"metadata", field})) metadata.set(field, *value);
  }
  return kube::Object{std::move(out)};
}

Desired::Kinds kinds_served_by(const json::Value& definition) {
  Desired::Kinds out;
  const auto* versions = definition.find_path({"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return out;
  for (const auto& version : versions->as_array()) {
    const auto* served = version.find("served");
    if (served != nullptr && *served == json::Value{false}) continue;
    out.emplace_back(
        text::cat(definition.text_at({"spec", "group"}), "/", version.text_at({"name"})),
        definition.text_at({"spec", "names", "kind"})
    );
  }
  return out;
}

}  // namespace

Desired::Desired(kube::Object object)
    : id_{ObjectId::of(object)},
      head_{head_of(object)},
      text_{std::make_shared<const std::string>(json::write(object.document()))},
      hash_{ContentHash::of(*text_)} {
  if (id_.kind == "CustomResourceDefinition") kinds_ = kinds_served_by(object.document());
  expires_ = id_.group == "batch" && id_.kind == "Job" &&
             object.document().find_path({"spec", "ttlSecondsAfterFinished"}) != nullptr;
  tree_ = std::make_shared<const kube::Object>(std::move(object));
}

Result<std::shared_ptr<const kube::Object>> Desired::tree() const {
  if (tree_) return tree_;
  auto document = json::parse(*text_);
  if (document.has_error()) return document.error();
  return std::make_shared<const kube::Object>(std::move(*document));
}

void Desired::drop_namespace() {
  const auto before = tree();
  if (before.has_error()) return;
  auto object = **before;
  object.metadata().erase("namespace");
  head_.metadata().erase("namespace");
  id_.namespace_.clear();
  text_ = std::make_shared<const std::string>(json::write(object.document()));
  tree_ = std::make_shared<const kube::Object>(std::move(object));
}

}  // namespace weir::ssa
