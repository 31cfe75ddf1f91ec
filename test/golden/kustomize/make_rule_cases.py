#!/usr/bin/env python3
"""Writes the cases rules_*: objects with a value at every place that kustomize 5.8.2's built-in tables name.

The tables are read from kustomize's Go modules, not from pkg/kustomize, so what is missing there shows as well. The
expected output comes from the reference program. Only the facts are taken: which field of which kind.
Sources: sigs.k8s.io/kustomize/api and kyaml v0.21.2 (Apache-2.0), Kubernetes v1.21.2's OpenAPI (Apache-2.0).

usage: make_rule_cases.py          (needs go, the module proxy and PyYAML)
"""
import collections
import gzip
import json
import os
import re
import shutil
import subprocess
import sys

import yaml

import reference

HERE = os.path.dirname(os.path.abspath(__file__))
LISTS = {"containers", "initContainers", "volumes", "env", "envFrom", "sources", "rules", "paths", "subjects", "webhooks", "imagePullSecrets", "volumeClaimTemplates", "tls",
         "ingress", "from", "egress", "to", "preferredDuringSchedulingIgnoredDuringExecution", "requiredDuringSchedulingIgnoredDuringExecution", "topologySpreadConstraints",
         "volumeMounts", "ports"}
TEXT_LISTS = {"args", "command", "hosts", "resourceNames"}
VERSIONS = {"Deployment": "apps/v1", "ReplicaSet": "apps/v1", "DaemonSet": "apps/v1", "StatefulSet": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1", "Pod": "v1", "PodTemplate": "v1",
            "ReplicationController": "v1", "HorizontalPodAutoscaler": "autoscaling/v1", "Ingress": "networking.k8s.io/v1", "Node": "v1", "Role": "rbac.authorization.k8s.io/v1",
            "ClusterRole": "rbac.authorization.k8s.io/v1", "ServiceAccount": "v1", "StorageClass": "storage.k8s.io/v1", "PersistentVolume": "v1", "PersistentVolumeClaim": "v1", "Service": "v1",
            "Namespace": "v1", "ConfigMap": "v1", "Secret": "v1"}


def module(name):
    done = subprocess.run(["go", "mod", "download", "-json", name], cwd=reference.MODULE, check=True, capture_output=True)
    return json.loads(done.stdout)["Dir"]


def tables():
    """The field specs by list, as kustomize writes them."""
    folder = os.path.join(module("sigs.k8s.io/kustomize/api@v0.21.2"), "internal/konfig/builtinpluginconsts")
    constants = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name)) as file:
            for constant, text in re.findall(r"(\w+FieldSpecs|\w+Labels) = ((?:`[^`]*`|\w+)(?: \+ (?:`[^`]*`|\w+))*)", file.read()):
                constants[constant] = re.findall(r"`[^`]*`|\w+", text) if "`" not in text else re.findall(r"`[^`]*`|(?<=\+ )\w+", text)

    def text_of(constant):
        return "".join(part[1:-1] if part.startswith("`") else text_of(part) for part in constants[constant])

    out = {}
    for constant in constants:
        value = yaml.safe_load(text_of(constant))
        if isinstance(value, dict):
            out.update(value)
    return out


def api_version(spec):
    version = spec.get("version") or VERSIONS.get(spec["kind"], "v1").rpartition("/")[2]
    group = spec.get("group", VERSIONS.get(spec["kind"], "v1").rpartition("/")[0])
    return f"{group}/{version}" if group else version


def put(item, path, value):
    """Puts a value at a path; every list on the way gets an element of its own."""
    steps = [step.replace("\0", "/") for step in path.replace("\\/", "\0").split("/")]
    for i, step in enumerate(steps):
        is_last = i + 1 == len(steps)
        name = step.removesuffix("[]")
        is_list = step.endswith("[]") or name in LISTS
        if is_last:
            if name in TEXT_LISTS:
                value = [value]
            elif name == "subjects":
                value = item.get(name, []) + [value]
            item[name] = value
        elif is_list:
            element = {}
            if name in ("containers", "initContainers", "volumes", "webhooks"):
                element["name"] = f"n{len(item.get(name, []))}"
            item.setdefault(name, []).append(element)
            item = element
        else:
            item = item.setdefault(name, {})


class Case:
    def __init__(self, name):
        self.folder = os.path.join(HERE, "cases", name)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)

    def write(self, name, documents):
        with open(os.path.join(self.folder, name), "w") as file:
            yaml.safe_dump_all(documents, file, sort_keys=False, width=1000) if isinstance(documents, list) else yaml.safe_dump(documents, file, sort_keys=False, width=1000)

    def finish(self):
        done = subprocess.run([reference.ensure(), "build", self.folder], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{self.folder}: {done.stderr}")
        with open(os.path.join(self.folder, "expected.yaml"), "w") as file:
            file.write(done.stdout)


class Objects:
    """One object for each kind."""

    def __init__(self):
        self.by_kind = {}

    def at(self, spec, name):
        spec = spec if spec.get("kind") else dict(spec, kind="ConfigMap")
        key = (api_version(spec), spec["kind"])
        if key not in self.by_kind:
            self.by_kind[key] = {"apiVersion": key[0], "kind": key[1], "metadata": {"name": f"{name}-{len(self.by_kind)}"}}
        return self.by_kind[key]

    def all(self):
        return list(self.by_kind.values())


def places_case(specs):
    for name, fields in (("labels", ["commonLabels"]), ("annotations", ["commonAnnotations"])):
        case = Case(f"rules_{name}")
        objects = Objects()
        for field in fields:
            for spec in specs[field]:
                put(objects.at(spec, name), spec["path"].replace("[]", "[]"), {"old": "x"})
        case.write("objects.yaml", objects.all())
        # Without the places themselves, only those are filled that a rule creates.
        bare = [{"apiVersion": o["apiVersion"], "kind": o["kind"], "metadata": {"name": "bare-" + o["metadata"]["name"]}} for o in objects.all()]
        case.write("bare.yaml", bare)
        case.write("kustomization.yaml", {"resources": ["objects.yaml", "bare.yaml"], fields[0]: {"new": "added"}})
        case.finish()

    case = Case("rules_templates")
    objects = Objects()
    for field in ("templateLabels", "volumeClaimTemplateLabels"):
        for spec in specs.get(field, []):
            put(objects.at(spec, "templates"), spec["path"], {"old": "x"})
    case.write("objects.yaml", objects.all())
    case.write("kustomization.yaml", {"resources": ["objects.yaml"], "labels": [{"pairs": {"new": "added"}, "includeTemplates": True}, {"pairs": {"newer": "added"}, "includeTemplates": True, "includeVolumeClaimTemplates": True}]})
    case.finish()

    case = Case("rules_values")
    objects = Objects()
    # A suffix is added as often as a rule applies.
    for spec in specs["images"]:
        for image in ("app:1", "suffixed:1"):
            put(objects.at(dict(spec, kind="Widget", group="example.com"), "values"), spec["path"], image)
    for spec in specs["replicas"]:
        objects.at(spec, "values")
    for spec in specs["namespace"]:
        if spec["path"] != "metadata/name":
            put(objects.at(spec, "values"), spec["path"], "old")
    objects.at({"kind": "Namespace"}, "values")
    case.write("objects.yaml", objects.all())
    replicas = [{"name": o["metadata"]["name"], "count": 7} for o in objects.all() if o["kind"] in {spec["kind"] for spec in specs["replicas"]}]
    case.write("kustomization.yaml", {"resources": ["objects.yaml"], "namespace": "new", "nameSuffix": "-s", "images": [{"name": "app", "newTag": "2"}, {"name": "suffixed", "tagSuffix": "-x"}], "replicas": replicas})
    case.finish()


def references_case(specs):
    """Every place that names another object, of every kind that may be named there."""
    case = Case("rules_references")
    referrers, targets = Objects(), {}
    for reference_to in specs["nameReference"]:
        kind = reference_to["kind"]
        version = reference_to.get("version") or VERSIONS.get(kind, "x/v1").rpartition("/")[2]
        group = reference_to.get("group", "") or VERSIONS.get(kind, "").rpartition("/")[0]
        name = "to-" + kind.lower()
        targets[kind] = {"apiVersion": f"{group}/{version}" if group else version, "kind": kind, "metadata": {"name": name}}
        for spec in reference_to["fieldSpecs"]:
            # One object for each kind that is named: two kinds share the path of a Role's resourceNames.
            place = dict(spec)
            key = (api_version(place), place["kind"], kind)
            if key not in referrers.by_kind:
                referrers.by_kind[key] = {"apiVersion": key[0], "kind": key[1], "metadata": {"name": f"from-{place['kind'].lower()}-{kind.lower()}"}}
            value = name
            leaf = spec["path"].rpartition("/")[2]
            if leaf == "subjects":
                value = {"kind": kind, "name": name}
            elif leaf == "service":
                value = {"name": name}
            put(referrers.by_kind[key], spec["path"], value)
            if leaf == "name" and "Ref" in spec["path"].split("/")[-2] and spec["path"].split("/")[-2] in ("roleRef", "scaleTargetRef"):
                put(referrers.by_kind[key], spec["path"].rpartition("/")[0] + "/kind", kind)
                if spec["path"].startswith("roleRef"):
                    put(referrers.by_kind[key], "roleRef/apiGroup", "rbac.authorization.k8s.io")
    case.write("referrers.yaml", referrers.all())
    case.write("targets.yaml", list(targets.values()))
    case.write("kustomization.yaml", {"resources": ["referrers.yaml", "targets.yaml"], "namePrefix": "new-"})
    case.finish()


def variables_case(specs):
    case = Case("rules_variables")
    objects = Objects()
    for spec in specs["varReference"]:
        leaf = spec["path"].rpartition("/")[2]
        put(objects.at(spec, "variables"), spec["path"], {"k": "$(NAME)"} if leaf in ("labels", "annotations") else "$(NAME)")
    case.write("objects.yaml", objects.all())
    case.write("source.yaml", [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "source"}, "data": {"k": "$(NAME) stays"}}])
    case.write("kustomization.yaml", {"resources": ["objects.yaml", "source.yaml"], "vars": [{"name": "NAME", "objref": {"apiVersion": "v1", "kind": "ConfigMap", "name": "source"}}]})
    case.finish()


# -- types ----------------------------------------------------------------------------------------------------------------
def bundle():
    folder = os.path.join(module("sigs.k8s.io/kustomize/kyaml@v0.21.2"), "openapi")
    with gzip.open(os.path.join(folder, "kubernetesapi/data/kubernetes-openapi-union-v1.21.2.bundle-v1.json.gz")) as file:
        out = json.load(file)
    with open(os.path.join(folder, "kustomizationapi/swagger.json")) as file:
        out["definitions"].update(json.load(file)["definitions"])
    with open(os.path.join(folder, "openapi.go")) as file:
        source = file.read()
    scopes = {(version, kind) for version, kind, _ in re.findall(r'\{APIVersion: "([^"]+)", Kind: "([^"]+)"\}:\s+(true|false)', source)}
    scopes |= {(resource["apiVersion"], resource["kind"]) for resource in out["resources"] if "scope" in resource}
    return out["definitions"], sorted(scopes)


def target(schema):
    name = schema.get("$ref", "").removeprefix("#/definitions/")
    return name or None


def merged(schema):
    return schema.get("type") == "array" and "merge" in schema.get("x-kubernetes-patch-strategy", "").split(",")


def keys_of(schema):
    keys = schema.get("x-kubernetes-list-map-keys")
    return keys if keys is not None else [schema["x-kubernetes-patch-merge-key"]] if "x-kubernetes-patch-merge-key" in schema else []


def edges(definition):
    """(field, schema of the field, definition below or None) of the fields that matter to a merge."""
    for field, schema in sorted(definition.get("properties", {}).items()):
        inner = schema
        while True:
            if merged(inner):
                yield field, schema, target(inner["items"])
                break
            if target(inner):
                yield field, schema, target(inner)
                break
            if isinstance(inner.get("additionalProperties"), dict):
                inner = inner["additionalProperties"]
                continue
            break


def types_case(definitions):
    """Paths from the kinds to lists that merge, so that every field on such a way is on one of them."""
    ends = collections.defaultdict(lambda: None)   # definition -> shortest way to a merged list: [(field, schema)]
    changed = True
    while changed:
        changed = False
        for name, definition in sorted(definitions.items()):
            for field, schema, below in edges(definition):
                way = [(field, schema)]
                if not merged(schema) and not (isinstance(schema.get("additionalProperties"), dict) and merged(schema["additionalProperties"])):
                    if below is None or ends[below] is None:
                        continue
                    way = way + ends[below]
                if ends[name] is None or len(way) < len(ends[name]):
                    ends[name] = way
                    changed = True
    roots = {}      # definition -> (apiVersion, kind, way)
    queue = collections.deque()
    for name, definition in sorted(definitions.items()):
        for gvk in definition.get("x-kubernetes-group-version-kind", []):
            properties = definition.get("properties", {})
            is_object = "metadata" in properties or gvk["kind"] == "Kustomization"
            if not is_object or gvk["kind"].endswith("List") or name in roots:
                continue
            group = gvk.get("group", "")
            roots[name] = ((group + "/" if group else "") + gvk["version"], gvk["kind"], [])
            queue.append(name)
    while queue:
        name = queue.popleft()
        for field, schema, below in edges(definitions[name]):
            if below and below not in roots:
                version, kind, way = roots[name]
                roots[below] = (version, kind, way + [(field, schema)])
                queue.append(below)

    ways, covered = collections.OrderedDict(), set()
    for name, definition in sorted(definitions.items()):
        if name not in roots:
            continue
        for field, schema, below in edges(definition):
            is_end = merged(schema)
            if (name, field) in covered or not (is_end or (below and ends[below])):
                continue
            version, kind, before = roots[name]
            way = before + [(field, schema)] + ([] if is_end else ends[below])
            ways.setdefault((version, kind), []).append(way)
            covered.add((name, field))
            if below and is_end and ends[below] is None:
                continue
    objects, patches = [], []
    for (version, kind), list_of_ways in sorted(ways.items()):
        base = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}}
        patch = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}}
        for number, way in enumerate(list_of_ways):
            add_way(base, patch, way, f"k{number}")
        objects.append(base)
        patches.append(patch)
    case = Case("rules_merge_keys")
    case.write("objects.yaml", objects)
    case.write("patches.yaml", patches)
    case.write("kustomization.yaml", {"resources": ["objects.yaml"], "patches": [{"path": "patches.yaml"}]})
    case.finish()


def add_way(base, patch, way, key):
    for position, (field, schema) in enumerate(way):
        is_last = position + 1 == len(way)
        while isinstance(schema.get("additionalProperties"), dict):
            base, patch = base.setdefault(field, {}), patch.setdefault(field, {})
            field, schema = key, schema["additionalProperties"]
        if merged(schema):
            keys = keys_of(schema)
            if not keys:
                base.setdefault(field, []).append(key + "-base")
                patch.setdefault(field, []).append(key + "-patch")
                return
            one, other = {name: key for name in keys}, {name: key for name in keys}
            base.setdefault(field, []).append(one)
            patch.setdefault(field, []).append(other)
            if is_last:
                one["base"] = key
                other["patch"] = key
            base, patch = one, other
        else:
            base, patch = base.setdefault(field, {}), patch.setdefault(field, {})


def scopes_case(scopes):
    case = Case("rules_scopes")
    case.write("objects.yaml", [{"apiVersion": version, "kind": kind, "metadata": {"name": "x"}} for version, kind in scopes])
    case.write("kustomization.yaml", {"resources": ["objects.yaml"], "namespace": "new"})
    case.finish()


def main():
    specs = tables()
    places_case(specs)
    references_case(specs)
    variables_case(specs)
    definitions, scopes = bundle()
    types_case(definitions)
    scopes_case(scopes)


if __name__ == "__main__":
    main()
