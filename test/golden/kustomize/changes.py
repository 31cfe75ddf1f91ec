"""What random kustomizations do with objects: patches, generators, replacements, variables, plugins."""

import json

from resources import DATES, NOTHING, POD_KINDS, Resources
from yaml_text import Raw


class Changes(Resources):
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
            out["metadata"]["labels"] = self.pick([{"patched": self.odd("true")}, {"app": None}, {"app": "patched", "n": Raw("1")}, {"$patch": "replace", "only": self.odd("x")}])
        if self.chance(0.3):
            out["metadata"]["annotations"] = self.pick([{"patched": self.odd("yes", 0.2)}, {"note": None}, None, {"$patch": "delete"}, {"a": "b"}])
        if self.chance(0.03):
            out["$patch"] = "delete"
            self.note("$patch: delete (object)")
            return out
        if kind in POD_KINDS:
            self.patch_pods(out, kind)
        elif kind in ("ConfigMap", "Secret"):
            out[self.pick(["data", "stringData"]) if kind == "Secret" else "data"] = self.pick([{"added": self.text_value()}, {"k0": None}, None, {"$patch": "replace", "new": self.odd("y")}, {"multi": "a\nb\n"}])
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

    def json_operations(self, entry=None):
        """Operations for the object `entry`, (kind, name): such as fit it, unless the tree is careless."""
        kind, name = entry[:2] if entry else ("Deployment", "")
        known = self.objects.get((kind, name))
        if known is None or self.is_careless:
            known = {"kind": kind, "metadata": {"name": "x", "labels": {}}, "data": {}, "spec": {"replicas": 1, "template": {"spec": {"containers": [{"image": "x"}]}}}}
        spec, meta = known.get("spec"), known["metadata"]
        options = [
            {"op": "add", "path": "/metadata/labels", "value": {"added": self.odd("x", 0.1)}},
            {"op": "add", "path": "/metadata/annotations", "value": {"json": self.odd("patched", 0.1)}},
            {"op": "replace", "path": "/metadata/name", "value": self.odd(self.pick(["renamed", "web"]))},
            {"op": "test", "path": "/kind", "value": self.pick(["Deployment", "ConfigMap"]) if self.chance(0.2) else kind},
            {"op": "copy", "from": "/metadata/name", "path": "/metadata/copied"},
            {"op": "add", "path": "/metadata/namespace", "value": self.odd("json")}]
        if "labels" in meta:
            options += [{"op": "move", "from": "/metadata/labels", "path": "/metadata/moved"}, {"op": "copy", "from": "/metadata/labels", "path": "/metadata/copied"}]
        if isinstance(spec, dict):
            options += [{"op": "add", "path": "/spec/x", "value": self.pick([1, 10000000, 1.5, "text", True, None, [1, "a"], {"k": "yes"}, self.pick(DATES), {"k": self.pick(DATES)}, self.text_value()])}] * 2
            if "replicas" in spec:
                options += [{"op": "remove", "path": "/spec/replicas"}, {"op": "replace", "path": "/spec/replicas", "value": 7}]
            if isinstance(spec.get("ports"), list):
                options += [{"op": "remove", "path": "/spec/ports/0"}, {"op": "add", "path": "/spec/ports/-", "value": {"port": 1}}, {"op": "add", "path": "/spec/ports/" + self.pick(["0", "1", "-1"]), "value": {"port": 2}}]
            if "containers" in spec.get("template", {}).get("spec", {}):
                path = "/spec/template/spec/containers"
                options += [{"op": "add", "path": path + "/-", "value": {"name": "json", "image": "json:1"}}, {"op": "add", "path": path + "/0", "value": {"name": "first", "image": "json:1"}},
                            {"op": "replace", "path": path + "/0/image", "value": self.odd("json:2")}]
        if isinstance(known.get("data"), dict):
            options.append({"op": "add", "path": "/data/json~1key", "value": self.text_value()})
        operations = []
        for operation in self.some(options, 1, 3):
            operations.append(operation)
            self.note("json patch: " + operation["op"])
        return operations

    def patch_text(self, patch):
        if self.chance(0.2) and not self.printer_has_raw(patch):
            return json.dumps(patch)
        return self.printer.document(patch)

    def patch_entry(self, directory, index):
        entry = {}
        is_json = self.chance(0.35)
        if is_json:
            known = self.pick(self.names) if self.names else None
            text = self.patch_text(self.json_operations(known))
            entry["target"] = {"kind": known[0], "name": known[1]} if known and not self.is_careless else self.target()
            self.note("patches: json")
        elif self.chance(0.4):
            text = self.patch_text(self.strategic_patch())
            entry["target"] = self.target()
            self.note("patches: strategic with target")
        else:
            patches = [self.strategic_patch() for _ in range(self.pick([1, 1, 1, 2]))]
            text = "---\n".join(self.printer.document(p) for p in patches)
            self.note("patches: strategic" if len(patches) == 1 else "patches: several in one")
        if self.chance(0.03):
            text = self.pick(NOTHING[:8])
            self.note("patches: nothing")
        if self.chance(0.5) and (text.strip() or self.is_careless):
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
                # A generated ConfigMap of another kind is refused here: its hash would be one of line numbers.
                if entry.get("target", {}).get("kind", ".*") in (".*", "ConfigMap", "Secret"):
                    entry.setdefault("target", {})["kind"] = "Deployment|StatefulSet"
        return entry

    def generator(self, directory, index, is_secret):
        kind = "Secret" if is_secret else "ConfigMap"
        field = "secretGenerator" if is_secret else "configMapGenerator"
        out = {"name": self.word()}
        known = [(name, space) for k, name, space in self.names if k == kind]
        taken = [name for name, _ in known]
        while out["name"] in taken and not self.is_careless:
            out["name"] = self.word() + f"-{index}{len(taken)}"
        if self.chance(0.4) and known:
            out["name"], space = self.pick(known)
            if space:
                out["namespace"] = space
            out["behavior"] = self.pick(["merge", "replace", "create"] if self.is_careless else ["merge", "replace"])
            self.note(f"{field}.behavior: {out['behavior']}")
        elif self.chance(0.1):
            out["behavior"] = "create"
            self.note(f"{field}.behavior: create")
        if "behavior" not in out and self.chance(0.15):
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
            out["type"] = self.odd(self.pick(["Opaque", "kubernetes.io/tls"]))
            self.note(f"{field}.type")
        if self.chance(0.25):
            out["options"] = self.generator_options(f"{field}.options")
        if (kind, out["name"], out.get("namespace")) not in self.names:
            self.names.append((kind, out["name"], out.get("namespace")))
        return out

    def generator_options(self, prefix):
        out = {}
        if self.chance(0.4):
            out["labels"] = {"gen": self.odd(self.pick(["x", "1"]), 0.1)}
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
                out[field] = self.odd(self.pick(values), 0.1)
                self.note(f"images.{field}")
        return out

    def has(self, item, path):
        """Whether the field path leads somewhere in the object."""
        for step in path.replace("\\.", "\0").split("."):
            step = step.replace("\0", ".")
            if isinstance(item, list):
                if step.isdigit() and int(step) < len(item):
                    item = item[int(step)]
                elif step.startswith("["):
                    key, _, value = step[1:-1].partition("=")
                    item = next((entry for entry in item if entry.get(key) == value), None)
                else:
                    return step == "*" and bool(item)
            elif isinstance(item, dict) and step.strip("[]") in item:
                item = item[step.strip("[]")]
            else:
                return False
        return item is not None

    def fitting(self, entry, paths):
        """Those of the field paths that the object has; all of them in a careless tree."""
        known = self.objects.get(entry[:2])
        if self.is_careless or known is None:
            return paths
        return [path for path in paths if self.has(known, path)] or ["metadata.name"]

    def replacement(self, directory, index):
        out = {}
        if self.chance(0.15):
            out["sourceValue"] = self.odd(self.pick(["fixed", "123"] * 3 + ["", "two\nlines", "a\ttab"]), 0.2)
            self.note("replacements.sourceValue")
        else:
            entry = kind, name, space = self.pick(self.names) if self.names else ("ConfigMap", "web", None)
            source = {"kind": kind, "name": name}
            if space and self.chance(0.7):
                source["namespace"] = space
            if self.chance(0.6):
                source["fieldPath"] = self.pick(self.fitting(entry, [
                    "metadata.name", "kind", "metadata.namespace", "spec.replicas", "data.mode0", "spec.template.spec.containers.0.image", "spec.template.spec.containers.[name=main].image",
                    "metadata.labels", "spec.ports.0.port", "spec.rules.0.host", "metadata.annotations.[example.com/x]"]))
                self.note("replacements.source.fieldPath")
            if self.chance(0.2):
                source["options"] = {"delimiter": self.pick([":", "-", "/"]), "index": self.pick([0, 1]) if self.is_careless else 0}
                self.note("replacements.source.options")
            out["source"] = source
            self.note("replacements.source")
        targets = []
        for _ in range(self.rnd.randint(1, 2)):
            entry = self.pick(self.names) if self.names else ("Deployment", "web", None)
            can_create = self.chance(0.5)
            select = self.target() if self.is_careless or can_create else {"kind": entry[0], "name": entry[1]}
            target = {"select": select}
            self.note("replacements.targets.select")
            if self.chance(0.25):
                target["reject"] = [self.target()]
                self.note("replacements.targets.reject")
            any_object = ["metadata.annotations.replaced", "metadata.labels.app", "spec.new.path", "metadata.annotations.[example.com/x]"]
            paths = self.fitting(entry, ["metadata.name", "spec.template.spec.containers.*.image", "spec.template.spec.containers.[name=main].image", "data.k0", "metadata.labels.app", "spec.replicas",
                                         "metadata.annotations.[example.com/x]", "data.config\\.yaml", "data.config\\.json", "spec.template.spec.containers.[name=main].env.[name=VAR_0].value",
                                         "spec.template.spec.containers.0.name"])
            if can_create and self.chance(0.7):
                paths = any_object
            paths = [path + ".server.port" if path.endswith(("\\.yaml", "\\.json")) else path for path in paths]
            target["fieldPaths"] = self.some(paths, 1, 2)
            self.note("replacements.targets.fieldPaths")
            target["options"] = {}
            if can_create:
                target["options"]["create"] = True
                self.note("replacements.targets.options.create")
            if self.chance(0.15):
                target["options"]["delimiter"] = self.pick([":", "-"])
                target["options"]["index"] = self.pick([-1, 0, 1, 9])
                self.note("replacements.targets.options.delimiter")
            if not target["options"]:
                del target["options"]
            targets.append(target)
        out["targets"] = targets
        if self.chance(0.2):
            name = f"replacement{index}.yaml"
            self.write(f"{directory}/{name}", self.printer.document(self.pick([out, [out]])))
            self.note("replacements.path")
            return {"path": name}
        return out

    def variable(self, index):
        entry = kind, name, space = self.pick(self.names) if self.names else ("Service", "web", None)
        self.note("vars")
        names = [name for name in ["HOST", "SERVER", "VAR_0", "V0", "V1", "V2"] if self.is_careless or name not in self.once] or [f"W{len(self.once)}"]
        out = {"name": self.pick(names), "objref": {"apiVersion": self.version_of(kind), "kind": kind, "name": name}}
        self.once.add(out["name"])
        if space and (self.chance(0.5) or not self.is_careless):
            out["objref"]["namespace"] = space
        if self.chance(0.4):
            out["fieldref"] = {"fieldPath": self.pick(self.fitting(entry, ["metadata.name", "metadata.namespace", "kind", "spec.replicas"]))}
            if out["objref"]["kind"] == "Service" and self.chance(0.5):
                out["fieldref"]["fieldPath"] = "spec.ports[0].port"
            self.note("vars.fieldref")
        return out

    def field_spec(self):
        path = self.pick(["spec/ref/name", "spec/nested/deep/x", "spec/extra/labels", "spec/list/name"] + (["metadata/labels"] if self.is_careless else []))
        out = {"path": path, "kind": "Widget"}
        # Two specs for one path must agree.
        if path == "spec/extra/labels":
            out["create"] = True
        if self.chance(0.3):
            out["group"] = "example.com"
        return out

    def configuration(self):
        out = {}
        fields = ["namePrefix", "nameSuffix", "namespace", "commonLabels", "labels", "commonAnnotations", "images", "replicas", "varReference", "nameReference", "templateLabels"]
        for field in [field for field in self.some(fields, 1, 3) if self.first("configurations." + field)]:
            self.note("configurations." + field)
            if field == "nameReference":
                out[field] = [{"kind": "ConfigMap", "version": "v1", "fieldSpecs": [{"path": "spec/ref/name", "kind": "Widget"}]}]
            elif field == "images":
                out[field] = [{"path": "spec/list[]/v", "kind": "Widget"}]
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
            {"kind": "LabelTransformer", "metadata": name, "labels": {"plugin": self.odd("x", 0.2)}, "fieldSpecs": specs},
            {"kind": "AnnotationsTransformer", "metadata": name, "annotations": {"plugin": self.odd("x", 0.2)}, "fieldSpecs": [{"path": "metadata/annotations", "create": True}]},
            {"kind": "NamespaceTransformer", "metadata": dict(name, namespace="plugin"), "unsetOnly": self.chance(0.5), "setRoleBindingSubjects": self.pick(["defaultOnly", "allServiceAccounts", "none"]), "fieldSpecs": [{"path": "metadata/name", "kind": "Namespace", "create": True}]},
            {"kind": "PrefixTransformer", "metadata": name, "prefix": self.odd("pp-", 0.1), "fieldSpecs": name_specs},
            {"kind": "SuffixTransformer", "metadata": name, "suffix": "-ss", "fieldSpecs": name_specs},
            {"kind": "PrefixSuffixTransformer", "metadata": name, "prefix": "p-", "suffix": "-s", "fieldSpecs": name_specs},
            {"kind": "ImageTagTransformer", "metadata": name, "imageTag": {"name": "nginx", "newTag": self.odd("9", 0.2)}},
            {"kind": "ReplicaCountTransformer", "metadata": name, "replica": {"name": self.reference("Deployment"), "count": 9}, "fieldSpecs": [{"path": "spec/replicas", "create": True, "kind": "Deployment"}]},
            {"kind": "PatchTransformer", "metadata": name, "patch": json.dumps([{"op": "add", "path": "/metadata/plugin", "value": "x"}]), "target": self.target()},
            {"kind": "PatchJson6902Transformer", "metadata": name, "jsonOp": json.dumps([{"op": "add", "path": "/metadata/plugin", "value": "x"}]), "target": {"kind": "ConfigMap", "name": self.reference("ConfigMap")}},
            {"kind": "PatchStrategicMergeTransformer", "metadata": name, "patches": self.printer.document(self.strategic_patch())},
            {"kind": "ReplacementTransformer", "metadata": name, "replacements": [{"sourceValue": "x", "targets": [{"select": {"kind": "ConfigMap"}, "fieldPaths": ["data.plugin"], "options": {"create": True}}]}]},
            {"kind": "ValueAddTransformer", "metadata": name, "value": self.odd("added", 0.2), "targets": [{"fieldPath": self.pick(["metadata/annotations/value", "metadata/namespace"]), "filePathPosition": self.pick([0, 1, 2])}]},
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
