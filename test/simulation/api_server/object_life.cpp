#include <algorithm>

#include "test/simulation/api_server/custom_resource.hpp"
#include "test/simulation/api_server/go_form.hpp"
#include "test/simulation/api_server/server.hpp"

namespace weir::test {
namespace {

using json::Value;

void keep_part(Value& after, const Value& before, std::string_view part) {
  const auto* kept = before.find(part);
  if (kept == nullptr) {
    after.erase(part);
  } else {
    after.set(part, *kept);
  }
}

void keep_metadata(Value& after, const Value& before, std::string_view part) {
  keep_part(after["metadata"], *before.find("metadata"), part);
}

constexpr std::string_view kTemplateGeneration = "deprecated.daemonset.template.generation";

void add_finalizer(Value& metadata, std::string_view name) {
  auto& finalizers = metadata["finalizers"];
  if (finalizers.is_null()) finalizers = Value::array();
  if (std::ranges::find(finalizers.as_array(), Value{name}) == finalizers.as_array().end()) finalizers.push_back(name);
}

/// Each change of a DaemonSet's template counts.
void count_template(const Value& before, Value& after) {
  const std::string was{before.text_at({"metadata", "annotations", kTemplateGeneration})};
  if (was.empty()) return;
  const auto* had = before.find_path({"spec", "template"});
  const auto* has = after.find_path({"spec", "template"});
  const bool is_other = had != nullptr && has != nullptr && !(*had == *has);
  after["metadata"]["annotations"].set(kTemplateGeneration, std::to_string(std::stol(was) + (is_other ? 1 : 0)));
}

/// A selector of its own, by the uid.
void prepare_job(Value& job) {
  auto& spec = job["spec"];
  if (const auto* manual = spec.find("manualSelector"); manual != nullptr && *manual == Value{true}) return;
  const std::string uid{job.text_at({"metadata", "uid"})};
  const std::string name{job.text_at({"metadata", "name"})};
  auto& labels = spec["template"]["metadata"]["labels"];
  if (labels.is_null()) labels = Value::object();
  labels.set("batch.kubernetes.io/controller-uid", uid);
  labels.set("batch.kubernetes.io/job-name", name);
  labels.set("controller-uid", uid);
  labels.set("job-name", name);
  const Value given = labels;
  spec["selector"]["matchLabels"].set("batch.kubernetes.io/controller-uid", uid);
  if (!job["metadata"].contains("labels")) job["metadata"].set("labels", given);
}

void single_stack(Value& spec) {
  if (!spec.contains("ipFamilies")) spec.set("ipFamilies", Value::array({"IPv4"}));
  if (!spec.contains("ipFamilyPolicy")) spec.set("ipFamilyPolicy", "SingleStack");
}

}  // namespace

void SimulatedApi::prepare_new(const Call& call, Value& after) {
  const auto& kind = *call.kind;
  auto& metadata = after["metadata"];
  metadata.set(
      "uid", text::cat("00000000-0000-4000-8000-", std::string(12 - std::to_string(uids_ + 1).size(), '0'), uids_ + 1)
  );
  ++uids_;
  metadata.set("creationTimestamp", time());
  for (const auto part : {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"})
    metadata.erase(part);
  if (!metadata.text_at({"resourceVersion"}).empty() && !call.is_apply()) {
    throw Refusal{500, "", "resourceVersion should not be set on objects to be created"};
  }
  if (kind.counts_generation || kind.is_custom) metadata.set("generation", 1);
  if (kind.has_status && kind.is_custom) after.erase("status");
  if (kind.has_status && kind.is_builtin) {
    after.erase("status");
    to_go_form(after, kind.type());
    if (kind.resource.kind == "Namespace") after["status"].set("phase", "Active");
    if (kind.resource.kind == "PersistentVolumeClaim" || kind.resource.kind == "Pod")
      after["status"].set("phase", "Pending");
  }
  const auto& name = kind.resource.kind;
  if (!kind.is_builtin) {
    if (name == "CustomResourceDefinition" && !establishes_at_once_) after.erase("status");
    return;
  }
  if (name == "Namespace") after["spec"].set("finalizers", Value::array({"kubernetes"}));
  if (name == "Job") prepare_job(after);
  if (name == "DaemonSet") metadata["annotations"].set(kTemplateGeneration, "1");
  if (name == "PersistentVolumeClaim") add_finalizer(metadata, "kubernetes.io/pvc-protection");
  if (name == "Service" && !call.is_of_status()) allocate(after["spec"]);
  if (name == "Pod") prioritize(call, after["spec"]);
}

void SimulatedApi::allocate(Value& spec) {
  if (spec.text_at({"type"}) == "ExternalName") return;
  if (spec.text_at({"clusterIP"}).empty()) {
    ++addresses_;
    spec.set("clusterIP", text::cat("10.96.", addresses_ / 250, ".", addresses_ % 250 + 1));
  }
  spec.set("clusterIPs", Value::array({std::string{spec.text_at({"clusterIP"})}}));
  single_stack(spec);
  allocate_ports(spec);
}

void SimulatedApi::allocate_ports(Value& spec) {
  const std::string type{spec.text_at({"type"})};
  if (type != "NodePort" && type != "LoadBalancer") return;
  auto* ports = spec.find("ports");
  if (ports == nullptr || !ports->is_array()) return;
  for (auto& port : ports->as_array()) {
    if (!port.contains("nodePort")) port.set("nodePort", 30000 + ports_++);
  }
}

void SimulatedApi::prioritize(const Call& call, Value& spec) const {
  const std::string name{spec.text_at({"priorityClassName"})};
  if (name.empty()) {
    spec.set("priority", 0);
    spec.set("preemptionPolicy", "PreemptLowerPriority");
    return;
  }
  const auto found = kind_at("scheduling.k8s.io", "v1", "priorityclasses")->collection->find(name);
  if (!found) {
    throw call.refusal(
        403,
        "Forbidden",
        text::cat("pods ", text::quoted(call.name), " is forbidden: no PriorityClass with name ", name, " was found")
    );
  }
  spec.set("priority", *found->value.find("value"));
  spec.set("preemptionPolicy", found->value.text_at({"preemptionPolicy"}));
}

/// What a write does not reach stays as it was, and generations are counted.
void SimulatedApi::prepare(const Call& call, const Value* before_object, Value& after) {
  const auto& before = *before_object;
  const auto& kind = *call.kind;
  if (call.is_of_status()) {
    if (kind.is_custom) {
      Value kept = before;
      keep_part(kept, after, "status");
      after = std::move(kept);
    } else {
      keep_part(after, before, "spec");
      if (kind.resource.kind == "Deployment") keep_metadata(after, before, "labels");
    }
  } else if (kind.has_status) {
    keep_part(after, before, "status");
  }
  for (const auto part :
       {"uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "resourceVersion",
        "selfLink"}) {
    keep_metadata(after, before, part);
  }
  if (kind.resource.kind == "Service" && kind.is_builtin) keep_allocated(before, after["spec"]);
  if (kind.resource.kind == "Namespace" && kind.is_builtin && !call.is_of_status())
    keep_part(after["spec"], *before.find("spec"), "finalizers");
  if (kind.resource.kind == "DaemonSet" && kind.is_builtin) count_template(before, after);
  if (!(kind.counts_generation || kind.is_custom) || call.is_of_status()) return;
  const bool is_other = kind.is_custom
                            ? (kind.has_status ? !same_without(before, after, {"metadata", "status", "apiVersion"})
                                               : !same_without(before, after, {"metadata", "apiVersion"}))
                            : !same_without(before, after, {"metadata", "status"});
  const bool counts_annotations = kind.is_builtin && kind.resource.kind == "Deployment";
  const auto* had = before.find_path({"metadata", "annotations"});
  const auto* has = after.find_path({"metadata", "annotations"});
  const bool is_annotated = counts_annotations && (had == nullptr || has == nullptr ? had != has : !(*had == *has));
  if (!is_other && !is_annotated) return;
  const auto* counted = before.find_path({"metadata", "generation"});
  after["metadata"].set("generation", (counted == nullptr ? 0 : counted->integer().value_or(0)) + 1);
}

/// A service keeps its addresses as long as it has some.
void SimulatedApi::keep_allocated(const Value& before, Value& spec) {
  const auto& was = *before.find("spec");
  const std::string had{was.text_at({"type"})};
  const std::string has{spec.text_at({"type"})};
  if (has == "ExternalName") {
    for (const auto part : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) spec.erase(part);
    return;
  }
  if (had == "ExternalName") return allocate(spec);
  if (spec.text_at({"clusterIP"}).empty()) {
    for (const auto part : {"clusterIP", "clusterIPs"}) keep_part(spec, was, part);
  }
  for (const auto part : {"ipFamilies", "ipFamilyPolicy"}) {
    if (!spec.contains(part)) keep_part(spec, was, part);
  }
  auto* ports = spec.find("ports");
  const auto* old = was.find("ports");
  const bool is_open = has == "NodePort" || has == "LoadBalancer";
  if (ports != nullptr && old != nullptr && ports->is_array() && old->is_array() && is_open) {
    for (auto& port : ports->as_array()) {
      if (port.contains("nodePort")) continue;
      const auto same = std::ranges::find_if(old->as_array(), [&](const auto& one) {
        return *one.find("port") == *port.find("port") && one.text_at({"protocol"}) == port.text_at({"protocol"});
      });
      if (same != old->as_array().end() && same->contains("nodePort")) port.set("nodePort", *same->find("nodePort"));
    }
  }
  if (!is_open) spec.erase("externalTrafficPolicy");
  if (has != "LoadBalancer") spec.erase("allocateLoadBalancerNodePorts");
  if (ports != nullptr && ports->is_array() && !is_open && (had == "NodePort" || had == "LoadBalancer")) {
    for (auto& port : ports->as_array()) port.erase("nodePort");
  }
  allocate_ports(spec);
}

void SimulatedApi::check(const Call& call, const Value* before, const Value& after) const {
  const auto& kind = *call.kind;
  auto causes = check_metadata(after, before, kind.names);
  auto more = kind.is_builtin  ? check_builtin(kind.resource.group, kind.resource.kind, after, before)
              : kind.is_custom ? check_schema(after, kind.type())
                               : Causes{};
  causes.insert(causes.end(), more.begin(), more.end());
  if (causes.empty()) return;
  throw invalid_object(kind.resource.group, kind.resource.kind, call.name, std::move(causes));
}

}  // namespace weir::test
