#include "test/simulation/api_server/random_objects.hpp"

#include "pkg/base/text.hpp"
#include "pkg/json/codec.hpp"

namespace weir::test {
namespace {

using json::Value;

Value metadata(Draw& draw) {
  auto out = Value::object();
  for (const auto* part : {"labels", "annotations"}) {
    if (draw.once_in(2)) continue;
    auto words = Value::object();
    for (const auto* key : {"app", "example.com/tier", "x"}) {
      if (draw.once_in(2)) words.set(key, draw.one_of({"a", "b", "c"}));
    }
    if (draw.once_in(40)) words.set("bad key!", "x");
    // The store keeps an empty map of a custom resource that no answer shows, and the next write is no empty one.
    if (!words.empty()) out.set(part, std::move(words));
  }
  if (draw.once_in(12)) out.set("finalizers", Value::array({draw.one_of({"example.com/hold", "example.com/wait"})}));
  if (draw.once_in(15)) {
    out.set(
        "ownerReferences",
        Value::array({Value::object(
            {{"apiVersion", "v1"},
             {"kind", "ConfigMap"},
             {"name", "owner"},
             {"uid", draw.one_of({"11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"})}}
        )})
    );
  }
  return out;
}

Value config_map(Draw& draw) {
  auto out = Value::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", metadata(draw)}});
  auto data = Value::object();
  for (const auto* key : {"a", "b", "c.d"}) {
    if (draw.once_in(2)) data.set(key, draw.one_of({"1", "2", ""}));
  }
  if (!draw.once_in(4)) out.set("data", std::move(data));
  if (draw.once_in(30)) out.set("immutable", draw.once_in(3) ? Value{false} : Value{true});
  if (draw.once_in(40)) out.set("unknown", "x");
  if (draw.once_in(40)) out["data"].set("a", 5);
  if (draw.once_in(40)) out["data"].set("bad key!", "x");
  return out;
}

Value secret(Draw& draw) {
  auto out = Value::object({{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", metadata(draw)}});
  if (!draw.once_in(3)) out["data"].set(draw.one_of({"a", "b"}), draw.one_of({"MQ==", "Mg=="}));
  if (draw.once_in(4)) out["stringData"].set(draw.one_of({"a", "c"}), draw.one_of({"1", "3"}));
  if (draw.once_in(8)) out.set("type", draw.one_of({"Opaque", "example.com/other"}));
  if (draw.once_in(40)) out["data"].set("a", "%%%");
  return out;
}

Value port_of_container(Draw& draw) {
  auto out = Value::object({{"containerPort", draw.one_of({80, 81})}});
  if (draw.once_in(2)) out.set("protocol", draw.one_of({"TCP", "UDP"}));
  if (draw.once_in(2)) out.set("name", draw.one_of({"http", "web"}));
  return out;
}

Value container(Draw& draw, const char* name) {
  auto out = Value::object({{"name", name}});
  if (!draw.once_in(8)) out.set("image", draw.one_of({"example.com/a:1", "example.com/a", "example.com/a@sha256:0"}));
  if (draw.once_in(2)) {
    auto ports = Value::array({port_of_container(draw)});
    if (draw.once_in(6)) ports.push_back(port_of_container(draw));
    out.set("ports", std::move(ports));
  }
  if (draw.once_in(2)) {
    auto env = Value::array();
    for (const auto* key : {"A", "B", "C"}) {
      if (draw.once_in(2)) env.push_back(Value::object({{"name", key}, {"value", draw.one_of({"1", "2", ""})}}));
    }
    out.set("env", std::move(env));
  }
  if (draw.once_in(5)) out.set("command", Value::array({draw.one_of({"a", "b"})}));
  if (draw.once_in(5)) {
    out["resources"]["requests"].set("cpu", draw.one_of({"100m", "0.1", "1000m", "1"}));
    if (draw.once_in(2)) out["resources"]["limits"].set("memory", draw.one_of({"1Gi", "1024Mi"}));
  }
  if (draw.once_in(8)) out["readinessProbe"]["httpGet"].set("port", 80);
  if (draw.once_in(8)) out.set("imagePullPolicy", draw.one_of({"Always", "IfNotPresent"}));
  return out;
}

Value deployment(Draw& draw) {
  auto out = Value::object({{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"metadata", metadata(draw)}});
  auto& spec = out["spec"];
  if (draw.once_in(2)) spec.set("replicas", draw.one_of({0, 1, 2}));
  if (draw.once_in(8)) spec.set("minReadySeconds", draw.one_of({0, 5}));
  if (draw.once_in(10)) spec.set("paused", draw.once_in(2));
  if (draw.once_in(10)) spec["strategy"].set("type", draw.one_of({"Recreate", "RollingUpdate"}));
  const auto* app = draw.once_in(20) ? "other" : "web";
  if (!draw.once_in(25)) spec["selector"]["matchLabels"].set("app", app);
  spec["template"]["metadata"]["labels"].set("app", draw.once_in(30) ? "wrong" : app);
  auto& pod = spec["template"]["spec"];
  auto containers = Value::array();
  if (!draw.once_in(6)) containers.push_back(container(draw, "web"));
  if (draw.once_in(3)) containers.push_back(container(draw, "side"));
  pod.set("containers", std::move(containers));
  if (draw.once_in(5)) pod["nodeSelector"].set(draw.one_of({"disk", "zone"}), draw.one_of({"a", "b"}));
  if (draw.once_in(6)) pod.set("serviceAccountName", draw.one_of({"one", "two"}));
  if (draw.once_in(5)) {
    auto volume = Value::object({{"name", draw.one_of({"v", "w"})}});
    if (draw.once_in(2)) volume["configMap"].set("name", draw.one_of({"a", "b"}));
    pod.set("volumes", Value::array({std::move(volume)}));
  }
  if (draw.once_in(8))
    pod.set("tolerations", Value::array({Value::object({{"key", draw.one_of({"a", "b"})}, {"operator", "Exists"}})}));
  if (draw.once_in(40)) spec.set("unknown", "x");
  if (draw.once_in(40)) spec.set("replicas", "two");
  if (draw.once_in(40)) spec.set("replicas", -1);
  return out;
}

Value service(Draw& draw) {
  auto out = Value::object({{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", metadata(draw)}});
  auto& spec = out["spec"];
  auto ports = Value::array();
  const bool two = draw.once_in(3);
  for (int i = 0; i < (two ? 2 : 1); ++i) {
    auto port = Value::object({{"port", i == 0 ? draw.one_of({80, 81}) : 90}});
    if (two || draw.once_in(2)) port.set("name", i == 0 ? "http" : "more");
    if (draw.once_in(2)) port.set("targetPort", draw.one_of({Value{8080}, Value{"http"}}));
    if (draw.once_in(3)) port.set("protocol", draw.one_of({"TCP", "UDP"}));
    ports.push_back(std::move(port));
  }
  if (!draw.once_in(12)) spec.set("ports", std::move(ports));
  if (!draw.once_in(3)) spec["selector"].set("app", draw.one_of({"a", "b"}));
  if (draw.once_in(4)) spec.set("type", draw.one_of({"ClusterIP", "NodePort", "LoadBalancer"}));
  if (draw.once_in(8)) spec.set("sessionAffinity", draw.one_of({"None", "ClientIP"}));
  if (draw.once_in(10)) spec.set("publishNotReadyAddresses", true);
  if (draw.once_in(30)) spec["ports"] = Value::array({Value::object({{"port", 123456}})});
  if (draw.once_in(40)) spec.set("type", "Wrong");
  return out;
}

Value box(Draw& draw) {
  auto out = Value::object({{"apiVersion", "sim.example.com/v1"}, {"kind", "Box"}, {"metadata", metadata(draw)}});
  auto& spec = out["spec"];
  spec = Value::object();
  if (draw.once_in(2)) spec.set("size", draw.one_of({1, 2, 3}));
  if (draw.once_in(2)) spec.set("colour", draw.one_of({"red", "green"}));
  if (draw.once_in(2)) {
    auto items = Value::array();
    for (const auto* name : {"one", "two"}) {
      if (draw.once_in(3)) continue;
      auto item = Value::object({{"name", name}});
      if (draw.once_in(2)) item.set("value", draw.one_of({"x", "y"}));
      if (draw.once_in(3)) item.set("kind", draw.one_of({"plain", "fancy"}));
      items.push_back(std::move(item));
    }
    spec.set("items", std::move(items));
  }
  if (draw.once_in(3)) {
    auto tags = Value::array();
    for (const auto* tag : {"p", "q", "r"}) {
      if (draw.once_in(2)) tags.push_back(tag);
    }
    spec.set("tags", std::move(tags));
  }
  if (draw.once_in(3)) spec["settings"].set(draw.one_of({"m", "n"}), draw.one_of({"1", "2"}));
  if (draw.once_in(3)) spec["nested"].set(draw.one_of({"deep", "other"}), draw.one_of({"1", "2"}));
  if (draw.once_in(4)) spec["open"][draw.one_of({"u", "v"})].set("w", draw.one_of({1, 2}));
  if (draw.once_in(4)) spec.set("whole", Value::array({draw.one_of({1, 2}), 3}));
  if (draw.once_in(5)) spec["sealed"].set(draw.one_of({"left", "right"}), draw.one_of({"1", "2"}));
  if (draw.once_in(10)) spec.set("port", draw.one_of({Value{80}, Value{"http"}}));
  if (draw.once_in(25)) spec.set("colour", "black");
  if (draw.once_in(25)) spec.set("size", draw.one_of({Value{0}, Value{"big"}, Value{12}}));
  if (draw.once_in(25)) spec.set("unknown", "x");
  if (draw.once_in(25)) spec.set("nested", Value{});
  if (draw.once_in(25)) spec["title"] = draw.one_of({"", "long enough to be refused"});
  if (draw.once_in(30)) out.set("spec", Value{});
  return out;
}

Value crate(Draw& draw) {
  auto out = Value::object({{"apiVersion", "sim.example.com/v1"}, {"kind", "Crate"}, {"metadata", metadata(draw)}});
  if (draw.once_in(2)) out["spec"].set(draw.one_of({"a", "b"}), draw.one_of({"1", "2"}));
  if (draw.once_in(2)) out["spec"]["more"].set(draw.one_of({"a", "b"}), Value::array({draw.one_of({1, 2})}));
  if (draw.once_in(3)) out["status"].set("phase", draw.one_of({"A", "B"}));
  if (draw.once_in(4)) out.set("extra", draw.one_of({Value{1}, Value{"x"}}));
  return out;
}

}  // namespace

Value box_definition() {
  return *json::parse(R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": {"name": "boxes.sim.example.com"}, "spec": {"group": "sim.example.com", "scope": "Namespaced",
    "names": {"kind": "Box", "listKind": "BoxList", "plural": "boxes", "singular": "box"}, "versions": [
    {"name": "v1", "served": true, "storage": true, "subresources": {"status": {}}, "schema": {"openAPIV3Schema":
    {"type": "object", "properties": {"spec": {"type": "object", "required": ["colour"], "properties": {
      "size": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
      "colour": {"type": "string", "enum": ["red", "green"], "default": "red"},
      "title": {"type": "string", "minLength": 1, "maxLength": 10},
      "items": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "kind"],
        "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"},
        "kind": {"type": "string", "default": "plain"}, "value": {"type": "string"}, "weight": {"type": "integer", "default": 5}}}},
      "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
      "settings": {"type": "object", "additionalProperties": {"type": "string"}},
      "nested": {"type": "object", "properties": {"deep": {"type": "string"}, "other": {"type": "string", "default": "o"}}},
      "sealed": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"left": {"type": "string"}, "right": {"type": "string"}}},
      "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
      "port": {"x-kubernetes-int-or-string": true},
      "whole": {"type": "array", "items": {"type": "integer"}}}},
    "status": {"type": "object", "properties": {"phase": {"type": "string"}, "conditions": {"type": "array",
      "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"], "items": {"type": "object",
      "required": ["type"], "properties": {"type": {"type": "string"}, "status": {"type": "string"}}}}}}}}}}]}})");
}

Value crate_definition() {
  return *json::parse(R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": {"name": "crates.sim.example.com"}, "spec": {"group": "sim.example.com", "scope": "Namespaced",
    "names": {"kind": "Crate", "listKind": "CrateList", "plural": "crates", "singular": "crate"}, "versions": [
    {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
    {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}})");
}

Value random_object(Draw& draw, std::string_view kind) {
  if (kind == "ConfigMap") return config_map(draw);
  if (kind == "Secret") return secret(draw);
  if (kind == "Deployment") return deployment(draw);
  if (kind == "Service") return service(draw);
  if (kind == "Box") return box(draw);
  return crate(draw);
}

Value random_status(Draw& draw, std::string_view kind) {
  const auto conditions = [&] {
    auto out = Value::array();
    for (const auto* type : {"Available", "Progressing"}) {
      if (draw.once_in(2)) out.push_back(Value::object({{"type", type}, {"status", draw.one_of({"True", "False"})}}));
    }
    return out;
  };
  auto out = Value::object();
  if (kind == "Deployment") {
    if (draw.once_in(2)) out.set("replicas", draw.one_of({0, 1}));
    if (draw.once_in(2)) out.set("observedGeneration", draw.one_of({1, 2}));
  }
  if (kind == "Box" && draw.once_in(2)) out.set("phase", draw.one_of({"A", "B"}));
  if (kind != "Service") out.set("conditions", conditions());
  return out;
}

}  // namespace weir::test
