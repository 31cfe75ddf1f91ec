#include <array>

#include "pkg/base/text.hpp"
#include "pkg/kustomize/transformer_config.hpp"

namespace weir::kustomize {
namespace {

/// Where a kind keeps its pod: the path of the pod's own fields.
struct PodPlace {
  std::string_view kind;
  std::string_view version;  // empty: any
  std::string_view pod;      // path of the pod spec
};

constexpr std::array<PodPlace, 8> kPods{{
    {"Pod", "v1", "spec"},
    {"PodTemplate", "", "template/spec"},
    {"Deployment", "", "spec/template/spec"},
    {"ReplicaSet", "", "spec/template/spec"},
    {"DaemonSet", "", "spec/template/spec"},
    {"StatefulSet", "", "spec/template/spec"},
    {"Job", "", "spec/template/spec"},
    {"CronJob", "", "spec/jobTemplate/spec/template/spec"},
}};

/// The pods that account, claim and priority class are looked for in.
constexpr std::array<PodPlace, 7> kOwnedPods{{
    {"Pod", "", "spec"},
    {"StatefulSet", "", "spec/template/spec"},
    {"Deployment", "", "spec/template/spec"},
    {"ReplicationController", "", "spec/template/spec"},
    {"CronJob", "", "spec/jobTemplate/spec/template/spec"},
    {"Job", "", "spec/template/spec"},
    {"DaemonSet", "", "spec/template/spec"},
}};

FieldSpec spec(
    std::string_view group,
    std::string_view version,
    std::string_view kind,
    std::string_view path,
    bool may_create = false
) {
  return {std::string{group}, std::string{version}, std::string{kind}, std::string{path}, may_create};
}

template <std::size_t N, std::size_t M>
void add_pod_fields(
    FieldSpecs& specs, const std::array<PodPlace, N>& pods, const std::array<std::string_view, M>& fields
) {
  for (const auto& [kind, version, pod] : pods)
    for (const auto field : fields) specs.push_back(spec("", version, kind, text::cat(pod, "/", field)));
}

/// The labels or annotations of objects and of the pods and jobs that they make.
FieldSpecs metadata_places(std::string_view field, bool are_labels) {
  const auto path = [field](std::string_view before) { return text::cat(before, "metadata/", field); };
  return {
      spec("", "", "", path(""), true),
      spec("", "v1", "ReplicationController", path("spec/template/"), true),
      spec("", "", "Deployment", path("spec/template/"), true),
      spec("", "", "ReplicaSet", path("spec/template/"), true),
      spec("", "", "DaemonSet", path("spec/template/"), true),
      spec(are_labels ? "apps" : "", "", "StatefulSet", path("spec/template/"), true),
      spec("batch", "", "Job", path("spec/template/"), true),
      spec("batch", "", "CronJob", path("spec/jobTemplate/"), true),
      spec("batch", "", "CronJob", path("spec/jobTemplate/spec/template/"), true),
  };
}

FieldSpec claim_template_labels() {
  return spec("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true);
}

FieldSpecs selector_places() {
  FieldSpecs out{
      spec("", "v1", "Service", "spec/selector", true),
      spec("", "v1", "ReplicationController", "spec/selector", true),
      spec("", "", "Deployment", "spec/selector/matchLabels", true),
      spec("", "", "ReplicaSet", "spec/selector/matchLabels", true),
      spec("", "", "DaemonSet", "spec/selector/matchLabels", true),
      spec("apps", "", "StatefulSet", "spec/selector/matchLabels", true),
      spec("batch", "", "Job", "spec/selector/matchLabels"),
      spec("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels"),
      spec("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels"),
      spec("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels"),
      spec("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels"),
      spec("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels"),
  };
  for (const auto* kind : {"Deployment", "StatefulSet"}) {
    for (const auto* affinity : {"podAffinity", "podAntiAffinity"}) {
      const auto at = text::cat("spec/template/spec/affinity/", affinity);
      out.push_back(spec(
          "apps",
          "",
          kind,
          text::cat(at, "/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels")
      ));
      out.push_back(spec(
          "apps", "", kind, text::cat(at, "/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels")
      ));
    }
    out.push_back(spec("apps", "", kind, "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"));
  }
  return out;
}

std::vector<NameReference> name_references() {
  std::vector<NameReference> out;
  const auto add =
      [&out](std::string_view group, std::string_view version, std::string_view kind, FieldSpecs referrers) {
        out.push_back({std::string{group}, std::string{version}, std::string{kind}, std::move(referrers)});
      };
  for (const auto* kind : {"Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"})
    add("", "", kind, {spec("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name")});

  FieldSpecs config_maps;
  add_pod_fields(
      config_maps,
      kPods,
      std::array<std::string_view, 6>{
          "volumes/configMap/name",
          "containers/env/valueFrom/configMapKeyRef/name",
          "initContainers/env/valueFrom/configMapKeyRef/name",
          "containers/envFrom/configMapRef/name",
          "initContainers/envFrom/configMapRef/name",
          "volumes/projected/sources/configMap/name",
      }
  );
  for (const auto& extra : {
           spec("", "", "Node", "spec/configSource/configMap"),
           spec("", "", "Role", "rules/resourceNames"),
           spec("", "", "ClusterRole", "rules/resourceNames"),
           spec("", "", "Ingress", R"(metadata/annotations/nginx.ingress.kubernetes.io\/fastcgi-params-configmap)"),
       })
    config_maps.push_back(extra);
  add("", "v1", "ConfigMap", std::move(config_maps));

  FieldSpecs secrets;
  add_pod_fields(
      secrets,
      kPods,
      std::array<std::string_view, 7>{
          "volumes/secret/secretName",
          "containers/env/valueFrom/secretKeyRef/name",
          "initContainers/env/valueFrom/secretKeyRef/name",
          "containers/envFrom/secretRef/name",
          "initContainers/envFrom/secretRef/name",
          "imagePullSecrets/name",
          "volumes/projected/sources/secret/name",
      }
  );
  for (const auto& extra : {
           spec("", "", "Ingress", "spec/tls/secretName"),
           spec("", "", "Ingress", R"(metadata/annotations/ingress.kubernetes.io\/auth-secret)"),
           spec("", "", "Ingress", R"(metadata/annotations/nginx.ingress.kubernetes.io\/auth-secret)"),
           spec("", "", "Ingress", R"(metadata/annotations/nginx.ingress.kubernetes.io\/auth-tls-secret)"),
           spec("", "", "ServiceAccount", "imagePullSecrets/name"),
           spec("", "", "StorageClass", "parameters/secretName"),
           spec("", "", "StorageClass", "parameters/adminSecretName"),
           spec("", "", "StorageClass", "parameters/userSecretName"),
           spec("", "", "StorageClass", "parameters/secretRef"),
           spec("", "", "Role", "rules/resourceNames"),
           spec("", "", "ClusterRole", "rules/resourceNames"),
           spec(
               "serving.knative.dev", "v1", "Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"
           ),
           spec("", "", "PersistentVolume", "spec/azureFile/secretName"),
       })
    secrets.push_back(extra);
  add("", "v1", "Secret", std::move(secrets));

  add("",
      "v1",
      "Service",
      {
          spec("apps", "", "StatefulSet", "spec/serviceName"),
          spec("", "", "Ingress", "spec/rules/http/paths/backend/serviceName"),
          spec("", "", "Ingress", "spec/backend/serviceName"),
          spec("", "", "Ingress", "spec/rules/http/paths/backend/service/name"),
          spec("", "", "Ingress", "spec/defaultBackend/service/name"),
          spec("apiregistration.k8s.io", "", "APIService", "spec/service/name"),
          spec("admissionregistration.k8s.io", "", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service"),
          spec("admissionregistration.k8s.io", "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
      });

  constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
  add(kRbac, "", "Role", {spec(kRbac, "", "RoleBinding", "roleRef/name")});
  add(kRbac,
      "",
      "ClusterRole",
      {spec(kRbac, "", "RoleBinding", "roleRef/name"), spec(kRbac, "", "ClusterRoleBinding", "roleRef/name")});

  FieldSpecs accounts{spec(kRbac, "", "RoleBinding", "subjects"), spec(kRbac, "", "ClusterRoleBinding", "subjects")};
  add_pod_fields(accounts, kOwnedPods, std::array<std::string_view, 1>{"serviceAccountName"});
  add("", "v1", "ServiceAccount", std::move(accounts));

  FieldSpecs claims;
  add_pod_fields(claims, kOwnedPods, std::array<std::string_view, 1>{"volumes/persistentVolumeClaim/claimName"});
  add("", "v1", "PersistentVolumeClaim", std::move(claims));

  add("",
      "v1",
      "PersistentVolume",
      {
          spec("", "", "PersistentVolumeClaim", "spec/volumeName"),
          spec("", "", "ClusterRole", "rules/resourceNames"),
      });
  add("storage.k8s.io",
      "v1",
      "StorageClass",
      {
          spec("", "", "PersistentVolume", "spec/storageClassName"),
          spec("", "", "PersistentVolumeClaim", "spec/storageClassName"),
          spec("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
      });

  FieldSpecs priorities;
  add_pod_fields(priorities, kOwnedPods, std::array<std::string_view, 1>{"priorityClassName"});
  add("scheduling.k8s.io", "v1", "PriorityClass", std::move(priorities));

  // kustomize also lists IngressClass, but with a version in its group by mistake, so that it never applies.
  add("admissionregistration.k8s.io",
      "",
      "ValidatingAdmissionPolicy",
      {
          spec("admissionregistration.k8s.io", "", "ValidatingAdmissionPolicyBinding", "spec/policyName"),
      });
  return out;
}

FieldSpecs variable_places() {
  FieldSpecs out;
  for (const auto& [kind, version, pod] : kPods) {
    if (kind == "PodTemplate") continue;
    for (const auto* containers : {"containers", "initContainers"})
      for (const auto* field : {"args", "command", "env/value", "volumeMounts/mountPath"})
        out.push_back(spec("", "", kind, text::cat(pod, "/", containers, "/", field)));
    // The two odd ones are kustomize's.
    const std::string volume = kind == "CronJob"       ? "spec/jobTemplate/spec/template/volumes/nfs/server"
                               : kind == "StatefulSet" ? "spec/volumeClaimTemplates/spec/nfs/server"
                                                       : text::cat(pod, "/volumes/nfs/server");
    out.push_back(spec("", "", kind, volume));
  }
  out.push_back(spec("", "", "Deployment", "spec/template/metadata/annotations"));
  for (const auto* path : {"spec/rules/host", "spec/tls/hosts", "spec/tls/secretName"})
    out.push_back(spec("", "", "Ingress", path));
  for (const auto* path : {"spec/ports/port", "spec/ports/targetPort"}) out.push_back(spec("", "", "Service", path));
  out.push_back(spec("", "", "PersistentVolume", "spec/nfs/server"));
  out.push_back(spec("", "", "", "metadata/labels"));
  out.push_back(spec("", "", "", "metadata/annotations"));
  return out;
}

SharedConfig make_default_config() {
  TransformerConfig raw;
  raw.name_prefix = {spec("", "", "", "metadata/name")};
  raw.name_suffix = raw.name_prefix;
  raw.name_space = {
      spec("", "", "Namespace", "metadata/name", true),
      spec("apiregistration.k8s.io", "", "APIService", "spec/service/namespace", true),
      spec(
          "apiextensions.k8s.io",
          "",
          "CustomResourceDefinition",
          "spec/conversion/webhook/clientConfig/service/namespace"
      ),
  };
  raw.template_labels = metadata_places("labels", true);
  raw.volume_claim_template_labels = {claim_template_labels()};
  raw.common_labels = selector_places();
  for (const auto& place : raw.template_labels) raw.common_labels.push_back(place);
  raw.common_labels.push_back(claim_template_labels());
  raw.common_annotations = metadata_places("annotations", false);
  raw.name_reference = name_references();
  raw.var_reference = variable_places();
  for (const auto* path : {
           "spec/containers[]/image",
           "spec/initContainers[]/image",
           "spec/volumes[]/image/reference",
           "spec/template/spec/containers[]/image",
           "spec/template/spec/initContainers[]/image",
           "spec/template/spec/volumes[]/image/reference",
           "spec/jobTemplate/spec/template/spec/volumes[]/image/reference",
       })
    raw.images.push_back(spec("", "", "", path, true));
  for (const auto* kind : {"Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"})
    raw.replicas.push_back(spec("", "", kind, "spec/replicas", true));
  sort_config(raw);
  return std::make_shared<const TransformerConfig>(std::move(raw));
}

}  // namespace

SharedConfig default_config() {
  static const SharedConfig config = make_default_config();
  return config;
}

}  // namespace weir::kustomize
