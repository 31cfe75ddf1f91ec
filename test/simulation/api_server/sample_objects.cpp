#include "test/simulation/api_server/sample_objects.hpp"

namespace weir::test {

const std::vector<Sample>& sample_objects() {
  static const std::vector<Sample> kSamples{
      {"/api/v1/namespaces/NS/serviceaccounts",
       R"({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "s"}, "imagePullSecrets": [{"name": "a"}]})",
       R"({"automountServiceAccountToken": false})"},
      {"/api/v1/namespaces/NS/persistentvolumeclaims",
       R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "s"},
           "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}}})",
       R"({"metadata": {"labels": {"a": "b"}}})"},
      {"/api/v1/namespaces/NS/resourcequotas",
       R"({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "s"}, "spec": {"hard": {"requests.cpu": "1000m"}}})",
       R"({"spec": {"hard": {"requests.cpu": "2"}}})"},
      {"/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles",
       R"({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "s:x"},
           "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]})",
       R"({"rules": []})"},
      {"/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings",
       R"({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "s"},
           "roleRef": {"kind": "Role", "name": "s:x"}, "subjects": [{"kind": "User", "name": "u"},
           {"kind": "ServiceAccount", "name": "s", "namespace": "default"}]})",
       R"({"roleRef": {"name": "other"}})"},
      {"/apis/apps/v1/namespaces/NS/statefulsets",
       R"({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "s"}, "spec": {"serviceName": "s",
           "selector": {"matchLabels": {"app": "s"}}, "template": {"metadata": {"labels": {"app": "s"}}, "spec":
           {"containers": [{"name": "s", "image": "example.com/s"}]}}, "volumeClaimTemplates": [{"metadata": {"name": "d"},
           "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}})",
       R"({"spec": {"serviceName": "other"}})"},
      {"/apis/apps/v1/namespaces/NS/daemonsets",
       R"({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "s"}, "spec": {
           "selector": {"matchLabels": {"app": "s"}}, "template": {"metadata": {"labels": {"app": "s"}}, "spec":
           {"initContainers": [{"name": "i", "image": "example.com/i:1"}],
           "containers": [{"name": "s", "image": "example.com/s", "livenessProbe": {"tcpSocket": {"port": 80}}}],
           "volumes": [{"name": "h", "hostPath": {"path": "/x"}}, {"name": "p", "projected": {"sources":
           [{"serviceAccountToken": {"path": "t"}}, {"downwardAPI": {"items": [{"path": "n", "fieldRef": {"fieldPath":
           "metadata.name"}}]}}]}}]}}}})",
       R"({"spec": {"selector": {"matchLabels": {"app": "other"}}}})"},
      {"/apis/apps/v1/namespaces/NS/replicasets",
       R"({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "s"}, "spec": {
           "selector": {"matchLabels": {"app": "s"}}, "template": {"metadata": {"labels": {"app": "s"}}, "spec":
           {"containers": [{"name": "s", "image": "example.com/s:1"}]}}}})",
       R"({"spec": {"replicas": 3}})"},
      {"/apis/batch/v1/namespaces/NS/jobs",
       R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "s"}, "spec": {"template": {"spec":
           {"restartPolicy": "Never", "containers": [{"name": "s", "image": "example.com/s:1"}]}}}})",
       R"({"spec": {"backoffLimit": 2}})"},
      {"/apis/batch/v1/namespaces/NS/cronjobs",
       R"({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "s"}, "spec": {"schedule": "* * * * *",
           "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "s", "image":
           "example.com/s:1"}]}}}}}})",
       R"({"spec": {"suspend": true}})"},
      {"/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers",
       R"({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "s"}, "spec":
           {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "s"}, "maxReplicas": 3}})",
       R"({"spec": {"maxReplicas": 4}})"},
      {"/apis/policy/v1/namespaces/NS/poddisruptionbudgets",
       R"({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "s"}, "spec":
           {"minAvailable": 1, "selector": {"matchLabels": {"app": "s"}}}})",
       R"({"spec": {"minAvailable": "50%"}})"},
      {"/apis/networking.k8s.io/v1/namespaces/NS/ingresses",
       R"({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "s"}, "spec": {"rules": [{"host":
           "example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port":
           {"number": 80}}}}]}}]}})",
       R"({"spec": {"ingressClassName": "x"}})"},
      {"/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies",
       R"({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "s"}, "spec": {"podSelector": {},
           "ingress": [{"ports": [{"port": 80}]}], "egress": [{"to": [{"podSelector": {}}]}]}})",
       R"({"spec": {"policyTypes": ["Ingress"]}})"},
      {"/apis/coordination.k8s.io/v1/namespaces/NS/leases",
       R"({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "s"}, "spec": {"holderIdentity": "a",
           "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.500000Z"}})",
       R"({"spec": {"leaseTransitions": 0}})"},
  };
  return kSamples;
}

}  // namespace weir::test
