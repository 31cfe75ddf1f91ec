#!/usr/bin/env python3
"""Checks the golden cases against kustomize 5.8.2: where it builds, expected.yaml is what it prints.

usage: cases_test.py [--build]      (skipped with status 77 while kustomize is not built)

The cases that render Helm charts (helm_*) need a helm program as well, $HELM or the one of test/chart; they are left out without
it. A case that weir refuses by design although kustomize builds it holds a file "deviation" that says why.
"""
import os
import subprocess
import sys

import reference

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "chart"))
import helm_program  # noqa: E402

CASES = os.path.join(HERE, "cases")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    program = reference.ensure() if "--build" in sys.argv else reference.find()
    if not program:
        print("kustomize 5.8.2 is not built (make kustomize builds it): golden cases not compared with it")
        return 1 if os.environ.get("CI") == "true" else 77
    bad = []
    names = sorted(name for name in os.listdir(CASES) if os.path.isdir(os.path.join(CASES, name)))
    helm = helm_program.find()
    if not helm:
        print("helm is not built: the cases helm_* are not compared with it")
        names = [name for name in names if not name.startswith("helm_")]
    for name in names:
        folder = os.path.join(CASES, name)
        path = os.path.join(folder, "arguments")
        words = read(path).decode().split() if os.path.exists(path) else ["."]
        command = [program, "build", os.path.join(folder, words[0])] + words[1:]
        environment = dict(os.environ)
        if helm and "--enable-helm" in words:
            environment["PATH"] = os.path.dirname(os.path.abspath(helm)) + os.pathsep + environment.get("PATH", "")
        done = subprocess.run(command, capture_output=True, env=environment)
        expected = os.path.join(folder, "expected.yaml")
        if os.path.exists(os.path.join(folder, "deviation")):
            continue
        if os.path.exists(expected) != (done.returncode == 0):
            bad.append(f"{name}: kustomize ended with status {done.returncode}: {done.stderr.decode()[-300:]}")
        elif done.returncode == 0 and done.stdout.replace(b"kustomize-v5.8.2", b"kustomize-(devel)") != read(expected):
            bad.append(f"{name}: kustomize prints something else")
    print("\n".join(bad + [f"{len(names)} cases, {len(bad)} differ"]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
