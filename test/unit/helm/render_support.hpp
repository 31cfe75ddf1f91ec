#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pkg/helm/render/render.hpp"
#include "pkg/json/codec.hpp"
#include "pkg/template/functions.hpp"

namespace weir::helm {

using Texts = std::vector<std::pair<std::string, std::string>>;

/// A chart as prepare() leaves it.
/// @param files  names relative to the chart's folder; those outside of templates/ are what `.Files` sees
inline std::shared_ptr<Chart> make_chart(
    const std::string& name, const Texts& files, std::vector<std::shared_ptr<const Chart>> dependencies = {}
) {
  auto contents = std::make_shared<Contents>();
  for (const auto& [path, text] : files) {
    auto& list = path.starts_with("templates/") ? contents->templates : contents->files;
    list.push_back({path, std::make_shared<const std::string>(text)});
  }
  auto out = std::make_shared<Chart>();
  out->metadata.name = name;
  out->metadata.version = "1.2.3";
  out->metadata.api_version = "v2";
  out->contents = std::move(contents);
  out->values = std::make_shared<const json::Value>(json::Value::object());
  out->dependencies = std::move(dependencies);
  return out;
}

/// @param values  JSON; numbers as pkg/helm/values/number.hpp says
inline RenderInput input_of(ChartPtr chart, std::string_view values = "{}") {
  RenderInput out;
  out.chart = std::move(chart);
  out.values = std::make_shared<const json::Value>(json::parse(values).value());
  out.release.name = "rel";
  out.release.ns = "ns";
  out.capabilities.kube_version = "v1.33.0-x.1";
  out.capabilities.normalized_kube_version = "v1.33.0";
  out.capabilities.kube_major = "1";
  out.capabilities.kube_minor = "33";
  out.capabilities.api_versions = {"v1", "apps/v1"};
  return out;
}

/// The texts by name.
inline std::map<std::string, std::string> texts_of(const RenderInput& input) {
  std::map<std::string, std::string> out;
  const auto rendered = render(input);
  if (!rendered) return {{"error", rendered.error().words}};
  for (const auto& file : rendered->files) out[file.name] = file.text;
  return out;
}

/// What one template gives in a chart of its own, or the error in Helm's words.
inline std::string text_of(std::string_view text, std::string_view values = "{}", const Texts& more = {}) {
  Texts files{{"templates/x.yaml", std::string{text}}};
  files.insert(files.end(), more.begin(), more.end());
  const auto rendered = render(input_of(make_chart("demo", files), values));
  if (!rendered) return rendered.error().words;
  for (const auto& file : rendered->files) {
    if (file.name == "demo/templates/x.yaml") return file.text;
  }
  return "nothing";
}

}  // namespace weir::helm
