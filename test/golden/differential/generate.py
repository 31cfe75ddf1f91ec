"""Random kustomization trees: bases, overlays, components, patches, generators, references between all of them.

Everything is drawn from one seed. `Tree.counts` tells how often each field and option was written.
"""

import collections
import json
import os
import random

from yaml_text import Printer, Raw

POD_KINDS = {
    "Deployment": ("apps/v1", ["spec", "template"]),
    "StatefulSet": ("apps/v1", ["spec", "template"]),
    "DaemonSet": ("apps/v1", ["spec", "template"]),
    "ReplicaSet": ("apps/v1", ["spec", "template"]),
    "Job": ("batch/v1", ["spec", "template"]),
    "CronJob": ("batch/v1", ["spec", "jobTemplate", "spec", "template"]),
    "Pod": ("v1", []),
    "ReplicationController": ("v1", ["spec", "template"]),
}

IMAGES = ["nginx", "nginx:1.25", "registry.example.com:5000/team/app:1.0.0", "redis@sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3",
          "busybox:1@sha256:abc", "ghcr.io/org/tool:v1.2.3-rc.1", "team/app"]

VALUES = ["plain", "two words", "yes", "no", "on", "123", "1.5", "1e3", "0644", "null", "~", "true", "a: b", "#x", "x #y", "- a", "", "it's", 'say "x"', "ümläut", "😀", "tab\there",
          "multi\nline\n", "no newline\nat end", "trailing\n\n", " lead", "trail ", "12:30:45", "2001-01-01", "{}", "[a]", "*a", "&a", "!x", "%p", "@at", "`b", "a,b", "x: ", "key=value", "-", "--", "---",
          "a very long line of text that goes on and on beyond the eighty columns at which the printer folds it, and then some more",
          "'quoted'", "a\\b", "$(VAR)", "${VAR}", "<&>", "0x1F", "1_000", "=", "<<", "a" * 130]


class Tree:
    def __init__(self, seed):
        self.seed = seed
        self.rnd = random.Random(seed)
        self.counts = collections.Counter()
        self.files = {}
        self.printer = Printer(self.rnd)
        self.names = []       # (kind, name, namespace) of resources, to refer to
        self.used = set()
        self.layers = []

    # -- drawing ------------------------------------------------------------------------------------------------------
    def chance(self, p):
        return self.rnd.random() < p

    def pick(self, items):
        return self.rnd.choice(items)

    def some(self, items, low=1, high=3):
        items = list(items)
        return self.rnd.sample(items, min(len(items), self.rnd.randint(low, high)))

    def note(self, what):
        self.counts[what] += 1

    def word(self):
        return self.pick(["alpha", "beta", "gamma", "delta", "web", "api", "db", "cache", "job", "x1", "settings", "creds"])

    def label(self):
        return self.pick(["app", "tier", "team", "env", "app.kubernetes.io/name", "version"])

    def text_value(self):
        return self.pick(VALUES)

    def reference(self, kind):
        """The name of an object of this kind, mostly one that is there."""
        known = [name for k, name, _ in self.names if k == kind]
        if known and self.chance(0.85):
            return self.pick(known)
        return self.word()

    # -- resources ------------------------------------------------------------------------------------------------------
    def container(self, name):
        out = {"name": name, "image": self.pick(IMAGES)}
        if self.chance(0.4):
            out["env"] = [self.env(f"VAR_{i}") for i in range(self.rnd.randint(1, 3))]
        if self.chance(0.3):
            out["envFrom"] = [{"configMapRef": {"name": self.reference("ConfigMap")}} if self.chance(0.6) else {"secretRef": {"name": self.reference("Secret")}}]
        if self.chance(0.4):
            out["ports"] = []
            for i in range(self.rnd.randint(1, 3)):
                port = {"containerPort": self.pick([80, 8080, 443, 9090])}
                if self.chance(0.4):
                    port["protocol"] = self.pick(["TCP", "UDP"])
                if self.chance(0.4):
                    port["name"] = f"p{i}"
                out["ports"].append(port)
        if self.chance(0.2):
            out["args"] = [self.text_value() for _ in range(self.rnd.randint(1, 3))]
        if self.chance(0.15):
            out["command"] = ["sh", "-c", "echo $(VAR_0) $(UNSET) $$(X)"]
        if self.chance(0.25):
            out["volumeMounts"] = [{"name": self.pick(["v0", "v1"]), "mountPath": self.pick(["/a", "/b", "/c"])}]
        if self.chance(0.2):
            out["resources"] = {"limits": {"cpu": self.pick(["100m", Raw("1"), Raw("0.5")]), "memory": "64Mi"}}
        return out

    def env(self, name):
        if self.chance(0.4):
            kind = self.pick(["configMapKeyRef", "secretKeyRef"])
            return {"name": name, "valueFrom": {kind: {"name": self.reference("ConfigMap" if kind == "configMapKeyRef" else "Secret"), "key": "k"}}}
        return {"name": name, "value": self.text_value()}

    def pod_spec(self):
        out = {"containers": [self.container(name) for name in self.some(["main", "side", "third"], 1, 2)]}
        if self.chance(0.2):
            out["initContainers"] = [self.container("init")]
        if self.chance(0.4):
            out["volumes"] = [self.volume(name) for name in self.some(["v0", "v1", "v2"])]
        if self.chance(0.3):
            out["serviceAccountName"] = self.reference("ServiceAccount")
        if self.chance(0.15):
            out["imagePullSecrets"] = [{"name": self.reference("Secret")}]
        if self.chance(0.1):
            out["priorityClassName"] = self.reference("PriorityClass")
        if self.chance(0.15):
            out["tolerations"] = [{"key": "k", "operator": "Exists"}]
        if self.chance(0.1):
            out["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "x"}}}]}}
        if self.chance(0.1):
            out["topologySpreadConstraints"] = [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "x"}}}]
        if self.chance(0.1):
            out["hostAliases"] = [{"ip": "10.0.0.1", "hostnames": ["a", "b"]}]
        return out

    def volume(self, name):
        kind = self.pick(["configMap", "secret", "emptyDir", "persistentVolumeClaim", "projected", "nfs"])
        out = {"name": name}
        if kind == "configMap":
            out[kind] = {"name": self.reference("ConfigMap")}
            if self.chance(0.3):
                out[kind]["defaultMode"] = Raw("0644")
        elif kind == "secret":
            out[kind] = {"secretName": self.reference("Secret")}
        elif kind == "persistentVolumeClaim":
            out[kind] = {"claimName": self.reference("PersistentVolumeClaim")}
        elif kind == "projected":
            out[kind] = {"sources": [{"configMap": {"name": self.reference("ConfigMap")}}, {"secret": {"name": self.reference("Secret")}}]}
        elif kind == "nfs":
            out[kind] = {"server": "$(SERVER)", "path": "/"}
        else:
            out[kind] = {}
        return out

    def metadata(self, name, space):
        out = {"name": name}
        if space:
            out["namespace"] = space
        if self.chance(0.4):
            out["labels"] = {self.label(): self.pick(["a", "b", "1", "true"]) for _ in range(self.rnd.randint(1, 2))}
        if self.chance(0.3):
            out["annotations"] = {self.pick(["note", "example.com/x", "owner"]): self.text_value() for _ in range(self.rnd.randint(1, 2))}
            if self.chance(0.1):
                out["annotations"]["number"] = Raw("5")
        if self.chance(0.04):
            out.setdefault("annotations", {})["config.kubernetes.io/local-config"] = self.pick(["true", "false"])
        if self.chance(0.05):
            out["finalizers"] = ["a/b", "c/d"]
        return out

    def resource(self, kind, name, space):
        meta = self.metadata(name, space)
        if kind in POD_KINDS:
            version, path = POD_KINDS[kind]
            out = {"apiVersion": version, "kind": kind, "metadata": meta, "spec": {}}
            if not path:
                out["spec"] = self.pod_spec()
                return out
            at = out
            for step in path:
                at = at.setdefault(step, {})
            if self.chance(0.6):
                at["metadata"] = {"labels": {"app": name}}
            at["spec"] = self.pod_spec()
            if kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet") and self.chance(0.7):
                out["spec"]["selector"] = {"matchLabels": {"app": name}}
            if kind in ("Deployment", "StatefulSet", "ReplicaSet") and self.chance(0.6):
                out["spec"]["replicas"] = self.pick([1, 2, 3])
            if kind == "StatefulSet":
                out["spec"]["serviceName"] = self.reference("Service")
                if self.chance(0.4):
                    out["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": {"storageClassName": self.reference("StorageClass"), "resources": {"requests": {"storage": "1Gi"}}}}]
            if kind == "CronJob":
                out["spec"]["schedule"] = self.pick(["* * * * *", "@daily"])
            return out
        make = getattr(self, "make_" + kind)
        return make(meta)

    def make_ConfigMap(self, meta):
        out = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}
        if self.chance(0.9):
            out["data"] = {self.pick(["k", "mode", "file.txt", "a.yaml", "n"]) + str(i): self.text_value() for i in range(self.rnd.randint(0, 4))}
        if self.chance(0.2):
            out["data"] = dict(out.get("data", {}), **{"config.yaml": "server:\n  port: 80\n  hosts:\n  - a\n  - b\n", "config.json": json.dumps({"server": {"port": 80, "tls": True}}, indent=self.pick([None, 2]))})
        if self.chance(0.1):
            out["binaryData"] = {"bin": "AAECAw=="}
        return out

    def make_Secret(self, meta):
        out = {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "Opaque"}
        if self.chance(0.6):
            out["data"] = {"password": "c2VjcmV0"}
        if self.chance(0.5):
            out["stringData"] = {"user": self.text_value()}
        return out

    def make_Service(self, meta):
        ports = []
        for _ in range(self.rnd.randint(1, 3)):
            port = {"port": self.pick([80, 443, 8080]), "targetPort": self.pick([8080, "http"])}
            if self.chance(0.5):
                port["name"] = self.pick(["http", "https", "metrics"])
            if self.chance(0.4):
                port["protocol"] = self.pick(["TCP", "UDP"])
            ports.append(port)
        return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"selector": {"app": meta["name"]}, "ports": ports}}

    def make_ServiceAccount(self, meta):
        out = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta}
        if self.chance(0.3):
            out["imagePullSecrets"] = [{"name": self.reference("Secret")}]
        return out

    def make_Ingress(self, meta):
        service = self.reference("Service")
        out = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta,
               "spec": {"ingressClassName": "nginx", "rules": [{"host": "$(HOST).example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": service, "port": {"number": 80}}}}]}}]}}
        if self.chance(0.4):
            out["spec"]["tls"] = [{"hosts": ["a.example.com"], "secretName": self.reference("Secret")}]
        if self.chance(0.2):
            out["metadata"].setdefault("annotations", {})["nginx.ingress.kubernetes.io/auth-secret"] = self.reference("Secret")
        if self.chance(0.2):
            out["spec"]["defaultBackend"] = {"service": {"name": service, "port": {"number": 80}}}
        return out

    def make_HorizontalPodAutoscaler(self, meta):
        kind = self.pick(["Deployment", "StatefulSet"])
        return {"apiVersion": "autoscaling/v2beta2", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": self.reference(kind)}, "minReplicas": 1, "maxReplicas": 3}}

    def make_PersistentVolumeClaim(self, meta):
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": self.reference("StorageClass"), "volumeName": self.reference("PersistentVolume")}}

    def make_PersistentVolume(self, meta):
        return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": meta, "spec": {"capacity": {"storage": "1Gi"}, "storageClassName": self.reference("StorageClass")}}

    def make_StorageClass(self, meta):
        return {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": meta, "provisioner": "x", "parameters": {"secretName": self.reference("Secret")}}

    def make_PriorityClass(self, meta):
        return {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": meta, "value": self.pick([1000, 1000000])}

    def make_Role(self, meta):
        return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": meta, "rules": [{"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [self.reference("ConfigMap"), self.reference("Secret")], "verbs": ["get"]}]}

    def make_ClusterRole(self, meta):
        out = self.make_Role(meta)
        out["kind"] = "ClusterRole"
        return out

    def make_RoleBinding(self, meta):
        subjects = []
        for _ in range(self.rnd.randint(1, 2)):
            subject = {"kind": self.pick(["ServiceAccount", "User"]), "name": self.pick([self.reference("ServiceAccount"), "default"])}
            if self.chance(0.7):
                subject["namespace"] = self.pick(["default", "one", "two"])
            subjects.append(subject)
        role = self.pick(["Role", "ClusterRole"])
        out = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": meta, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": self.reference(role)}}
        if self.chance(0.95):
            out["subjects"] = subjects
        return out

    def make_ClusterRoleBinding(self, meta):
        out = self.make_RoleBinding(meta)
        out["kind"] = "ClusterRoleBinding"
        out["roleRef"]["kind"] = "ClusterRole"
        return out

    def make_NetworkPolicy(self, meta):
        return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": {"podSelector": {"matchLabels": {"app": "x"}}, "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "y"}}}]}]}}

    def make_PodDisruptionBudget(self, meta):
        return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": meta, "spec": {"minAvailable": self.pick([1, "50%"]), "selector": {"matchLabels": {"app": "x"}}}}

    def make_Namespace(self, meta):
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}

    def make_CustomResourceDefinition(self, meta):
        return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": meta, "spec": {"group": "example.com", "conversion": {"strategy": "Webhook", "webhook": {"clientConfig": {"service": {"name": "w", "namespace": "old"}}}}}}

    def make_ValidatingWebhookConfiguration(self, meta):
        return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": meta,
                "webhooks": [{"name": "a.example.com", "clientConfig": {"service": dict({"name": self.reference("Service")}, **({"namespace": self.pick(["one", "default"])} if self.chance(0.7) else {}))}}]}

    def make_APIService(self, meta):
        return {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": meta, "spec": {"group": "g", "service": {"name": self.reference("Service"), "namespace": "old"}}}

    def make_Widget(self, meta):
        return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": meta,
                "spec": {"list": [{"name": "a", "v": 1}, {"name": "b", "v": Raw(self.pick(["0x10", "1e6", "1234567.5", "12345678901234567890", "~", "2001-01-01", "yes", ".5", "!!str 5", "08"]))}],
                         "ref": {"name": self.reference("ConfigMap")}, "nested": {"deep": {"x": self.text_value()}}, "none": None, "empty": {}, "containers": [{"name": "c", "image": self.pick(IMAGES)}]}}

    KINDS = list(POD_KINDS) * 2 + ["Deployment"] * 4 + ["ConfigMap"] * 6 + ["Secret"] * 3 + ["Service"] * 4 + ["ServiceAccount"] * 3 + [
        "Ingress", "HorizontalPodAutoscaler", "PersistentVolumeClaim", "PersistentVolume", "StorageClass", "PriorityClass", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding",
        "NetworkPolicy", "PodDisruptionBudget", "Namespace", "CustomResourceDefinition", "ValidatingWebhookConfiguration", "APIService", "Widget", "Widget"]

    CLUSTER_KINDS = {"PersistentVolume", "StorageClass", "PriorityClass", "ClusterRole", "ClusterRoleBinding", "Namespace", "CustomResourceDefinition", "ValidatingWebhookConfiguration", "APIService"}

    def new_resources(self, count, used):
        """Declares names first, so that resources can refer to each other."""
        declared = []
        for _ in range(count):
            kind = self.pick(self.KINDS)
            name = self.word()
            space = None if kind in self.CLUSTER_KINDS or self.chance(0.6) else self.pick(["default", "one", "two"])
            key = (kind, name, space or "default")
            if key in used and self.chance(0.97):
                continue
            used.add(key)
            declared.append((kind, name, space))
        self.names += declared
        return [self.resource(*entry) for entry in declared]

    # -- files ------------------------------------------------------------------------------------------------------------
    def write(self, path, text):
        self.files[path] = text

    def write_resources(self, directory, resources):
        """Spreads resources over files. Returns their names."""
        names = []
        rest = list(resources)
        while rest:
            count = self.rnd.randint(1, 3)
            part, rest = rest[:count], rest[count:]
            name = f"r{len(names)}.{self.pick(['yaml', 'yaml', 'yml', 'json' if len(part) == 1 else 'yaml'])}"
            if name.endswith("json") and not self.printer_has_raw(part[0]):
                text = json.dumps(part[0], indent=2) + "\n"
            elif self.chance(0.05):
                text = self.printer.document({"apiVersion": "v1", "kind": "List", "items": part})
                self.note("resource: List")
            else:
                text = self.pick(["---\n", "# head\n", ""]) + "---\n".join(self.printer.document(r) for r in part)
                if self.chance(0.03):
                    text = text.replace("\n", "\r\n")
                    self.note("resource: CRLF")
            self.write(f"{directory}/{name}", text)
            names.append(name)
        return names

    def printer_has_raw(self, value):
        if isinstance(value, dict):
            return any(self.printer_has_raw(v) for v in value.values())
        if isinstance(value, list):
            return any(self.printer_has_raw(v) for v in value)
        return isinstance(value, Raw)

    # -- fields of kustomizations -----------------------------------------------------------------------------------------
    def target(self, for_json=False):
        out = {}
        kind, name, space = self.pick(self.names) if self.names else ("Deployment", "web", None)
        for field, make in (("kind", lambda: self.pick([kind, kind, "Deployment|StatefulSet", ".*"])),
                            ("name", lambda: self.pick([name, name, name[:2] + ".*", ".*", f"({name}|zzz)"])),
                            ("namespace", lambda: self.pick([space or "default", ".*"])),
                            ("version", lambda: self.pick(["v1", "v.*"])),
                            ("group", lambda: self.pick(["apps", "example.com"])),
                            ("labelSelector", lambda: self.pick(["app", "app=web", "tier in (a,b)", "!team", "app!=x", "env notin (a)"])),
                            ("annotationSelector", lambda: self.pick(["note", "owner=a", "!note"]))):
            if self.chance({"kind": 0.8, "name": 0.6, "namespace": 0.15}.get(field, 0.07)):
                out[field] = make()
                self.note(f"target.{field}")
        if not out:
            out["kind"] = kind
        return out

    def strategic_patch(self, entry=None):
        kind, name, space = entry or (self.pick(self.names) if self.names else ("Deployment", "web", None))
        version = self.version_of(kind)
        out = {"apiVersion": version, "kind": kind, "metadata": {"name": name}}
        if space:
            out["metadata"]["namespace"] = space
        if self.chance(0.3):
            out["metadata"]["labels"] = self.pick([{"patched": "true"}, {"app": None}, {"app": "patched", "n": Raw("1")}, {"$patch": "replace", "only": "x"}])
        if self.chance(0.3):
            out["metadata"]["annotations"] = self.pick([{"patched": "yes"}, {"note": None}, None, {"$patch": "delete"}, {"a": "b"}])
        if self.chance(0.03):
            out["$patch"] = "delete"
            self.note("$patch: delete (object)")
            return out
        if kind in POD_KINDS:
            self.patch_pods(out, kind)
        elif kind in ("ConfigMap", "Secret"):
            out[self.pick(["data", "stringData"]) if kind == "Secret" else "data"] = self.pick([{"added": "x"}, {"k0": None}, None, {"$patch": "replace", "new": "y"}, {"multi": "a\nb\n"}])
        elif kind == "Service":
            out["spec"] = {"ports": [self.pick([{"port": 80, "targetPort": 9999}, {"port": 80, "protocol": "UDP", "name": "u"}, {"port": 81, "name": "new"}, {"$patch": "replace"}, {"port": 443, "$patch": "delete"}])]}
        elif kind == "Widget":
            out["spec"] = self.pick([{"list": [{"name": "c"}]}, {"nested": {"deep": None}}, {"nested": {"deep": {"y": 1}}}, {"ref": None}, {"none": {"a": None, "b": 1}}])
        if "$patch" in json.dumps(out, default=str):
            self.note("$patch (inside)")
        return out

    def patch_pods(self, out, kind):
        path = POD_KINDS[kind][1]
        pod = {}
        if self.chance(0.7):
            container = {"name": self.pick(["main", "side", "new"])}
            change = self.pick(["image", "env", "ports", "delete", "resources", "args", "volumeMounts", "null"])
            if change == "image":
                container["image"] = "patched:1"
            elif change == "env":
                container["env"] = self.pick([[{"name": "VAR_0", "value": "patched"}], [{"name": "NEW", "value": "1"}], [{"$patch": "replace"}, {"name": "ONLY", "value": "x"}], [{"name": "VAR_0", "$patch": "delete"}],
                                              [{"name": "VAR_0", "valueFrom": {"configMapKeyRef": {"name": self.reference("ConfigMap"), "key": "z"}}}], None, []])
            elif change == "ports":
                container["ports"] = [self.pick([{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}, {"containerPort": 8080, "name": "renamed"}, {"containerPort": 1, "hostPort": 2}])]
            elif change == "delete":
                container["$patch"] = "delete"
            elif change == "resources":
                container["resources"] = {"limits": {"memory": "1Gi", "cpu": None}}
            elif change == "args":
                container["args"] = ["patched"]
            elif change == "volumeMounts":
                container["volumeMounts"] = [{"mountPath": "/a", "name": "patched"}]
            else:
                container["image"] = None
            pod["containers"] = [container]
            if self.chance(0.1):
                pod["containers"].insert(0, {"$patch": "replace"})
        if self.chance(0.3):
            pod["volumes"] = [self.pick([{"name": "v0", "emptyDir": None, "configMap": {"name": self.reference("ConfigMap")}}, {"name": "new", "emptyDir": {}}, {"name": "v0", "$patch": "delete"}])]
        if self.chance(0.1):
            pod["tolerations"] = [{"key": "new"}]
        if self.chance(0.1):
            pod["hostAliases"] = [{"ip": "10.0.0.1", "hostnames": ["c"]}, {"ip": "10.0.0.2"}]
        if self.chance(0.1):
            pod["serviceAccountName"] = None
        if self.chance(0.1):
            pod["affinity"] = {"$patch": "replace", "nodeAffinity": {}}
        at = out
        for step in path:
            at = at.setdefault(step, {})
        if path:
            at["spec"] = pod
            if kind in ("Deployment", "StatefulSet") and self.chance(0.3):
                out["spec"]["replicas"] = self.pick([5, None])
        else:
            out["spec"] = pod

    def version_of(self, kind):
        if kind in POD_KINDS:
            return POD_KINDS[kind][0]
        state = self.rnd.getstate()
        version = getattr(self, "make_" + kind)({"name": "x"})["apiVersion"]
        self.rnd.setstate(state)
        return version

    def json_operations(self):
        operations = []
        for _ in range(self.rnd.randint(1, 3)):
            operations.append(self.pick([
                {"op": "add", "path": "/metadata/labels", "value": {"added": "x"}},
                {"op": "add", "path": "/metadata/annotations", "value": {"json": "patched"}},
                {"op": "replace", "path": "/metadata/name", "value": self.pick(["renamed", "web"])},
                {"op": "add", "path": "/spec/x", "value": self.pick([1, 10000000, 1.5, "text", True, None, [1, "a"], {"k": "yes"}])},
                {"op": "remove", "path": "/spec/replicas"},
                {"op": "replace", "path": "/spec/replicas", "value": 7},
                {"op": "add", "path": "/spec/template/spec/containers/-", "value": {"name": "json", "image": "json:1"}},
                {"op": "add", "path": "/spec/template/spec/containers/0", "value": {"name": "first", "image": "json:1"}},
                {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "json:2"},
                {"op": "test", "path": "/kind", "value": self.pick(["Deployment", "ConfigMap"])},
                {"op": "copy", "from": "/metadata/name", "path": "/metadata/copied"},
                {"op": "move", "from": "/metadata/labels", "path": "/metadata/moved"},
                {"op": "add", "path": "/data/json~1key", "value": self.text_value()},
                {"op": "replace", "path": "/metadata/namespace", "value": "json"},
            ]))
            self.note("json patch: " + operations[-1]["op"])
        return operations

    def patch_text(self, patch):
        if self.chance(0.2) and not self.printer_has_raw(patch):
            return json.dumps(patch)
        return self.printer.document(patch)

    def patch_entry(self, directory, index):
        entry = {}
        is_json = self.chance(0.35)
        if is_json:
            text = self.patch_text(self.json_operations())
            entry["target"] = self.target()
            self.note("patches: json")
        elif self.chance(0.4):
            text = self.patch_text(self.strategic_patch())
            entry["target"] = self.target()
            self.note("patches: strategic with target")
        else:
            patches = [self.strategic_patch() for _ in range(self.pick([1, 1, 1, 2]))]
            text = "---\n".join(self.printer.document(p) for p in patches)
            self.note("patches: strategic" if len(patches) == 1 else "patches: several in one")
        if self.chance(0.5):
            entry["patch"] = text
            self.note("patches.patch")
        else:
            entry["path"] = f"patch{index}.yaml"
            self.write(f"{directory}/patch{index}.yaml", text)
            self.note("patches.path")
        if self.chance(0.08):
            entry["options"] = {}
            if self.chance(0.6):
                entry["options"]["allowNameChange"] = self.chance(0.8)
                self.note("patches.options.allowNameChange")
            if self.chance(0.5):
                entry["options"]["allowKindChange"] = self.chance(0.8)
                self.note("patches.options.allowKindChange")
        return entry

    def generator(self, directory, index, is_secret):
        kind = "Secret" if is_secret else "ConfigMap"
        field = "secretGenerator" if is_secret else "configMapGenerator"
        out = {"name": self.word() if self.chance(0.9) else self.reference(kind)}
        known = [(name, space) for k, name, space in self.names if k == kind]
        if self.chance(0.2) and known:
            out["name"], space = self.pick(known)
            if space:
                out["namespace"] = space
            out["behavior"] = self.pick(["merge", "replace", "create"])
            self.note(f"{field}.behavior: {out['behavior']}")
        elif self.chance(0.15):
            out["namespace"] = self.pick(["one", "two"])
        if "namespace" in out:
            self.note(f"{field}.namespace")
        if self.chance(0.7):
            out["literals"] = [f"{key}={self.pick(['v', '1', 'true', 'a=b', chr(34) + 'quoted' + chr(34), chr(39) + 'single' + chr(39), '', 'ü', 'multi' + chr(10) + 'line', 'x' * 80])}" for key in self.some(["a", "b", "c.d", "E_F"])]
            self.note(f"{field}.literals")
        if self.chance(0.3):
            name = f"file{index}{'s' if is_secret else 'c'}.txt"
            self.files[f"{directory}/{name}"] = self.pick(["content\n", "no newline", "multi\nline\n\n", "tab\t\n", "", "  lead\n", "x" * 200 + "\n", b"\xff\xfe\x00binary"])
            out["files"] = [self.pick([name, f"key={name}", f"./{name}"])]
            self.note(f"{field}.files")
        if self.chance(0.3):
            name = f"env{index}{'s' if is_secret else 'c'}.env"
            self.write(f"{directory}/{name}", self.pick(["A=1\nB=two words\n", "# comment\n\nX=y\n  Y = z\n", "NO_VALUE\nEMPTY=\n", "Q=\"q\"\r\nR=1=2\r\n"]))
            if self.chance(0.2):
                out["env"] = name
                self.note(f"{field}.env")
            else:
                out["envs"] = [name]
                self.note(f"{field}.envs")
        if is_secret and self.chance(0.3):
            out["type"] = self.pick(["Opaque", "kubernetes.io/tls"])
            self.note(f"{field}.type")
        if self.chance(0.25):
            out["options"] = self.generator_options(f"{field}.options")
        self.names.append((kind, out["name"], out.get("namespace")))
        return out

    def generator_options(self, prefix):
        out = {}
        if self.chance(0.4):
            out["labels"] = {"gen": self.pick(["x", "1"])}
            self.note(prefix + ".labels")
        if self.chance(0.4):
            out["annotations"] = {"gen": self.text_value()}
            self.note(prefix + ".annotations")
        if self.chance(0.4):
            out["disableNameSuffixHash"] = self.chance(0.8)
            self.note(prefix + ".disableNameSuffixHash")
        if self.chance(0.3):
            out["immutable"] = True
            self.note(prefix + ".immutable")
        return out

    def image(self):
        out = {"name": self.pick(["nginx", "redis", "team/app", "registry.example.com:5000/team/app", "busybox", "ghcr.io/.*", "patched"])}
        for field, values, p in (("newName", ["new", "registry.example.com/new"], 0.4), ("newTag", ["2.0", "latest", "v1"], 0.6), ("digest", ["sha256:ffff"], 0.2), ("tagSuffix", ["-debug"], 0.15)):
            if self.chance(p):
                out[field] = self.pick(values)
                self.note(f"images.{field}")
        return out

    def replacement(self, directory, index):
        out = {}
        if self.chance(0.12):
            out["sourceValue"] = self.pick(["fixed", "123"])
            self.note("replacements.sourceValue")
        else:
            kind, name, space = self.pick(self.names) if self.names else ("ConfigMap", "web", None)
            source = {"kind": kind, "name": name}
            if space and self.chance(0.7):
                source["namespace"] = space
            if self.chance(0.6):
                source["fieldPath"] = self.pick(["metadata.name", "kind", "metadata.namespace", "spec.replicas", "data.mode0", "spec.template.spec.containers.0.image", "spec.template.spec.containers.[name=main].image", "metadata.labels", "spec.ports.0.port"])
                self.note("replacements.source.fieldPath")
            if self.chance(0.2):
                source["options"] = {"delimiter": self.pick([":", "-", "/"]), "index": self.pick([0, 1])}
                self.note("replacements.source.options")
            out["source"] = source
            self.note("replacements.source")
        targets = []
        for _ in range(self.rnd.randint(1, 2)):
            target = {"select": self.target()}
            self.note("replacements.targets.select")
            if self.chance(0.25):
                target["reject"] = [self.target()]
                self.note("replacements.targets.reject")
            target["fieldPaths"] = self.some(["metadata.annotations.replaced", "metadata.name", "spec.template.spec.containers.*.image", "spec.template.spec.containers.[name=main].image", "data.replaced",
                                              "metadata.labels.app", "spec.replicas", "metadata.annotations.[example.com/x]", "data.config\\.yaml.server.port", "data.config\\.json.server.port",
                                              "spec.template.spec.containers.[name=main].env.[name=VAR_0].value", "spec.template.spec.containers.0.name", "spec.new.path"], 1, 2)
            self.note("replacements.targets.fieldPaths")
            if self.chance(0.6):
                target["options"] = {}
                if self.chance(0.7):
                    target["options"]["create"] = True
                    self.note("replacements.targets.options.create")
                if self.chance(0.3):
                    target["options"]["delimiter"] = self.pick([":", "-"])
                    target["options"]["index"] = self.pick([-1, 0, 1, 9])
                    self.note("replacements.targets.options.delimiter")
            targets.append(target)
        out["targets"] = targets
        if self.chance(0.2):
            name = f"replacement{index}.yaml"
            self.write(f"{directory}/{name}", self.printer.document(self.pick([out, [out]])))
            self.note("replacements.path")
            return {"path": name}
        return out

    def variable(self, index):
        kind, name, space = self.pick(self.names) if self.names else ("Service", "web", None)
        self.note("vars")
        out = {"name": self.pick(["HOST", "SERVER", "VAR_0", f"V{self.seed % 7}{index}"]), "objref": {"apiVersion": self.version_of(kind), "kind": kind, "name": name}}
        if space and self.chance(0.5):
            out["objref"]["namespace"] = space
        if self.chance(0.4):
            out["fieldref"] = {"fieldPath": self.pick(["metadata.name", "metadata.namespace", "kind", "spec.replicas", "spec.ports[0].port"])}
            self.note("vars.fieldref")
        return out

    def field_spec(self):
        out = {"path": self.pick(["spec/ref/name", "metadata/labels", "spec/nested/deep/x", "spec/extra/labels", "spec/list/name"])}
        if self.chance(0.7):
            out["kind"] = "Widget"
        if self.chance(0.3):
            out["group"] = "example.com"
        if self.chance(0.3):
            out["create"] = True
        return out

    def configuration(self):
        out = {}
        for field in self.some(["namePrefix", "nameSuffix", "namespace", "commonLabels", "labels", "commonAnnotations", "images", "replicas", "varReference", "nameReference", "templateLabels"], 1, 3):
            self.note("configurations." + field)
            if field == "nameReference":
                out[field] = [{"kind": "ConfigMap", "version": "v1", "fieldSpecs": [{"path": "spec/ref/name", "kind": "Widget"}]}]
            elif field == "images":
                out[field] = [{"path": "spec/containers[]/image", "kind": "Widget"}]
            elif field == "replicas":
                out[field] = [{"path": "spec/replicas", "kind": "Widget", "create": True}]
            elif field == "namespace":
                out[field] = [{"path": "spec/nested/namespace", "kind": "Widget", "create": True}]
            elif field in ("namePrefix", "nameSuffix"):
                out[field] = [{"path": "spec/ref/name", "kind": "Widget"}]
            elif field == "varReference":
                out[field] = [{"path": "spec/nested/deep/x", "kind": "Widget"}]
            else:
                out[field] = [{"path": f"spec/extra/{'annotations' if 'nnotations' in field else 'labels'}", "kind": "Widget", "create": True}]
        return out

    def plugin(self, index):
        name = {"name": f"plugin{index}"}
        specs = [{"path": "metadata/labels", "create": True}]
        name_specs = [{"path": "metadata/name"}]
        options = [
            {"kind": "LabelTransformer", "metadata": name, "labels": {"plugin": "x"}, "fieldSpecs": specs},
            {"kind": "AnnotationsTransformer", "metadata": name, "annotations": {"plugin": "x"}, "fieldSpecs": [{"path": "metadata/annotations", "create": True}]},
            {"kind": "NamespaceTransformer", "metadata": dict(name, namespace="plugin"), "unsetOnly": self.chance(0.5), "setRoleBindingSubjects": self.pick(["defaultOnly", "allServiceAccounts", "none"]), "fieldSpecs": [{"path": "metadata/name", "kind": "Namespace", "create": True}]},
            {"kind": "PrefixTransformer", "metadata": name, "prefix": "pp-", "fieldSpecs": name_specs},
            {"kind": "SuffixTransformer", "metadata": name, "suffix": "-ss", "fieldSpecs": name_specs},
            {"kind": "PrefixSuffixTransformer", "metadata": name, "prefix": "p-", "suffix": "-s", "fieldSpecs": name_specs},
            {"kind": "ImageTagTransformer", "metadata": name, "imageTag": {"name": "nginx", "newTag": "9"}},
            {"kind": "ReplicaCountTransformer", "metadata": name, "replica": {"name": self.reference("Deployment"), "count": 9}, "fieldSpecs": [{"path": "spec/replicas", "create": True, "kind": "Deployment"}]},
            {"kind": "PatchTransformer", "metadata": name, "patch": json.dumps([{"op": "add", "path": "/metadata/plugin", "value": "x"}]), "target": self.target()},
            {"kind": "PatchJson6902Transformer", "metadata": name, "jsonOp": json.dumps([{"op": "add", "path": "/metadata/plugin", "value": "x"}]), "target": {"kind": "ConfigMap", "name": self.reference("ConfigMap")}},
            {"kind": "PatchStrategicMergeTransformer", "metadata": name, "patches": self.printer.document(self.strategic_patch())},
            {"kind": "ReplacementTransformer", "metadata": name, "replacements": [{"sourceValue": "x", "targets": [{"select": {"kind": "ConfigMap"}, "fieldPaths": ["data.plugin"], "options": {"create": True}}]}]},
            {"kind": "ValueAddTransformer", "metadata": name, "value": "added", "targets": [{"fieldPath": self.pick(["metadata/annotations/value", "metadata/namespace"]), "filePathPosition": self.pick([0, 1, 2])}]},
            {"kind": "HashTransformer", "metadata": name},
        ]
        out = self.pick(options)
        self.note("transformers: " + out["kind"])
        return dict({"apiVersion": "builtin"}, **out)

    def plugin_generator(self, index):
        out = self.pick([
            {"kind": "ConfigMapGenerator", "metadata": {"name": f"made{index}"}, "literals": ["a=b"]},
            {"kind": "SecretGenerator", "metadata": {"name": f"made{index}", "namespace": "one"}, "literals": ["a=b"], "type": "x/y"},
            {"kind": "IAMPolicyGenerator", "metadata": {"name": f"iam{index}"}, "cloud": "gke", "kubernetesService": {"name": "ksa", "namespace": "one"}, "serviceAccount": {"name": "gsa", "projectId": "p"}},
        ])
        self.note("generators: " + out["kind"])
        return dict({"apiVersion": "builtin"}, **out)

    def add_plugins(self, directory, field, make, index):
        entries = []
        for i in range(self.rnd.randint(1, 2)):
            plugin = make(index * 10 + i)
            how = self.pick(["inline", "file", "directory"])
            if how == "inline":
                entries.append(self.printer.document(plugin))
            elif how == "file":
                name = f"{field}{i}.yaml"
                self.write(f"{directory}/{name}", self.printer.document(plugin))
                entries.append(name)
            else:
                name = f"{field}-dir{i}"
                self.write(f"{directory}/{name}/kustomization.yaml", "resources: [p.yaml]\n")
                self.write(f"{directory}/{name}/p.yaml", self.printer.document(plugin))
                entries.append(name)
            self.note(f"{field}: {how}")
        return entries

    # -- kustomizations -----------------------------------------------------------------------------------------------------
    def kustomization(self, directory, resources, components, is_component, depth):
        k = {}
        if is_component:
            k["apiVersion"], k["kind"] = "kustomize.config.k8s.io/v1alpha1", "Component"
        elif self.chance(0.6):
            k["apiVersion"], k["kind"] = "kustomize.config.k8s.io/v1beta1", "Kustomization"
        if resources:
            if self.chance(0.08) and not is_component:
                split = self.rnd.randint(0, len(resources))
                k["resources"], k["bases"] = resources[:split], resources[split:]
                self.note("bases")
            else:
                k["resources"] = resources
            self.note("resources")
        if components:
            k["components"] = components
            self.note("components")
        busy = self.pick([0.3, 1.0, 1.6])

        def wants(p):
            return self.chance(p * busy)

        if wants(0.25):
            k["namespace"] = self.pick(["one", "two", "default", "new"])
            self.note("namespace")
        if wants(0.3):
            k["namePrefix"] = self.pick(["p-", "dev-", "a-", "1-"])
            self.note("namePrefix")
        if wants(0.2):
            k["nameSuffix"] = self.pick(["-s", "-v1", "-2"])
            self.note("nameSuffix")
        if wants(0.15):
            k["commonLabels"] = {self.label(): self.pick(["c", "1", "yes"]) for _ in range(self.rnd.randint(1, 2))}
            self.note("commonLabels")
        if wants(0.2):
            k["labels"] = []
            for _ in range(self.rnd.randint(1, 2)):
                label = {"pairs": {self.label(): self.pick(["l", "2", "no"])}}
                for option, p in (("includeSelectors", 0.3), ("includeTemplates", 0.3), ("includeVolumeClaimTemplates", 0.2)):
                    if self.chance(p):
                        label[option] = self.chance(0.8)
                        self.note("labels." + option)
                if self.chance(0.2):
                    label["fields"] = [self.field_spec()]
                    self.note("labels.fields")
                k["labels"].append(label)
            self.note("labels")
        if wants(0.15):
            k["commonAnnotations"] = {"common": self.text_value()}
            self.note("commonAnnotations")
        if wants(0.25):
            k["configMapGenerator"] = [self.generator(directory, i, False) for i in range(self.rnd.randint(1, 2))]
            self.note("configMapGenerator")
        if wants(0.15):
            k["secretGenerator"] = [self.generator(directory, i, True) for i in range(self.rnd.randint(1, 2))]
            self.note("secretGenerator")
        if wants(0.12):
            k["generatorOptions"] = self.generator_options("generatorOptions")
            self.note("generatorOptions")
        if wants(0.35):
            k["patches"] = [self.patch_entry(directory, i) for i in range(self.rnd.randint(1, 3))]
            self.note("patches")
        if wants(0.1):
            k["patchesStrategicMerge"] = []
            for i in range(self.rnd.randint(1, 2)):
                text = self.printer.document(self.strategic_patch())
                if self.chance(0.5):
                    k["patchesStrategicMerge"].append(text)
                else:
                    self.write(f"{directory}/sm{i}.yaml", text)
                    k["patchesStrategicMerge"].append(f"sm{i}.yaml")
            self.note("patchesStrategicMerge")
        if wants(0.08):
            kind, name, _ = self.pick(self.names) if self.names else ("Deployment", "web", None)
            version = self.version_of(kind)
            group, _, short = version.rpartition("/")
            target = {"version": short, "kind": kind, "name": name}
            if group:
                target["group"] = group
            entry = {"target": target}
            operations = self.json_operations()
            if self.chance(0.5):
                entry["patch"] = self.patch_text(operations)
            else:
                self.write(f"{directory}/json.yaml", self.patch_text(operations))
                entry["path"] = "json.yaml"
            k["patchesJson6902"] = [entry]
            self.note("patchesJson6902")
        if wants(0.2):
            k["images"] = [self.image() for _ in range(self.rnd.randint(1, 2))]
            self.note("images")
        if wants(0.04):
            k["imageTags"] = [self.image()]
            self.note("imageTags")
        if wants(0.12):
            k["replicas"] = [{"name": self.reference(self.pick(["Deployment", "StatefulSet"])), "count": self.pick([0, 4, 10])}]
            self.note("replicas")
        if wants(0.15):
            k["replacements"] = [self.replacement(directory, i) for i in range(self.rnd.randint(1, 2))]
            self.note("replacements")
        if wants(0.08):
            k["vars"] = [self.variable(i) for i in range(self.rnd.randint(1, 2))]
        if wants(0.06):
            self.write(f"{directory}/config.yaml", self.printer.document(self.configuration()))
            k["configurations"] = ["config.yaml"]
            self.note("configurations")
        if wants(0.05):
            self.write(f"{directory}/crds.json", json.dumps({
                "example.com/v1.Widget": {"Schema": {"properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}, "spec": {"$ref": "example.com/v1.WidgetSpec"}}}, "Dependencies": []},
                "example.com/v1.WidgetSpec": {"Schema": {"properties": {"ref": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "ConfigMap", "x-kubernetes-object-ref-name-key": "name"},
                                                                        "selector": {"x-kubernetes-label-selector": ""}, "notes": {"x-kubernetes-annotation": ""}, "id": {"x-kubernetes-identity": ""}}}, "Dependencies": []}}))
            k["crds"] = ["crds.json"]
            self.note("crds")
        if wants(0.08):
            k["transformers"] = self.add_plugins(directory, "transformers", self.plugin, depth)
            self.note("transformers")
        if wants(0.05):
            k["generators"] = self.add_plugins(directory, "generators", self.plugin_generator, depth)
            self.note("generators")
        if wants(0.02):
            k["validators"] = [self.printer.document({"apiVersion": "builtin", "kind": "LabelTransformer", "metadata": {"name": "validator"}, "labels": self.pick([{}, {"validated-by": "us"}, {"changed": "x"}]), "fieldSpecs": [{"path": "metadata/labels", "create": True}]})]
            self.note("validators")
        if wants(0.05):
            k["openapi"] = self.pick([{"version": "v1.21.2"}, {"path": "schema.json"}])
            self.note("openapi." + list(k["openapi"])[0])
            if "path" in k["openapi"]:
                self.write(f"{directory}/schema.json", json.dumps({"definitions": {"com.example.Widget": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"list": {"type": "array", "items": {"type": "object"}, "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}}}}, "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Widget"}]}}}))
        if wants(0.08):
            k["sortOptions"] = self.pick([{"order": "fifo"}, {"order": "legacy"}, {"order": "legacy", "legacySortOptions": {"orderFirst": ["Service", "Deployment"], "orderLast": ["ConfigMap"]}}])
            self.note("sortOptions: " + k["sortOptions"]["order"] + (" with kinds" if "legacySortOptions" in k["sortOptions"] else ""))
        if wants(0.1):
            k["buildMetadata"] = self.some(["originAnnotations", "transformerAnnotations"], 1, 2)
            for option in k["buildMetadata"]:
                self.note("buildMetadata: " + option)
        if wants(0.04):
            k["metadata"] = {"name": "k", "labels": {"x": "y"}}
            self.note("metadata")
        if self.chance(0.012):
            k[self.pick(["resource", "nameprefix2", "patch"])] = "x"
            self.note("an unknown field")
        if not [key for key in k if key not in ("apiVersion", "kind")]:
            k["namePrefix"] = "e-"
        items = list(k.items())
        if self.chance(0.3):
            self.rnd.shuffle(items)
        name = self.pick(["kustomization.yaml"] * 8 + ["kustomization.yml", "Kustomization"])
        self.write(f"{directory}/{name}", self.printer.document(dict(items)))

    def make(self):
        """Bases first, overlays on top, the last one is what is built."""
        levels = self.pick([1, 1, 2, 2, 3])
        used = set()
        below = []
        for level in range(levels):
            count = 1 if level == levels - 1 else self.pick([1, 1, 2])
            current = []
            for i in range(count):
                directory = f"l{level}-{i}"
                resources = self.write_resources(directory, self.new_resources(self.rnd.randint(0 if level else 1, 6 if level == 0 else 2), used))
                entries = resources + [f"../{name}" for name in below]
                if self.chance(0.2):
                    self.rnd.shuffle(entries)
                components = []
                if self.chance(0.15):
                    component = f"c{level}-{i}"
                    own = self.write_resources(component, self.new_resources(self.rnd.randint(0, 2), used))
                    self.kustomization(component, own, [], True, level)
                    components.append(f"../{component}")
                self.kustomization(directory, entries, components, False, level)
                current.append(directory)
            below = current
        self.root = below[0]
        self.flags = []
        if self.chance(0.3):
            self.flags += ["--reorder", self.pick(["none", "legacy"])]
            self.note("--reorder " + self.flags[-1])
        if self.chance(0.1):
            self.flags += ["--load-restrictor", "LoadRestrictionsNone"]
            self.note("--load-restrictor LoadRestrictionsNone")
        if self.chance(0.05):
            self.flags.append("--enable-managedby-label")
            self.note("--enable-managedby-label")
        return self

    def save(self, folder):
        for path, content in self.files.items():
            full = os.path.join(folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
