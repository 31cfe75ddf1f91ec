#include "pkg/helm/storage/digests.hpp"

#include <utility>

#include "pkg/base/text.hpp"
#include "pkg/helm/functions/yaml_text.hpp"
#include "pkg/helm/render/render.hpp"
#include "pkg/helm/storage/go_json_text.hpp"
#include "pkg/json/describe.hpp"

namespace weir::helm {
namespace {

using json::Value;

bool is_nothing(const Value& table) { return table.is_null() || (table.is_object() && table.empty()); }

}  // namespace

std::string snapshot_text(const StoredRelease& release, std::string_view oci_digest) {
  auto document = Value::object();
  document.set("name", release.name);
  document.set("version", release.version);
  document.set("info", json::encode(release.info));
  const Value* metadata = release.chart.find("metadata");
  document.set("chartMetadata", metadata == nullptr ? Value{} : *metadata);
  document.set("config", is_nothing(release.config) ? Value{} : release.config);
  document.set("manifest", release.manifest);
  auto hooks = Value::array();
  for (const auto& hook : release.hooks)
    if (!hook.runs_at(HookEvent::kTest)) hooks.push_back(json::encode(hook));
  document.set("hooks", hooks.empty() ? Value{} : std::move(hooks));
  document.set("namespace", release.namespace_);
  if (!oci_digest.empty()) document.set("ociDigest", oci_digest);
  std::string out;
  append_go_json(out, document);
  out += '\n';
  return out;
}

std::string snapshot_digest(const StoredRelease& release, std::string_view oci_digest, DigestAlgorithm algorithm) {
  Digester digester{algorithm};
  digester.update(snapshot_text(release, oci_digest));
  return digester.finish();
}

std::string config_digest(const Value& values) {
  std::string text;
  if (!is_nothing(values)) {
    templates::Budget budget{default_render_limits()};
    text = to_yaml(templates::from_json(values), budget, KeyOrder::kBytes);
  }
  return text::cat("sha256:", sha256_hex(text));
}

}  // namespace weir::helm
