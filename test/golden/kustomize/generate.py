"""Random kustomization trees: bases, overlays, components, patches, generators, references between all of them.

Everything is drawn from one seed. `Tree.counts` tells how often each field and option was written.
"""

import json
import os

from changes import Changes


class Tree(Changes):
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
            k["namespace"] = self.odd(self.pick(["one", "two", "default", "new"]))
            self.note("namespace")
        if wants(0.3):
            k["namePrefix"] = self.odd(self.pick(["p-", "dev-", "a-", "1-"]))
            self.note("namePrefix")
        if wants(0.2):
            k["nameSuffix"] = self.odd(self.pick(["-s", "-v1", "-2"]))
            self.note("nameSuffix")
        if wants(0.15):
            k["commonLabels"] = {self.label(): self.odd(self.pick(["c", "1", "yes"]), 0.1) for _ in range(self.rnd.randint(1, 2))}
            self.note("commonLabels")
        if wants(0.2):
            k["labels"] = []
            for _ in range(self.rnd.randint(1, 2)):
                label = {"pairs": {self.label(): self.odd(self.pick(["l", "2", "no"]), 0.1)}}
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
            operations = self.json_operations((kind, name))
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
        scalable = [name for kind, name, _ in self.names if kind in ("Deployment", "StatefulSet")]
        if wants(0.12) and (scalable or self.is_careless):
            k["replicas"] = [{"name": self.pick(scalable or ["web"]), "count": self.pick([0, 4, 10])}]
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
        if wants(0.13):
            k["transformers"] = self.add_plugins(directory, "transformers", self.plugin, depth)
            self.note("transformers")
        if wants(0.07):
            k["generators"] = self.add_plugins(directory, "generators", self.plugin_generator, depth)
            self.note("generators")
        if wants(0.03):
            k["validators"] = [self.printer.document({"apiVersion": "builtin", "kind": "LabelTransformer", "metadata": {"name": "validator"}, "labels": self.pick([{}] * 4 + [{"validated-by": "x"}] * 2 + [{"changed": "x"}, {self.label(): "a"}]), "fieldSpecs": [{"path": "metadata/labels", "create": True}]})]
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
            k["metadata"] = {"name": self.odd("k", 0.2), "labels": {"x": self.odd("y", 0.2)}}
            self.note("metadata")
        if self.chance(0.008):
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
        below, seen = [], {}
        for level in range(levels):
            count = 1 if level == levels - 1 else self.pick([1, 1, 2])
            current = []
            for i in range(count):
                self.names = [name for folder in below for name in seen[folder]]
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
                seen[directory] = self.names
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
        self.has_folder = self.chance(0.1)
        if self.has_folder:
            self.note("--output FOLDER")
        return self

    def save(self, folder):
        for path, content in self.files.items():
            full = os.path.join(folder, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
