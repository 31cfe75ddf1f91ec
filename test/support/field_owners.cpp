#include "test/support/field_owners.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::test {
namespace {

/// Metadata that the server sets, and that nobody owns.
constexpr std::array<std::string_view, 10> kServersMetadata{
    "name",
    "namespace",
    "generateName",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields"};

/// By which members the items of a list are known; empty: the list is one value.
std::vector<std::string_view> keys_of_list(std::string_view name, const json::Value& list) {
  if (!list.is_array() || list.empty() || !list.as_array().front().is_object()) return {};
  if (name == "ports") {
    const bool is_containers = list.as_array().front().contains("containerPort");
    return {is_containers ? "containerPort" : "port", "protocol"};
  }
  if (name == "volumeMounts") return {"mountPath"};
  if (name == "ownerReferences") return {"uid"};
  constexpr std::array<std::string_view, 5> kNamed{
      "containers", "initContainers", "env", "volumes", "imagePullSecrets"};
  return std::ranges::find(kNamed, name) == kNamed.end() ? std::vector<std::string_view>{}
                                                         : std::vector<std::string_view>{"name"};
}

bool is_set(std::string_view name) { return name == "finalizers"; }

json::Value member_of(const json::Value& item, std::string_view key) {
  const auto* value = item.find(key);
  if (value != nullptr) return *value;
  return key == "protocol" ? json::Value{"TCP"} : json::Value{};
}

std::string item_element(const json::Value& item, const std::vector<std::string_view>& keys) {
  auto names = json::Value::object();
  for (const auto key : keys) names.set(key, member_of(item, key));
  return text::cat("k:", json::write(names));
}

std::string value_element(const json::Value& item) { return text::cat("v:", json::write(item)); }

void collect(const json::Value& value, std::string_view name, FieldPath& at, FieldSet& out) {
  if (value.is_object() && !value.empty()) {
    for (const auto& member : value.as_object()) {
      at.push_back(text::cat("f:", member.key));
      collect(member.value, member.key, at, out);
      at.pop_back();
    }
    return;
  }
  const auto keys = keys_of_list(name, value);
  if (keys.empty() && !(is_set(name) && value.is_array())) {
    if (!at.empty()) out.insert(at);
    return;
  }
  for (const auto& item : value.as_array()) {
    at.push_back(keys.empty() ? value_element(item) : item_element(item, keys));
    out.insert(at);
    if (!keys.empty()) collect(item, "", at, out);
    at.pop_back();
  }
}

/// The item of a list that an element names; the list's size: there is none.
std::size_t find_item(const json::Value& list, std::string_view element) {
  const auto named = json::parse(element.substr(2)).value();
  const auto& items = list.as_array();
  const auto at = std::ranges::find_if(items, [&](const json::Value& item) {
    if (element.starts_with("v:")) return item == named;
    return std::ranges::all_of(named.as_object(), [&](const auto& key) {
      return member_of(item, key.key) == key.value;
    });
  });
  return static_cast<std::size_t>(at - items.begin());
}

/// nullptr: not there.
const json::Value* step(const json::Value& value, std::string_view element) {
  if (element.starts_with("f:")) return value.find(element.substr(2));
  if (!value.is_array()) return nullptr;
  const auto at = find_item(value, element);
  return at == value.size() ? nullptr : &value.as_array()[at];
}

const json::Value* value_at(const json::Value& object, const FieldPath& path) {
  const auto* value = &object;
  for (const auto& element : path) {
    value = step(*value, element);
    if (value == nullptr) return nullptr;
  }
  return value;
}

/// Takes a field away, and what is empty without it.
void erase_at(json::Value& value, const FieldPath& path, std::size_t depth = 0) {
  const std::string& element = path[depth];
  auto* below = const_cast<json::Value*>(step(value, element));
  if (below == nullptr) return;
  const bool is_last = depth + 1 == path.size();
  if (!is_last) erase_at(*below, path, depth + 1);
  if (!is_last && !((below->is_object() || below->is_array()) && below->empty())) return;
  if (element.starts_with("f:")) {
    value.erase(element.substr(2));
  } else {
    auto& items = value.as_array();
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(find_item(value, element)));
  }
}

json::Value merged(const json::Value& live, const json::Value& desired, std::string_view name) {
  if (live.is_object() && desired.is_object()) {
    json::Value out = live;
    for (const auto& member : desired.as_object()) {
      const auto* there = live.find(member.key);
      out.set(member.key, there == nullptr ? member.value : merged(*there, member.value, member.key));
    }
    return out;
  }
  const auto keys = keys_of_list(name, desired);
  const bool is_merged = !keys.empty() || (is_set(name) && desired.is_array());
  if (!is_merged || !live.is_array()) return desired;
  json::Value rest = live;
  auto out = json::Value::array();
  for (const auto& item : desired.as_array()) {
    const auto at = find_item(rest, keys.empty() ? value_element(item) : item_element(item, keys));
    if (at == rest.size()) {
      out.push_back(item);
      continue;
    }
    out.push_back(keys.empty() ? item : merged(rest.as_array()[at], item, ""));
    rest.as_array().erase(rest.as_array().begin() + static_cast<std::ptrdiff_t>(at));
  }
  for (auto& item : rest.as_array()) out.push_back(std::move(item));
  return out;
}

/// Of the items of a list only that they are there: their members tell the rest.
bool is_changed(const json::Value& before, const json::Value& after, const FieldPath& path) {
  const auto* was = value_at(before, path);
  const auto* is = value_at(after, path);
  if (was == nullptr || is == nullptr) return was != is;
  return path.back().starts_with("f:") && !(*was == *is);
}

json::Value tree_of(const FieldSet& fields) {
  auto out = json::Value::object();
  for (const auto& path : fields) {
    auto* node = &out;
    for (const auto& element : path) {
      node = &(*node)[element];
      if (node->is_null()) *node = json::Value::object();
    }
  }
  for (const auto& path : fields) {
    auto* node = &out;
    for (const auto& element : path) node = node->find(element);
    if (!node->empty()) node->set(".", json::Value::object());
  }
  return out;
}

void read_tree(const json::Value& tree, FieldPath& at, FieldSet& out) {
  if (!tree.is_object()) return;
  for (const auto& member : tree.as_object()) {
    if (member.key == ".") {
      out.insert(at);
      continue;
    }
    at.push_back(member.key);
    if (member.value.empty()) {
      out.insert(at);
    } else {
      read_tree(member.value, at, out);
    }
    at.pop_back();
  }
}

std::string shown(const FieldPath& path) {
  std::string out;
  for (const auto& element : path) text::append(out, ".", element.substr(2));
  return out;
}

bool lies_below(const FieldPath& path, const FieldPath& top) {
  return path.size() >= top.size() && std::equal(top.begin(), top.end(), path.begin());
}

}  // namespace

FieldSet fields_of(const json::Value& object) {
  json::Value said = object;
  said.erase("apiVersion");
  said.erase("kind");
  if (auto* metadata = said.find("metadata")) {
    for (const auto name : kServersMetadata) metadata->erase(name);
    if (metadata->empty()) said.erase("metadata");
  }
  FieldPath at;
  FieldSet out;
  collect(said, "", at, out);
  return out;
}

FieldManagers read_managers(const json::Value& object) {
  FieldManagers out;
  const auto* entries = object.find_path({"metadata", "managedFields"});
  if (entries == nullptr || !entries->is_array()) return out;
  for (const auto& entry : entries->as_array()) {
    FieldManager manager{
        std::string{entry.text_at({"manager"})},
        std::string{entry.text_at({"operation"})},
        std::string{entry.text_at({"subresource"})},
        std::string{entry.text_at({"apiVersion"})},
        std::string{entry.text_at({"time"})},
        {}};
    FieldPath at;
    if (const auto* fields = entry.find("fieldsV1")) read_tree(*fields, at, manager.fields);
    out.push_back(std::move(manager));
  }
  return out;
}

void write_managers(json::Value& object, const FieldManagers& managers) {
  auto entries = json::Value::array();
  for (const auto& manager : managers) {
    if (manager.fields.empty()) continue;
    auto entry = json::Value::object(
        {{"manager", manager.name},
         {"operation", manager.operation},
         {"apiVersion", manager.api_version},
         {"time", manager.time},
         {"fieldsType", "FieldsV1"},
         {"fieldsV1", tree_of(manager.fields)}}
    );
    if (!manager.subresource.empty()) entry.set("subresource", manager.subresource);
    entries.push_back(std::move(entry));
  }
  auto& metadata = object["metadata"];
  if (entries.empty()) {
    metadata.erase("managedFields");
  } else {
    metadata.set("managedFields", std::move(entries));
  }
}

void note_update(FieldManagers& managers, FieldManager who, const json::Value& before, const json::Value& after) {
  const auto now = fields_of(after);
  FieldSet touched;
  for (const auto& path : now) {
    if (is_changed(before, after, path)) touched.insert(path);
  }
  for (auto& manager : managers) {
    std::erase_if(manager.fields, [&](const FieldPath& path) {
      if (touched.contains(path)) return true;
      return value_at(after, path) == nullptr;
    });
  }
  if (touched.empty()) return;
  const auto own = std::ranges::find_if(managers, [&](const auto& manager) { return manager.is_same_as(who); });
  if (own == managers.end()) {
    who.fields = std::move(touched);
    managers.push_back(std::move(who));
  } else {
    own->fields.merge(touched);
    own->time = who.time;
  }
}

FieldsApplied apply_fields(
    const json::Value& live, FieldManagers managers, FieldManager who, const json::Value& desired
) {
  FieldsApplied out;
  who.fields = fields_of(desired);
  out.object = merged(live, desired, "");
  FieldSet let_go;
  FieldSet others;
  std::size_t place = managers.size();
  for (std::size_t i = 0; i < managers.size(); ++i) {
    auto& manager = managers[i];
    if (manager.is_same_as(who)) {
      let_go = manager.fields;
      place = i;
      continue;
    }
    for (const auto& path : who.fields) {
      if (!manager.fields.contains(path) || !is_changed(live, out.object, path)) continue;
      out.conflicts.emplace_back(manager.name, shown(path));
      manager.fields.erase(path);
    }
    others.insert(manager.fields.begin(), manager.fields.end());
  }
  for (const auto& path : let_go) {
    const bool is_kept = who.fields.contains(path) ||
                         std::ranges::any_of(others, [&](const auto& other) { return lies_below(other, path); }) ||
                         std::ranges::any_of(who.fields, [&](const auto& own) { return lies_below(own, path); });
    if (!is_kept) erase_at(out.object, path);
  }
  if (place < managers.size() && managers[place].fields == who.fields && out.object == live)
    who.time = managers[place].time;
  if (place < managers.size()) {
    managers[place] = std::move(who);
  } else {
    managers.push_back(std::move(who));
  }
  out.managers = std::move(managers);
  return out;
}

}  // namespace weir::test
