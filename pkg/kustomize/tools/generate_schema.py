#!/usr/bin/env python3
"""Writes schema_data.cpp: what kustomize 5.8.2 knows of Kubernetes types, as a compact table.

Source: the OpenAPI description of Kubernetes v1.21.2 (Apache-2.0, the Kubernetes Authors) that the Go module
sigs.k8s.io/kustomize/kyaml v0.21.2 carries (Apache-2.0). Only facts are taken: which fields hold objects, which lists
merge by which keys, which kinds live in namespaces.

usage: generate_schema.py > schema_data.cpp      (needs go and the module proxy)
"""
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

MODULE = "sigs.k8s.io/kustomize/kyaml@v0.21.2"


def module_folder():
    with tempfile.TemporaryDirectory() as scratch:
        with open(os.path.join(scratch, "go.mod"), "w") as file:
            file.write("module schema\n")
        done = subprocess.run(["go", "mod", "download", "-json", MODULE], cwd=scratch, check=True, capture_output=True)
    return json.loads(done.stdout)["Dir"]


def reference(schema):
    target = schema.get("$ref", "")
    return target.removeprefix("#/definitions/") or None


class Table:
    """Types by number; 0 is an object of which nothing more is known."""

    def __init__(self, definitions):
        self.definitions = definitions
        self.numbers = {}
        self.rows = []

    def number(self, name):
        if name not in self.numbers:
            self.numbers[name] = len(self.numbers) + 1
        return self.numbers[name]

    def field(self, schema):
        """'' for what no merge has to look into: texts, numbers, lists that are replaced as a whole."""
        if reference(schema):
            target = self.definitions[reference(schema)]
            return "" if target.get("type") in ("string", "integer", "number", "boolean") else str(self.number(reference(schema)))
        if schema.get("type") == "array":
            if "merge" not in schema.get("x-kubernetes-patch-strategy", "").split(","):
                return ""
            keys = schema.get("x-kubernetes-list-map-keys")
            if keys is None:
                keys = [schema["x-kubernetes-patch-merge-key"]] if "x-kubernetes-patch-merge-key" in schema else []
            return "[" + ",".join(keys) + "]" + self.field(schema["items"])
        if schema.get("type") == "object" or "properties" in schema:
            if "properties" in schema:
                sys.exit("an inline object: the table has no form for it")
            inner = schema.get("additionalProperties")
            inner = self.field(inner) if isinstance(inner, dict) else ""
            return "*" + inner if inner else "0"
        return "" if "type" in schema else "0"

    def add(self, name):
        schema = self.definitions[name]
        fields = []
        for key, value in sorted(schema.get("properties", {}).items()):
            written = self.field(value)
            if written:
                fields.append(f"{key}={written}")
        self.rows.append((self.number(name), name, fields))


def gvks(definition):
    for entry in definition.get("x-kubernetes-group-version-kind", []):
        group = entry.get("group", "")
        yield (group + "/" if group else "") + entry["version"], entry["kind"]


def main():
    folder = os.path.join(module_folder(), "openapi")
    with gzip.open(os.path.join(folder, "kubernetesapi/data/kubernetes-openapi-union-v1.21.2.bundle-v1.json.gz")) as file:
        bundle = json.load(file)
    with open(os.path.join(folder, "kustomizationapi/swagger.json")) as file:
        own = json.load(file)["definitions"]
    with open(os.path.join(folder, "openapi.go")) as file:
        source = file.read()

    def write_types(table, names, definitions):
        print("    R\"(")
        for name in names:
            table.add(name)
        for number, name, fields in sorted(table.rows):
            print(" ".join([str(number), name] + fields))
        print(")\";\n")
        return [(version, kind, table.number(name)) for name in names for version, kind in gvks(definitions[name])]

    definitions = bundle["definitions"]
    print("// Written by tools/generate_schema.py; do not edit.")
    print("// Long: a table.")
    print("// Facts of the OpenAPI description of Kubernetes v1.21.2 and of kustomize 5.8.2 (Apache-2.0).")
    print('#include "pkg/kustomize/schema_data.hpp"\n\nnamespace weir::kustomize {\n')
    print("const std::string_view kTypeRows =")
    table = Table(definitions)
    names = sorted(definitions)
    for name in names:
        table.number(name)
    resources = write_types(table, names, definitions)
    print("const std::string_view kKustomizeTypeRows =")
    own_table = Table(own)
    own_names = sorted(own)
    for name in own_names:
        own_table.number(name)
    own_resources = write_types(own_table, own_names, own)

    print("const std::string_view kResourceRows =\n    R\"(")
    for row in sorted(resources):
        print(*row)
    print(")\";\n\nconst std::string_view kKustomizeResourceRows =\n    R\"(")
    for row in sorted(own_resources):
        print(*row)
    print(")\";\n")

    scopes = {}
    for version, kind, is_namespaced in re.findall(r'\{APIVersion: "([^"]+)", Kind: "([^"]+)"\}:\s+(true|false)', source):
        scopes[(version, kind)] = is_namespaced == "true"
    for resource in bundle["resources"]:
        if "scope" in resource:
            scopes.setdefault((resource["apiVersion"], resource["kind"]), resource["scope"] == "Namespaced")
    print(f"const ScopeRow kScopeRows[] = {{")
    for (version, kind), is_namespaced in sorted(scopes.items()):
        print(f'    {{"{version}", "{kind}", {str(is_namespaced).lower()}}},')
    print("};\nconst std::size_t kScopeRowCount = sizeof kScopeRows / sizeof kScopeRows[0];\n\n}  // namespace weir::kustomize")


if __name__ == "__main__":
    main()
