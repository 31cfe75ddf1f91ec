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
    "fluxcd.io/sync-checksum"};
constexpr std::string_view kStaleLabel = "fluxcd.io/sync-gc-mark";
/// What `kubectl rollout restart` calls itself.
constexpr std::string_view kRestarter = "kubectl-rollout";

const json::Value* entries_of(const kube::Object& object) {
  const auto* entries = object.document().find_path({"metadata", "managedFields"});
  return entries != nullptr && entries->is_array() ? entries : nullptr;
}

bool is_entry(const json::Value& entry, std::string_view manager, std::string_view operation) {
  return entry.text_at({"manager"}) == manager && entry.text_at({"operation"}) == operation &&
         entry.text_at({"subresource"}).empty();
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
  if (target.is_null()) target = json::Value::object();
  if (!source.is_object()) return;
  for (const auto& member : source.as_object()) {
    unite(target[member.key], member.value);
  }
}

std::uint64_t mixed(std::uint64_t seed, std::uint64_t value) {
  // The finaliser of splitmix64: equal sums of different sets become improbable.
  std::uint64_t out = seed + value + 0x9e3779b97f4a7c15u;
  out = (out ^ (out >> 30)) * 0xbf58476d1ce4e5b9u;
  out = (out ^ (out >> 27)) * 0x94d049bb133111ebu;
  return out ^ (out >> 31);
}

/// Whatever the order of members: a server gives those of a custom resource sorted, and those of its metadata alone as
/// Go declares them.
std::uint64_t hash_of(const json::Value& value) {
  if (!value.is_object()) return table_hash(json::write(value));
  std::uint64_t out = 0;
  for (const auto& member : value.as_object()) out += mixed(table_hash(member.key), hash_of(member.value));
  return mixed(1, out);
}

/// Of the set of paths in a fieldsV1 tree, whatever the order
/// in which they are written. Never 0 for a set with members.
std::uint64_t hash_of_paths(const json::Value& fields, std::uint64_t place = 0) {
  std::uint64_t out = 0;
  if (!fields.is_object()) return out;
  for (const auto& member : fields.as_object()) {
    const auto here = mixed(place, table_hash(member.key));
    out += mixed(here, 1) + hash_of_paths(member.value, here);
  }
  return out;
}

bool has_stale_metadata(const kube::Object& object) {
  return object.label(kStaleLabel) || std::ranges::any_of(kStaleAnnotations, [&](std::string_view key) {
           return object.annotation(key).has_value();
         });
}

json::Value operation(std::string_view op, std::string path) {
  return json::Value::object({{"op", op}, {"path", std::move(path)}});
}

}  // namespace

Ownership ownership_of(
    const kube::Object& object, std::string_view manager, const std::vector<std::string>& override_managers
) {
  Ownership out;
  out.unclean = has_stale_metadata(object);
  const auto* entries = entries_of(object);
  if (entries == nullptr) return out;
  out.generation = object.generation();
  const json::Value* ours = nullptr;
  json::Value scaled;
  std::string_view last;
  bool only_restarted = !out.unclean;
  for (const auto& entry : entries->as_array()) {
    out.all = mixed(out.all, hash_of(entry));
    if (is_entry(entry, manager, "Apply")) {
      ours = &entry;
      continue;
    }
    if (is_taken_over(entry, manager, override_managers)) {
      out.unclean = true;
      if (entry.text_at({"manager"}) != kRestarter) only_restarted = false;
    }
    const auto subresource = entry.text_at({"subresource"});
    out.has_status |= subresource == "status";
    const bool is_scale = subresource == "scale";
    if (!is_scale && !subresource.empty()) continue;
    if (const auto* fields = entry.find("fieldsV1"); is_scale && fields != nullptr) unite(scaled, *fields);
    if (const auto time = entry.text_at({"time"}); time >= last) {
      last = time;
      out.writer = entry.text_at({"manager"});
      if (is_scale) out.writer += " (scale)";
    }
  }
  out.only_restarted = out.unclean && only_restarted;
  if (ours == nullptr) return out;
  out.entry = hash_of(*ours);
  if (const auto* fields = ours->find("fieldsV1")) {
    out.fields = hash_of_paths(*fields);
    out.with_scale = out.fields;
    if (!scaled.is_null()) {
      unite(scaled, *fields);
      out.with_scale = hash_of_paths(scaled);
    }
  }
  return out;
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
      const auto ours =
          std::ranges::find_if(kept, [&](const auto& entry) { return is_entry(entry, manager, "Apply"); });
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
