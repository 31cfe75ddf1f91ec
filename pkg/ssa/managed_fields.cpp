#include "pkg/ssa/managed_fields.hpp"

#include <algorithm>
#include <array>

#include "pkg/base/digest.hpp"
#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/json/pointer.hpp"

namespace weir::ssa {
namespace {

constexpr std::array<std::string_view, 3> kStaleAnnotations{
    "kubectl.kubernetes.io/last-applied-configuration",
    "kustomize.toolkit.fluxcd.io/checksum",
    "fluxcd.io/sync-checksum"
};
constexpr std::string_view kStaleLabel = "fluxcd.io/sync-gc-mark";

const json::Value* entries_of(const kube::Object& object) {
  const auto* entries = object.document().find_path({"metadata", "managedFields"});
  return entries != nullptr && entries->is_array() ? entries : nullptr;
}

bool is_entry(const json::Value& entry, std::string_view manager, std::string_view operation) {
  return entry.text_at({"manager"}) == manager && entry.text_at({"operation"}) == operation &&
         entry.text_at({"subresource"}).empty();
}

const json::Value* apply_entry(const kube::Object& object, std::string_view manager) {
  const auto* entries = entries_of(object);
  if (entries == nullptr) return nullptr;
  const auto& list = entries->as_array();
  const auto at = std::ranges::find_if(list, [&](const auto& entry) {
    return is_entry(entry, manager, "Apply");
  });
  return at == list.end() ? nullptr : &*at;
}

bool is_taken_over(
    const json::Value& entry, std::string_view manager, const std::vector<std::string>& override_managers
) {
  if (!entry.text_at({"subresource"}).empty()) return false;
  const auto name = entry.text_at({"manager"});
  const bool is_update = entry.text_at({"operation"}) == "Update";
  // kubectl's names: "kubectl", "kubectl-client-side-apply", "kubectl-edit", ...
  if (name.starts_with("kubectl")) return true;
  if (is_update && (name == "before-first-apply" || name == manager)) return true;
  return std::ranges::find(override_managers, name) != override_managers.end();
}

/// Adds the fields of one fieldsV1 tree to another.
void unite(json::Value& target, const json::Value& source) {
  if (!source.is_object()) return;
  for (const auto& member : source.as_object()) {
    auto& place = target[member.key];
    if (place.is_null()) place = json::Value::object();
    unite(place, member.value);
  }
}

json::Value operation(std::string_view op, std::string path) {
  return json::Value::object({{"op", op}, {"path", std::move(path)}});
}

}  // namespace

std::optional<std::uint64_t> owned_fields_hash(const kube::Object& object, std::string_view manager) {
  const auto* entry = apply_entry(object, manager);
  if (entry == nullptr) return std::nullopt;
  std::string text{entry->text_at({"apiVersion"})};
  if (const auto* fields = entry->find("fieldsV1")) json::write_to(text, *fields);
  return table_hash(text);
}

std::string_view owned_fields_time(const kube::Object& object, std::string_view manager) {
  const auto* entry = apply_entry(object, manager);
  return entry == nullptr ? std::string_view{} : entry->text_at({"time"});
}

std::optional<json::Value> clean_up_patch(
    const kube::Object& live, std::string_view manager, const std::vector<std::string>& override_managers
) {
  auto patch = json::Value::array();
  for (const auto key : kStaleAnnotations) {
    if (live.annotation(key)) {
      patch.push_back(operation("remove", text::cat("/metadata/annotations/", json::escape_token(key))));
    }
  }
  if (live.label(kStaleLabel)) {
    patch.push_back(operation("remove", text::cat("/metadata/labels/", json::escape_token(kStaleLabel))));
  }
  if (const auto* entries = entries_of(live)) {
    json::Value::Array kept;
    json::Value taken;
    std::string api_version;
    std::string time;
    for (const auto& entry : entries->as_array()) {
      if (!is_taken_over(entry, manager, override_managers)) {
        kept.push_back(entry);
        continue;
      }
      if (taken.is_null()) taken = json::Value::object();
      if (const auto* fields = entry.find("fieldsV1")) unite(taken, *fields);
      api_version = entry.text_at({"apiVersion"});
      time = entry.text_at({"time"});
    }
    if (!taken.is_null()) {
      const auto ours = std::ranges::find_if(kept, [&](const auto& entry) {
        return is_entry(entry, manager, "Apply");
      });
      if (ours != kept.end()) {
        unite((*ours)["fieldsV1"], taken);
      } else {
        kept.push_back(json::Value::object(
            {{"manager", manager},
             {"operation", "Apply"},
             {"apiVersion", api_version},
             {"time", time},
             {"fieldsType", "FieldsV1"},
             {"fieldsV1", std::move(taken)}}
        ));
      }
      auto replace = operation("replace", "/metadata/managedFields");
      replace.set("value", json::Value{std::move(kept)});
      patch.push_back(std::move(replace));
    }
  }
  if (patch.empty()) return std::nullopt;
  // Only what we looked at may be changed.
  auto guard = operation("replace", "/metadata/resourceVersion");
  guard.set("value", live.resource_version());
  patch.push_back(std::move(guard));
  return patch;
}

}  // namespace weir::ssa
