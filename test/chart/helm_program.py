"""The helm program that the chart's tests use: $HELM, or built from the Go module proxy (see GoProgram)."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "controlplane"))
from go_program import GoProgram  # noqa: E402

PROGRAM = GoProgram("helm", "HELM", os.path.join(HERE, "helm"), "helm.sh/helm/v4/cmd/helm", "v4.3.1", "about two minutes")
path, find, ensure = PROGRAM.path, PROGRAM.find, PROGRAM.ensure


def require():
    """For a test's main: without the program it ends as skipped (status 77), or fails in CI."""
    if not find():
        print("no helm program: run `make helm`", file=sys.stderr)
        sys.exit(1 if os.environ.get("WEIR_REQUIRE_CONTROL_PLANE") == "1" else 77)


def helm(*argv, folder, kubeconfig=None, input=None):
    """Runs helm with its caches below `folder`; returns the CompletedProcess."""
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "HELM_CACHE_HOME": f"{folder}/cache",
                   "HELM_CONFIG_HOME": f"{folder}/config", "HELM_DATA_HOME": f"{folder}/data"}
    if kubeconfig:
        environment["KUBECONFIG"] = kubeconfig
    return subprocess.run([path(), *argv], capture_output=True, text=True, env=environment, input=input, timeout=300)


if __name__ == "__main__":
    PROGRAM.main()
