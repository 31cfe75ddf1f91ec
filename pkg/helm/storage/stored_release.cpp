#include "pkg/helm/storage/stored_release.hpp"

#include <algorithm>
#include <utility>

#include "pkg/base/base64.hpp"
#include "pkg/helm/release/metadata_document.hpp"
#include "pkg/helm/storage/go_json_text.hpp"
#include "pkg/helm/values/read_yaml.hpp"
#include "pkg/json/codec.hpp"

namespace weir::helm {
namespace {

using json::Value;

/// The time that Go writes for "never" where its struct does not leave it out.
constexpr std::string_view kZeroTime = "0001-01-01T00:00:00Z";

Value file_list(const std::vector<File>& files) {
  if (files.empty()) return nullptr;  // Go's nil slice
  auto out = Value::array();
  for (const auto& file : files)
    out.push_back(Value::object({{"name", file.name}, {"data", base64::encode(file.view())}}));
  return out;
}

Value lock_document(const Lock& lock) {
  Metadata entries;
  entries.dependencies = lock.dependencies;
  auto dependencies = metadata_document(entries);
  const Value* list = dependencies.find("dependencies");
  return Value::object(
      {{"generated", lock.generated.empty() ? std::string{kZeroTime} : lock.generated},
       {"digest", lock.digest},
       {"dependencies", list == nullptr ? Value{} : *list}}
  );
}

}  // namespace

bool is_pending(std::string_view status) {
  return status == release_status::kPendingInstall || status == release_status::kPendingUpgrade ||
         status == release_status::kPendingRollback;
}

bool StoredHook::runs_at(HookEvent event) const { return std::ranges::find(events, name_of(event)) != events.end(); }

StoredHook stored_hook(const Hook& hook) {
  StoredHook out;
  out.name = hook.name;
  out.kind = hook.kind;
  out.path = hook.path;
  out.manifest = hook.text;
  for (const auto event : hook.events) out.events.emplace_back(name_of(event));
  out.weight = hook.weight;
  out.delete_policies = hook.delete_policies;
  out.log_policies = hook.log_policies;
  return out;
}

Value stored_chart(const Chart& chart, StoredParts parts) {
  auto out = Value::object();
  out.set("metadata", metadata_document(chart.metadata));
  out.set("lock", chart.lock ? lock_document(*chart.lock) : Value{});
  out.set("templates", parts == StoredParts::kNoFiles ? Value{} : file_list(chart.templates()));
  out.set("values", *chart.values);
  const auto& schema = chart.contents->schema;
  out.set("schema", schema ? Value{base64::encode(*schema)} : Value{});
  out.set("schemamodtime", kZeroTime);
  out.set("files", parts == StoredParts::kAll ? file_list(chart.files()) : Value{});
  return out;
}

std::string write_release(const StoredRelease& release) {
  std::string out;
  auto document = json::encode(release);
  if (release.config.is_object() && release.config.empty()) document.erase("config");
  append_go_json(out, document);
  return out;
}

Result<StoredRelease> read_release(std::string_view json_text) {
  const auto document = json::parse(json_text);
  if (!document) return document.error();
  auto out = json::decode<StoredRelease>(json::View{*document});
  if (!out) return out;
  normalize_values(out->config);
  if (out->config.is_object() && out->config.empty()) out->config = nullptr;
  return out;
}

}  // namespace weir::helm
