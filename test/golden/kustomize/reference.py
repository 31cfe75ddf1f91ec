"""The kustomize program that the tests compare with: found, or built from the Go module proxy.

$KUSTOMIZE wins; else the cache folder, else a build into it (about a minute, once). The versions are pinned by go.mod and
go.sum in reference/. It is a test tool: nothing of it is in the product.
"""
import fcntl
import hashlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = os.path.join(HERE, "reference")
sys.path.insert(0, os.path.join(HERE, "..", "..", "controlplane"))
import binaries  # noqa: E402


def path():
    """Where the program is or would be built to."""
    if os.environ.get("KUSTOMIZE"):
        return os.environ["KUSTOMIZE"]
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        with open(os.path.join(MODULE, name), "rb") as file:
            digest.update(file.read())
    return os.path.join(binaries.cache_root(), "kustomize", f"v5.8.2-{digest.hexdigest()[:12]}", "kustomize")


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
                print("kustomize: building 5.8.2 from its Go module (about a minute, once)", file=log, flush=True)
                part = program + ".part"
                binaries._run_go(binaries._go(log), ["build", "-trimpath", "-ldflags", "-s -w", "-o", part, "sigs.k8s.io/kustomize/kustomize/v5"], MODULE)
                os.rename(part, program)
    return program


if __name__ == "__main__":
    try:
        print(ensure())
    except binaries.BinariesError as problem:
        sys.exit(f"kustomize: {problem}")
