"""The helm program that renderings are compared with: $HELM_REFERENCE, or built from the Go module proxy (see GoProgram).

It is the version whose output Weir keeps; the tests of Weir's own chart have a newer one (test/chart/helm_program.py).
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "controlplane"))
from go_program import GoProgram  # noqa: E402

PROGRAM = GoProgram("helm", "HELM_REFERENCE", os.path.join(HERE, "reference"), "helm.sh/helm/v4/cmd/helm", "v4.2.4",
                    "about two minutes")
path, find, ensure = PROGRAM.path, PROGRAM.find, PROGRAM.ensure

if __name__ == "__main__":
    PROGRAM.main()
