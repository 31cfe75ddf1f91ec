#include <algorithm>

#include "pkg/base/time.hpp"
#include "test/simulation/api_server/custom_resource.hpp"
#include "test/simulation/api_server/server.hpp"

namespace weir::test {
namespace {

constexpr std::string_view kCleanup = "customresourcecleanup.apiextensions.k8s.io";
constexpr std::string_view kDefinitions = "customresourcedefinitions";

json::Value condition(std::string_view type, std::string_view time, std::string_view reason, std::string_view message) {
  return json::Value::object(
      {{"type", type}, {"status", "True"}, {"lastTransitionTime", time}, {"reason", reason}, {"message", message}}
  );
}

bool is_established(const json::Value& definition) {
  const auto* conditions = definition.find_path({"status", "conditions"});
  return conditions != nullptr && conditions->is_array() &&
         std::ranges::any_of(conditions->as_array(), [](const auto& one) {
           return one.text_at({"type"}) == "Established" && one.text_at({"status"}) == "True";
         });
}

}  // namespace

void SimulatedApi::establish(json::Value& definition) const {
  if (is_established(definition)) return;
  auto& status = definition["status"];
  if (const auto* names = definition.find_path({"spec", "names"})) {
    const json::Value accepted = *names;
    status.set("acceptedNames", accepted);
  }
  status.set(
      "conditions",
      json::Value::array(
          {condition("NamesAccepted", time(), "NoConflicts", "no conflicts found"),
           condition("Established", time(), "InitialNamesAccepted", "the initial names have been accepted")}
      )
  );
}

/// Serves what a definition that is established defines, and no longer what it does not.
void SimulatedApi::follow_definition(const json::Value* after) {
  const auto& definition = *after;
  if (!is_established(definition)) return;
  const std::string group{definition.text_at({"spec", "group"})};
  const std::string plural{definition.text_at({"spec", "names", "plural"})};
  for (const auto& kind : kinds_) {
    if (kind->is_custom && kind->resource.group == group && kind->resource.plural == plural) kind->is_served = false;
  }
  const auto* versions = definition.find_path({"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return;
  for (const auto& version : versions->as_array()) {
    const auto* served = version.find("served");
    Kind kind;
    kind.resource = {
        group,
        std::string{version.text_at({"name"})},
        std::string{definition.text_at({"spec", "names", "kind"})},
        plural,
        definition.text_at({"spec", "scope"}) == "Namespaced"};
    kind.has_status = version.find_path({"subresources", "status"}) != nullptr;
    kind.is_custom = true;
    kind.is_served = served == nullptr || *served == json::Value{true};
    kind.fields.type = &open_kind_type();
    if (const auto* schema = version.find_path({"schema", "openAPIV3Schema"})) {
      kind.types = std::make_shared<TypeTable>();
      kind.fields.type = &custom_type(*kind.types, *schema, kind.resource.kind);
    }
    kind.status_fields.type = kind.fields.type;
    if (kind.has_status) kind.fields.not_his.add("f:status", true);
    for (const auto part : {"f:spec", "f:metadata"}) kind.status_fields.not_his.add(part, true);
    const bool is_stored = version.find("storage") != nullptr && *version.find("storage") == json::Value{true};
    auto& made = add_kind(std::move(kind));
    if (is_stored) made.collection->storage_version = made.resource.version;
  }
}

void SimulatedApi::end_definition(const std::string& key) {
  const auto [plural, group] = text::cut(key, ".");
  for (const auto& kind : kinds_) {
    if (!kind->is_custom || kind->resource.group != group || kind->resource.plural != plural) continue;
    kind->is_served = false;
    auto& collection = *kind->collection;
    while (!collection.objects.empty()) erase(collection, collection.objects.begin()->first);
  }
}

bool SimulatedApi::step_definitions() {
  auto& definitions = *kind_at("apiextensions.k8s.io", "v1", kDefinitions)->collection;
  const auto all = definitions.objects;
  bool was_busy = false;
  for (const auto& [key, document] : all) {
    const auto& metadata = *document->value.find("metadata");
    json::Value after = document->value;
    if (metadata.contains("deletionTimestamp")) {
      auto* finalizers = after["metadata"].find("finalizers");
      if (finalizers == nullptr) continue;
      end_definition(key);
      std::erase(finalizers->as_array(), json::Value{kCleanup});
      if (finalizers->empty()) after["metadata"].erase("finalizers");
    } else {
      establish(after);
    }
    if (after == document->value) continue;
    was_busy = true;
    store(definitions, key, document, std::move(after));
  }
  return was_busy;
}

/// Whether a group is answered by a server of its own, which there is not.
bool SimulatedApi::is_away(std::string_view group, std::string_view version) const {
  const auto* services = kind_at("apiregistration.k8s.io", "v1", "apiservices");
  const auto& objects = services->collection->objects;
  if (objects.empty() || group.empty()) return false;
  const auto at = objects.find(text::cat(version, ".", group));
  return at != objects.end() && at->second->value.find_path({"spec", "service"}) != nullptr;
}

}  // namespace weir::test
