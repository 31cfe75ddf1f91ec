"""The programs of a real node besides those of the control plane, from the Go module proxy: kubelet, kube-proxy and
kube-scheduler v1.34.4 (the newest that runs on cgroup v1), CoreDNS. Built once into the cache folder, about six minutes.

  programs.py    build what is missing; print the folder
"""
import hashlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "controlplane"))
import binaries  # noqa: E402

RELEASE = "v1.34.4"
# program -> (folder of its go.mod, package)
PROGRAMS = {
    "kubelet": ("kubelet", "k8s.io/kubernetes/cmd/kubelet"),
    "kube-proxy": ("kubelet", "k8s.io/kubernetes/cmd/kube-proxy"),
    "kube-scheduler": ("kubelet", "k8s.io/kubernetes/cmd/kube-scheduler"),
    "coredns": ("coredns", "github.com/coredns/coredns"),
}


def folder():
    digest = hashlib.sha256()
    for module in sorted({module for module, _ in PROGRAMS.values()}):
        for name in ("go.mod", "go.sum"):
            with open(os.path.join(HERE, module, name), "rb") as f:
                digest.update(f.read())
    return os.path.join(binaries.cache_root(), "cluster", f"{RELEASE}-{digest.hexdigest()[:12]}")


def ensure(log=sys.stderr):
    """Builds what is missing; returns {name: path}. @raises binaries.BinariesError"""
    paths = {name: os.path.join(folder(), name) for name in PROGRAMS}
    for name, (module, package) in PROGRAMS.items():
        if not os.access(paths[name], os.X_OK):
            print(f"node: building {name} (once)", file=log, flush=True)
            link = "-s -w" + (f" -X k8s.io/component-base/version.gitVersion={RELEASE}" if module == "kubelet" else "")
            binaries.build(binaries.find_go(log), os.path.join(HERE, module), package, paths[name], link)
    return paths


if __name__ == "__main__":
    try:
        ensure()
        print(folder())
    except binaries.BinariesError as problem:
        sys.exit(f"node: {problem}")
