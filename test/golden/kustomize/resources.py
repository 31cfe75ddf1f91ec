"""Random Kubernetes objects that refer to each other."""

import collections
import json
import random

from yaml_text import Block, Printer, Raw

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

LINES = ["one", "two words", "trail ", "trail  ", "  more", "    deep", " a blank", "\ttab", "tab\t", "😀", "  😀", "é ü", "", "", "# no comment", "- a", "k: v", "2024-05-01", "---x", "long " * 20]

# What looks like something else: unquoted dates and times, and words and numbers as text.
DATES = [Raw(text) for text in ("2024-05-01", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "2001-1-1", "2024-05-01T10:00:00Z", "12:30:45", "1:20", "2001-13-01")]
WORDS = ["yes", "No", "on", "OFF", "y", "N", "true", "null", "~", "1.1", "0644", "1e3", "0x1F", "2024-05-01", "12:30:45", ".5", "<<", "="]

# Texts that are YAML themselves, which replacements reach into.
CONFIGS = ["server:\n  port: 80\n  hosts:\n  - a\n  - b\n"] * 4 + [
    "other:\nserver:\n  port:\n  hosts: []\n", "server: {port: 2024-05-01, none: , hosts: [a]}\nother: \"x\\ty\"\n", "other: |\n  one\n  \ttwo\nserver:\n  port: 'x'\n",
    "other: >-\n  one\n    two\n  three\nserver:\n  port: |\n    a\n    b\n", "server:\n  port: ~\n  long: " + "word " * 30 + "end\n"]

NOTHING = ["", "# nothing\n", "---\n", "null\n", "\n\n", "---\n# x\n---\n", "~\n", "{}\n", "[]\n", "...\n", "# x\n...\n"]


class Resources:
    def __init__(self, seed):
        self.seed = seed
        self.rnd = random.Random(seed)
        self.counts = collections.Counter()
        self.files = {}
        self.printer = Printer(self.rnd)
        self.names = []     # (kind, name, namespace) of the objects that the current folder sees
        self.made = []      # the same of all folders
        self.objects = {}   # by (kind, name)
        self.once = set()   # what may stand in a tree only once
        # A careless tree does what does not fit: most such builds are refused, by both programs.
        self.is_careless = self.chance(0.2)
        self.printer.is_careless = self.is_careless

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

    def first(self, what):
        """Whether this is the first time; careless trees do not care."""
        is_new = what not in self.once
        self.once.add(what)
        return is_new or self.is_careless

    def label(self):
        return self.pick(["app", "tier", "team", "env", "app.kubernetes.io/name", "version"])

    def text_value(self):
        if self.chance(0.06):
            self.note("a block of odd lines")
            return Block("\n".join(self.pick(LINES) for _ in range(self.rnd.randint(1, 6))))
        return self.odd(self.pick(VALUES))

    def odd(self, value, p=0.04):
        """The value, or now and then one that another reader would not take for a text."""
        if not self.chance(p):
            return value
        self.note("an odd text")
        words = [Raw(word) for word in WORDS] if self.is_careless else WORDS
        return self.pick(DATES + words)

    def reference(self, kind):
        """The name of an object of this kind, mostly one that is there."""
        known = [name for k, name, _ in self.names or self.made if k == kind]
        if known and self.chance(0.85):
            return self.pick(known)
        return self.word()

    # -- resources ------------------------------------------------------------------------------------------------------
    def container(self, name):
        out = {"name": name, "image": self.odd(self.pick(IMAGES), 0.02)}
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
            out["labels"] = {self.label(): self.odd(self.pick(["a", "b", "1", "true"])) for _ in range(self.rnd.randint(1, 2))}
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
            out["data"] = dict(out.get("data", {}), **{"config.yaml": self.pick(CONFIGS), "config.json": json.dumps({"server": {"port": 80, "tls": True}}, indent=self.pick([None, 2]))})
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
                "spec": {"list": [{"name": "a", "v": self.pick([1, "nginx:1.25"])}, {"name": "b", "v": Raw(self.pick(["0x10", "1e6", "1234567.5", "12345678901234567890", "~", "2001-01-01", "yes", ".5", "!!str 5", "08"]))}],
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
            if key in used and (not self.is_careless or self.chance(0.9)):
                continue
            used.add(key)
            declared.append((kind, name, space))
        self.names = self.names + declared
        self.made += declared
        made = [self.resource(*entry) for entry in declared]
        for (kind, name, _), item in zip(declared, made):
            self.objects[kind, name] = item
        return made

    # -- files ------------------------------------------------------------------------------------------------------------
    def write(self, path, text):
        if self.is_careless and self.chance(0.02):
            self.note("a file of nothing")
            text = self.pick(NOTHING)
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
        if names and self.chance(0.05):
            self.note("a resource file of nothing")
            self.write(f"{directory}/nothing.yaml", self.pick(NOTHING[:7]))
            names.append("nothing.yaml")
        return names

    def printer_has_raw(self, value):
        if isinstance(value, dict):
            return any(self.printer_has_raw(v) for v in value.values())
        if isinstance(value, list):
            return any(self.printer_has_raw(v) for v in value)
        return isinstance(value, (Raw, Block))
