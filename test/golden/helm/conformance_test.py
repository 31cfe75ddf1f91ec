#!/usr/bin/env python3
"""Runs the conformance cases for Helm next to the project, where they are; says so where they are not.

usage: conformance_test.py WEIR
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.environ.get("WEIR_CONFORMANCE_DIR") or os.path.join(HERE, *[".."] * 4, "shared", "conformance")
CHECK = os.path.join(FOLDER, "helm", "check.py")

if not os.path.isfile(CHECK):
    print("no conformance cases: ../shared/conformance/helm (or $WEIR_CONFORMANCE_DIR) is absent")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)
sys.exit(subprocess.run([sys.executable, CHECK, sys.argv[1], "--diff", "--messages"]).returncode)
