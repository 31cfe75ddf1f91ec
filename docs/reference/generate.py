#!/usr/bin/env python3
"""Writes the reference of each CRD, one page a kind, from the schemas in crds/.

  generate.py            write the pages beside this file
  generate.py --check    say which pages are not what they would be, and fail
"""
import os
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
CRDS = os.path.join(HERE, "..", "..", "crds")


def cell(text):
    """Text for one cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def type_of(schema):
    if schema.get("x-kubernetes-int-or-string"):
        return "integer or string"
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {type_of(schema['items'])}"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"map of {type_of(values)}" if isinstance(values, dict) else "object"
    return kind


def limits(schema):
    """What the schema refuses, in words."""
    out = []
    if "enum" in schema:
        out.append("one of " + ", ".join(f"`{value}`" for value in schema["enum"]))
    if "pattern" in schema:
        out.append(f"matches `{schema['pattern']}`")
    for key, words in (("minLength", "at least {} characters"), ("maxLength", "at most {} characters"), ("minimum", "at least {}"),
                       ("maximum", "at most {}"), ("minItems", "at least {} items"), ("maxItems", "at most {} items"),
                       ("maxProperties", "at most {} entries")):
        if key in schema:
            out.append(words.format(schema[key]))
    if "default" in schema:
        default = schema["default"]
        out.append(f"default `{str(default).lower() if isinstance(default, bool) else default}`")
    return "; ".join(out)


def rows(schema, path, out):
    """One row for each field below a schema, parents before their children."""
    required = set(schema.get("required", []))
    for name, field in schema.get("properties", {}).items():
        here = f"{path}.{name}"
        out.append((here, type_of(field), "yes" if name in required else "", field.get("description", ""), limits(field)))
        below = field
        while below.get("type") == "array":
            below, here = below["items"], here + "[]"
        if isinstance(below.get("additionalProperties"), dict):
            below, here = below["additionalProperties"], here + ".*"
        rows(below, here, out)


def rules(schema, path, out):
    for rule in schema.get("x-kubernetes-validations", []):
        out.append((path, rule.get("message") or rule["rule"]))
    for name, field in schema.get("properties", {}).items():
        rules(field, f"{path}.{name}", out)
    if isinstance(schema.get("items"), dict):
        rules(schema["items"], path + "[]", out)


def page(crd):
    spec = crd["spec"]
    stored = next(v for v in spec["versions"] if v["storage"])
    schema = stored["schema"]["openAPIV3Schema"]
    names = spec["names"]
    lines = [f"# {names['kind']}", "", "<!-- Made by generate.py from crds/: change the CRD, then run it. -->", "",
             cell(schema.get("description", "")), "",
             f"`apiVersion: {spec['group']}/{stored['name']}`, `kind: {names['kind']}`, for kubectl "
             + ", ".join(f"`{n}`" for n in [names["plural"], *names.get("shortNames", [])]) + ".", "",
             "| version | served | stored |", "| --- | --- | --- |"]
    for version in spec["versions"]:
        lines.append(f"| {version['name']} | {'yes' if version['served'] else 'no'} | {'yes' if version['storage'] else ''} |")
    for part in ("spec", "status"):
        found = []
        rows(schema["properties"][part], part, found)
        lines += ["", f"## {part}", "", "| field | type | required | meaning | limits |", "| --- | --- | --- | --- | --- |"]
        lines += [f"| `{path}` | {kind} | {required} | {cell(text)} | {cell(limit)} |" for path, kind, required, text, limit in found]
    found = []
    rules(schema["properties"]["spec"], "spec", found)
    if found:
        lines += ["", "## Refused by the API server", "", "| field | rule |", "| --- | --- |"]
        lines += [f"| `{path}` | {cell(text)} |" for path, text in found]
    return "\n".join(lines) + "\n"


def pages():
    """File name → text."""
    out = {}
    for name in sorted(os.listdir(CRDS)):
        if not name.endswith(".yaml"):
            continue
        with open(os.path.join(CRDS, name)) as f:
            document = yaml.safe_load(f)
        if document["kind"] == "CustomResourceDefinition":
            out[name.replace(".yaml", ".md")] = page(document)
    return out


def main():
    stale = []
    for name, text in pages().items():
        path = os.path.join(HERE, name)
        try:
            with open(path) as f:
                same = f.read() == text
        except FileNotFoundError:
            same = False
        if not same:
            stale.append(name)
            if sys.argv[1:] != ["--check"]:
                with open(path, "w") as f:
                    f.write(text)
    if stale and sys.argv[1:] == ["--check"]:
        sys.exit(f"docs/reference: not current: {', '.join(stale)}; run docs/reference/generate.py")


if __name__ == "__main__":
    main()
