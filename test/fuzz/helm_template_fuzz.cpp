// Templates with Helm's functions: no text may crash, or take more than its limits; what renders, renders the same
// again; every error names the chart's template.
#include <cstdint>
#include <memory>
#include <string_view>

#include "pkg/helm/functions/functions.hpp"
#include "pkg/helm/render/render.hpp"
#include "pkg/json/codec.hpp"
#include "test/fuzz/require.hpp"

namespace {

using namespace weir;

/// A world in which nothing happens by chance.
class StillWorld final : public helm::Outside {
 public:
  WallTime now() override { return WallTime{std::chrono::seconds{1'700'000'000}}; }
  std::chrono::nanoseconds since_start() override { return std::chrono::nanoseconds{1}; }
  std::string random_bytes(std::size_t count) override { return std::string(count, '\x2a'); }
  std::string private_key(helm::KeyKind) override { return ""; }
  std::optional<std::string> zone(std::string_view) override { return std::nullopt; }
  std::optional<std::string> host_address(std::string_view) override { return ""; }
};

helm::File file(std::string name, std::string_view text) {
  return {std::move(name), std::make_shared<const std::string>(text)};
}

std::shared_ptr<helm::Chart> chart(const char* name) {
  auto out = std::make_shared<helm::Chart>();
  out->metadata.name = name;
  out->metadata.version = "1.2.3";
  out->metadata.api_version = "v2";
  out->values = std::make_shared<const json::Value>(json::Value::object());
  return out;
}

helm::RenderInput make_input(std::string_view text) {
  static const auto functions =
      std::make_shared<const templates::Functions>(helm::chart_functions(std::make_shared<StillWorld>()));
  static const auto values = std::make_shared<const json::Value>(
      json::parse(
          R"({"s":"text","n":7.0,"i":5,"t":true,"z":null,"l":[1,"two",null,[3]],"m":{"a":"x","c":{"d":null}},
              "tpl":"{{ .Values.s }}","sub":{"x":1,"global":{"a":{"b":{}}}},"global":{"a":{"b":{}}}})"
      )
          .value()
  );
  auto child_contents = std::make_shared<helm::Contents>();
  child_contents->templates = {file("templates/c", "{{ .Values.x }}{{ include \"h\" . }}")};
  auto child = chart("sub");
  child->contents = std::move(child_contents);
  auto contents = std::make_shared<helm::Contents>();
  contents->templates = {
      file("templates/_h.tpl", "{{ define \"h\" }}{{ .Release.Name }}{{ end }}"), file("templates/x", text)};
  contents->files = {file("README.md", "# readme\n"), file("config/a.conf", "one\ntwo\n"), file("empty", "")};
  auto top = chart("fuzz");
  top->contents = std::move(contents);
  top->dependencies = {child};

  helm::RenderInput out;
  out.chart = std::move(top);
  out.values = values;
  out.functions = functions;
  out.release.name = "rel";
  out.release.ns = "ns";
  out.capabilities.kube_version = out.capabilities.normalized_kube_version = "v1.33.0";
  out.capabilities.api_versions = {"v1", "apps/v1"};
  out.limits.output_bytes = 1U << 16U;
  out.limits.steps = 20'000;
  out.limits.memory_bytes = 16U << 20U;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = make_input({reinterpret_cast<const char*>(data), size});
  const auto first = helm::render(input);
  const auto second = helm::render(input);
  require(first.has_value() == second.has_value());
  if (!first) {
    require(first.error().words == second.error().words);
    require(first.error().words.find("fuzz/") != std::string::npos);
    return 0;
  }
  require(first->files.size() == second->files.size());
  for (std::size_t i = 0; i < first->files.size(); ++i) {
    require(first->files[i].text == second->files[i].text);
    require(first->files[i].text.size() <= input.limits.output_bytes);
  }
  return 0;
}
