#!/usr/bin/env python3
"""Runs the conformance cases for Helm next to the project, where they are; says so where they are not.

usage: conformance_test.py WEIR
"""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.environ.get("WEIR_CONFORMANCE_DIR") or os.path.join(HERE, *[".."] * 4, "shared", "conformance")
CASES = os.path.join(FOLDER, "helm")
# Some ways of copying make files of links that hold where the link led to.
LINKS = ["folder-symlink/chart/more", "folder-symlink/chart/link.txt", "folder-symlink/chart/templates/b.yaml",
         "folder-symlink-broken/chart/nothing"]


def restore_links(cases):
    for link in LINKS:
        path = os.path.join(cases, link)
        with open(path) as file:
            target = file.read()
        os.chmod(os.path.dirname(path), 0o755)
        os.remove(path)
        os.symlink(target, path)


def main():
    check = os.path.join(CASES, "check.py")
    if not os.path.isfile(check):
        print("no conformance cases: ../shared/conformance/helm (or $WEIR_CONFORMANCE_DIR) is absent")
        return 1 if os.environ.get("CI") == "true" else 77
    with tempfile.TemporaryDirectory() as scratch:
        cases = CASES
        if all(os.path.isfile(os.path.join(CASES, link)) and not os.path.islink(os.path.join(CASES, link)) for link in LINKS):
            print("the cases have lost their links: they are run in a copy that has them")
            cases = shutil.copytree(CASES, os.path.join(scratch, "helm"))
            restore_links(cases)
        return subprocess.run([sys.executable, check, sys.argv[1], "--diff", "--messages", "--dir", cases]).returncode


sys.exit(main())
