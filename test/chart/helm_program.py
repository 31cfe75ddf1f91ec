"""The helm program that the chart's tests use: found, or built from the Go module proxy.

$HELM wins; else the cache folder, else a build into it (about two minutes, once). The versions are pinned by go.mod and
go.sum in helm/. It is a test tool: nothing of it is in the product.
"""
import fcntl
import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = os.path.join(HERE, "helm")
sys.path.insert(0, os.path.join(HERE, "..", "controlplane"))
import binaries  # noqa: E402

VERSION = "v4.3.1"


def path():
    """Where the program is or would be built to."""
    if os.environ.get("HELM"):
        return os.environ["HELM"]
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        with open(os.path.join(MODULE, name), "rb") as file:
            digest.update(file.read())
    return os.path.join(binaries.cache_root(), "helm", f"{VERSION}-{digest.hexdigest()[:12]}", "helm")


def find():
    """The program, or None when it has not been built."""
    return path() if os.access(path(), os.X_OK) else None


def ensure(log=sys.stderr):
    """The program; builds it when it is missing. @raises binaries.BinariesError"""
    program = path()
    if not find():
        os.makedirs(os.path.dirname(program), exist_ok=True)
        with open(os.path.join(os.path.dirname(program), ".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not find():
                print(f"helm: building {VERSION} from its Go module (about two minutes, once)", file=log, flush=True)
                part = program + ".part"
                binaries._run_go(binaries._go(log), ["build", "-trimpath", "-ldflags", "-s -w", "-o", part,
                                                     "helm.sh/helm/v4/cmd/helm"], MODULE)
                os.rename(part, program)
    return program


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
    try:
        print(ensure())
    except binaries.BinariesError as problem:
        sys.exit(f"helm: {problem}")
