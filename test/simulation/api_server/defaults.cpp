#include "test/simulation/api_server/defaults.hpp"

#include <algorithm>

#include "pkg/base/text.hpp"

namespace weir::test {
namespace {

using json::Value;

/// What is not said, or empty where Go cannot tell the two apart.
void fill(Value& object, std::string_view name, Value value) {
  const auto* there = object.find(name);
  if (there == nullptr || there->is_null() || (there->is_string() && there->as_string().empty())) {
    object.set(name, std::move(value));
  }
}

template <class Each>
void for_each_item(Value& object, std::string_view name, Each each) {
  auto* list = object.find(name);
  if (list == nullptr || !list->is_array()) return;
  for (auto& item : list->as_array()) each(item);
}

void fill_field_ref(Value& owner) {
  if (auto* ref = owner.find("fieldRef")) fill(*ref, "apiVersion", "v1");
}
/// Resources are written "0" when nothing divides them.
void fill_resource_ref(Value& owner) {
  if (auto* ref = owner.find("resourceFieldRef")) fill(*ref, "divisor", "0");
}

void fill_http_get(Value& action) {
  auto* get = action.find("httpGet");
  if (get == nullptr) return;
  fill(*get, "path", "/");
  fill(*get, "scheme", "HTTP");
}

void fill_probe(Value& container, std::string_view name) {
  auto* probe = container.find(name);
  if (probe == nullptr) return;
  fill(*probe, "timeoutSeconds", 1);
  fill(*probe, "periodSeconds", 10);
  fill(*probe, "successThreshold", 1);
  fill(*probe, "failureThreshold", 3);
  fill_http_get(*probe);
  if (auto* grpc = probe->find("grpc")) fill(*grpc, "service", "");
}

bool is_latest(std::string_view image) {
  if (image.find('@') != std::string_view::npos) return false;
  const auto name = image.substr(image.rfind('/') == std::string_view::npos ? 0 : image.rfind('/') + 1);
  const auto colon = name.find(':');
  return colon == std::string_view::npos || name.substr(colon + 1) == "latest";
}

void fill_container(Value& container) {
  fill(container, "imagePullPolicy", is_latest(container.text_at({"image"})) ? "Always" : "IfNotPresent");
  fill(container, "terminationMessagePath", "/dev/termination-log");
  fill(container, "terminationMessagePolicy", "File");
  for (const auto name : {"livenessProbe", "readinessProbe", "startupProbe"}) fill_probe(container, name);
  for_each_item(container, "ports", [](Value& port) { fill(port, "protocol", "TCP"); });
  for_each_item(container, "env", [](Value& variable) {
    auto* from = variable.find("valueFrom");
    if (from == nullptr) return;
    fill_field_ref(*from);
    fill_resource_ref(*from);
  });
  if (auto* lifecycle = container.find("lifecycle")) {
    for (auto& hook : lifecycle->as_object()) {
      if (hook.value.is_object()) fill_http_get(hook.value);
    }
  }
}

/// Limits are requests where nothing else is asked for.
void fill_requests(Value& container) {
  auto* resources = container.find("resources");
  const auto* limits = resources == nullptr ? nullptr : resources->find("limits");
  if (limits == nullptr) return;
  const Value given = *limits;
  for (const auto& limit : given.as_object()) fill((*resources)["requests"], limit.key, limit.value);
}

void fill_volume(Value& volume) {
  if (volume.size() == 1) volume.set("emptyDir", Value::object());
  for (const auto name : {"secret", "configMap", "downwardAPI", "projected"}) {
    if (auto* source = volume.find(name)) fill(*source, "defaultMode", 420);
  }
  if (auto* path = volume.find("hostPath")) {
    if (!path->contains("type")) path->set("type", "");
  }
  const auto fill_items = [](Value& source) {
    for_each_item(source, "items", [](Value& item) {
      fill_field_ref(item);
      fill_resource_ref(item);
    });
  };
  if (auto* downward = volume.find("downwardAPI")) fill_items(*downward);
  auto* projected = volume.find("projected");
  if (projected == nullptr) return;
  for_each_item(*projected, "sources", [&](Value& source) {
    if (auto* token = source.find("serviceAccountToken")) fill(*token, "expirationSeconds", 3600);
    if (auto* downward = source.find("downwardAPI")) fill_items(*downward);
  });
}

void fill_pod_spec(Value& spec) {
  fill(spec, "restartPolicy", "Always");
  fill(spec, "terminationGracePeriodSeconds", 30);
  fill(spec, "dnsPolicy", "ClusterFirst");
  fill(spec, "securityContext", Value::object());
  fill(spec, "schedulerName", "default-scheduler");
  // The old name and the new one say the same.
  const std::string account{spec.text_at({"serviceAccountName"})};
  const std::string old_account{spec.text_at({"serviceAccount"})};
  if (!account.empty() || !old_account.empty()) {
    spec.set("serviceAccountName", account.empty() ? old_account : account);
    spec.set("serviceAccount", account.empty() ? old_account : account);
  }
  for_each_item(spec, "containers", fill_container);
  for_each_item(spec, "initContainers", fill_container);
  for_each_item(spec, "volumes", fill_volume);
}

void fill_pod_template(Value& spec) {
  if (auto* pod = spec["template"].find("spec")) fill_pod_spec(*pod);
}

void fill_deployment(Value& spec) {
  fill(spec, "replicas", 1);
  auto& strategy = spec["strategy"];
  fill(strategy, "type", "RollingUpdate");
  if (strategy.text_at({"type"}) == "RollingUpdate") {
    fill(strategy, "rollingUpdate", Value::object());
    auto& rolling = strategy["rollingUpdate"];
    fill(rolling, "maxUnavailable", "25%");
    fill(rolling, "maxSurge", "25%");
  }
  fill(spec, "revisionHistoryLimit", 10);
  fill(spec, "progressDeadlineSeconds", 600);
}

void fill_stateful_set(Value& spec) {
  fill(spec, "podManagementPolicy", "OrderedReady");
  auto& strategy = spec["updateStrategy"];
  fill(strategy, "type", "RollingUpdate");
  if (strategy.text_at({"type"}) == "RollingUpdate") {
    fill(strategy, "rollingUpdate", Value::object());
    fill(strategy["rollingUpdate"], "partition", 0);
  }
  fill(spec, "replicas", 1);
  fill(spec, "revisionHistoryLimit", 10);
  auto& retention = spec["persistentVolumeClaimRetentionPolicy"];
  fill(retention, "whenDeleted", "Retain");
  fill(retention, "whenScaled", "Retain");
  for_each_item(spec, "volumeClaimTemplates", [](Value& claim) {
    fill(claim, "apiVersion", "v1");
    fill(claim, "kind", "PersistentVolumeClaim");
    fill(claim["spec"], "volumeMode", "Filesystem");
    fill(claim["status"], "phase", "Pending");
  });
}

void fill_daemon_set(Value& spec) {
  auto& strategy = spec["updateStrategy"];
  fill(strategy, "type", "RollingUpdate");
  if (strategy.text_at({"type"}) == "RollingUpdate") {
    fill(strategy, "rollingUpdate", Value::object());
    auto& rolling = strategy["rollingUpdate"];
    fill(rolling, "maxUnavailable", 1);
    fill(rolling, "maxSurge", 0);
  }
  fill(spec, "revisionHistoryLimit", 10);
}

void fill_job(Value& spec) {
  if (!spec.contains("completions") && !spec.contains("parallelism")) {
    spec.set("completions", 1);
    spec.set("parallelism", 1);
  }
  fill(spec, "parallelism", 1);
  fill(spec, "backoffLimit", spec.contains("backoffLimitPerIndex") ? Value{2147483647} : Value{6});
  fill(spec, "completionMode", "NonIndexed");
  fill(spec, "suspend", false);
  fill(spec, "podReplacementPolicy", spec.contains("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
  fill(spec, "manualSelector", false);
}

void fill_service(Value& spec) {
  fill(spec, "sessionAffinity", "None");
  const std::string affinity{spec.text_at({"sessionAffinity"})};
  if (affinity == "None") spec.erase("sessionAffinityConfig");
  if (affinity == "ClientIP") fill(spec["sessionAffinityConfig"]["clientIP"], "timeoutSeconds", 10800);
  fill(spec, "type", "ClusterIP");
  const std::string type{spec.text_at({"type"})};
  for_each_item(spec, "ports", [](Value& port) {
    fill(port, "protocol", "TCP");
    const auto* target = port.find("targetPort");
    const bool is_unsaid = target == nullptr || *target == Value{0} || *target == Value{""};
    if (is_unsaid) port.set("targetPort", *port.find("port"));
  });
  if (type == "NodePort" || type == "LoadBalancer") fill(spec, "externalTrafficPolicy", "Cluster");
  if (type != "ExternalName") fill(spec, "internalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") fill(spec, "allocateLoadBalancerNodePorts", true);
}

void fill_autoscaler(Value& spec) {
  fill(spec, "minReplicas", 1);
  if (const auto* metrics = spec.find("metrics"); metrics == nullptr || metrics->empty()) {
    auto target = Value::object({{"type", "Utilization"}, {"averageUtilization", 80}});
    auto resource = Value::object({{"name", "cpu"}, {"target", std::move(target)}});
    spec.set("metrics", Value::array({Value::object({{"type", "Resource"}, {"resource", std::move(resource)}})}));
  }
  auto* behavior = spec.find("behavior");
  if (behavior == nullptr) return;
  const auto rule = [](long value) {
    return Value::object({{"type", "Percent"}, {"value", value}, {"periodSeconds", 15}});
  };
  if (auto* up = behavior->find("scaleUp")) {
    fill(*up, "stabilizationWindowSeconds", 0);
    fill(*up, "selectPolicy", "Max");
    auto pods = Value::object({{"type", "Pods"}, {"value", 4}, {"periodSeconds", 15}});
    fill(*up, "policies", Value::array({std::move(pods), rule(100)}));
  }
  if (auto* down = behavior->find("scaleDown")) {
    fill(*down, "selectPolicy", "Max");
    fill(*down, "policies", Value::array({rule(100)}));
  }
}

void fill_network_policy(Value& spec) {
  const auto fill_ports = [](Value& rule) {
    for_each_item(rule, "ports", [](Value& port) { fill(port, "protocol", "TCP"); });
  };
  for_each_item(spec, "ingress", fill_ports);
  for_each_item(spec, "egress", fill_ports);
  const auto* types = spec.find("policyTypes");
  if (types != nullptr && !types->empty()) return;
  auto list = Value::array({"Ingress"});
  if (spec.contains("egress")) list.push_back("Egress");
  spec.set("policyTypes", std::move(list));
}

void fill_binding(Value& object) {
  if (auto* role = object.find("roleRef")) fill(*role, "apiGroup", "rbac.authorization.k8s.io");
  for_each_item(object, "subjects", [](Value& subject) {
    const auto kind = subject.text_at({"kind"});
    if (kind == "User" || kind == "Group") fill(subject, "apiGroup", "rbac.authorization.k8s.io");
  });
}

}  // namespace

void add_builtin_defaults(std::string_view group, std::string_view kind, Value& object) {
  if (group == "rbac.authorization.k8s.io") {
    if (kind.ends_with("Binding")) fill_binding(object);
  } else if (kind == "Secret") {
    fill(object, "type", "Opaque");
    if (const auto* plain = object.find("stringData"); plain != nullptr && plain->empty()) object.erase("stringData");
  } else if (kind == "PriorityClass") {
    fill(object, "preemptionPolicy", "PreemptLowerPriority");
  } else if (kind == "Namespace") {
    auto& labels = object["metadata"]["labels"];
    const std::string name{object.text_at({"metadata", "name"})};
    if (labels.is_null()) labels = Value::object();
    if (!name.empty()) fill(labels, "kubernetes.io/metadata.name", name);
    if (labels.empty()) object["metadata"].erase("labels");
    fill(object["status"], "phase", "Active");
  }
  auto* spec = object.find("spec");
  if (spec == nullptr || !spec->is_object()) return;
  if (kind == "Deployment") fill_deployment(*spec);
  if (kind == "StatefulSet") fill_stateful_set(*spec);
  if (kind == "DaemonSet") fill_daemon_set(*spec);
  if (kind == "ReplicaSet") fill(*spec, "replicas", 1);
  if (kind == "Job") fill_job(*spec);
  if (kind == "CronJob") {
    fill(*spec, "concurrencyPolicy", "Allow");
    fill(*spec, "suspend", false);
    fill(*spec, "successfulJobsHistoryLimit", 3);
    fill(*spec, "failedJobsHistoryLimit", 1);
    if (auto* job = (*spec)["jobTemplate"].find("spec")) fill_pod_template(*job);
  }
  if (kind == "Service") fill_service(*spec);
  if (kind == "HorizontalPodAutoscaler") fill_autoscaler(*spec);
  if (kind == "NetworkPolicy") fill_network_policy(*spec);
  if (kind == "Pod") {
    fill_pod_spec(*spec);
    fill(*spec, "enableServiceLinks", true);
    for_each_item(*spec, "containers", fill_requests);
    for_each_item(*spec, "initContainers", fill_requests);
  }
  if (kind == "PersistentVolumeClaim") {
    fill(*spec, "volumeMode", "Filesystem");
    fill(object["status"], "phase", "Pending");
  }
  if (spec->contains("template") && !group.empty()) fill_pod_template(*spec);
}

}  // namespace weir::test
