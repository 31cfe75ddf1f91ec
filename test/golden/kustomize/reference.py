"""The kustomize program that the tests compare with: $KUSTOMIZE, or built from the Go module proxy (see GoProgram)."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "controlplane"))
from go_program import GoProgram  # noqa: E402

PROGRAM = GoProgram("kustomize", "KUSTOMIZE", os.path.join(HERE, "reference"), "sigs.k8s.io/kustomize/kustomize/v5", "v5.8.2",
                    "about a minute")
path, find, ensure = PROGRAM.path, PROGRAM.find, PROGRAM.ensure

if __name__ == "__main__":
    PROGRAM.main()
