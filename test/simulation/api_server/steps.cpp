#include <algorithm>
#include <set>

#include "test/simulation/api_server/server.hpp"

namespace weir::test {
namespace {

bool is_deleting(const json::Value& object) { return object.find_path({"metadata", "deletionTimestamp"}) != nullptr; }

bool has_finalizer(const json::Value& object, std::string_view name) {
  const auto* finalizers = object.find_path({"metadata", "finalizers"});
  return finalizers != nullptr && finalizers->is_array() &&
         std::ranges::find(finalizers->as_array(), json::Value{name}) != finalizers->as_array().end();
}

void drop_finalizer(json::Value& object, std::string_view name) {
  auto* finalizers = object["metadata"].find("finalizers");
  std::erase(finalizers->as_array(), json::Value{name});
  if (finalizers->empty()) object["metadata"].erase("finalizers");
}

}  // namespace

bool SimulatedApi::step_namespaces() {
  auto& namespaces = *kind_at("", "v1", "namespaces")->collection;
  const auto all = namespaces.objects;
  bool was_busy = false;
  for (const auto& [name, document] : all) {
    if (!is_deleting(document->value)) continue;
    bool is_empty = true;
    std::set<Collection*> seen;
    for (const auto& kind : kinds_) {
      auto& collection = *kind->collection;
      if (!collection.namespaced || !seen.insert(&collection).second) continue;
      const auto objects = collection.objects;
      for (auto at = objects.lower_bound(name + "/"); at != objects.end() && at->first.starts_with(name + "/"); ++at) {
        if (!is_deleting(at->second->value)) {
          was_busy = true;
          store(collection, at->first, at->second, with_deletion(*kind, at->second->value));
        }
        if (collection.find(at->first)) is_empty = false;
      }
    }
    if (!is_empty) continue;
    was_busy = true;
    json::Value after = document->value;
    after["spec"].erase("finalizers");
    store(namespaces, name, document, std::move(after));
  }
  return was_busy;
}

bool SimulatedApi::step_garbage() {
  constexpr std::string_view kForeground = "foregroundDeletion";
  constexpr std::string_view kOrphan = "orphan";
  std::set<std::string, std::less<>> living;
  std::set<std::string, std::less<>> blocked;  // owners that wait for a dependant
  std::set<std::string, std::less<>> orphaning;
  std::set<Collection*> seen;
  const auto for_each = [&](const auto& act) {
    seen.clear();
    for (const auto& kind : kinds_) {
      if (!seen.insert(kind->collection).second) continue;
      const auto objects = kind->collection->objects;
      for (const auto& [key, document] : objects) act(*kind, key, document);
    }
  };
  std::set<std::string, std::less<>> foreground;
  for_each([&](const Kind&, const std::string&, const DocumentPtr& document) {
    const std::string uid{document->value.text_at({"metadata", "uid"})};
    living.insert(uid);
    if (!is_deleting(document->value)) return;
    if (has_finalizer(document->value, kForeground)) foreground.insert(uid);
    if (has_finalizer(document->value, kOrphan)) orphaning.insert(uid);
  });
  bool was_busy = false;
  for_each([&](const Kind& kind, const std::string& key, const DocumentPtr& document) {
    const auto* owners = document->value.find_path({"metadata", "ownerReferences"});
    if (owners == nullptr || !owners->is_array() || owners->empty()) return;
    auto kept = json::Value::array();
    bool is_waited_for = false;
    for (const auto& owner : owners->as_array()) {
      const auto uid = owner.text_at({"uid"});
      if (!living.contains(uid) || orphaning.contains(uid)) continue;
      const auto* blocks = owner.find("blockOwnerDeletion");
      if (foreground.contains(uid)) {
        is_waited_for = true;
        if (blocks != nullptr && *blocks == json::Value{true}) blocked.insert(std::string{uid});
        continue;
      }
      kept.push_back(owner);
    }
    const bool lost_by_orphaning = std::ranges::any_of(owners->as_array(), [&](const auto& owner) {
      return orphaning.contains(owner.text_at({"uid"}));
    });
    if (kept.size() == owners->size() || is_deleting(document->value)) return;
    was_busy = true;
    if (kept.empty() && !lost_by_orphaning) {
      store(*kind.collection, key, document, with_deletion(kind, document->value));
    } else if (!is_waited_for) {
      json::Value after = document->value;
      if (kept.empty()) {
        after["metadata"].erase("ownerReferences");
      } else {
        after["metadata"].set("ownerReferences", std::move(kept));
      }
      store(*kind.collection, key, document, std::move(after));
    }
  });
  for_each([&](const Kind& kind, const std::string& key, const DocumentPtr& document) {
    if (!is_deleting(document->value)) return;
    const auto uid = document->value.text_at({"metadata", "uid"});
    json::Value after = document->value;
    if (has_finalizer(after, kOrphan)) drop_finalizer(after, kOrphan);
    if (has_finalizer(after, kForeground) && !blocked.contains(uid)) drop_finalizer(after, kForeground);
    if (after == document->value) return;
    was_busy = true;
    store(*kind.collection, key, document, std::move(after));
  });
  return was_busy;
}

}  // namespace weir::test
