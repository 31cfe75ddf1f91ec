#!/usr/bin/env python3
"""`make e2e-cluster`: the chart in a real cluster with real pods.

helm install of the chart as the first commit that had one packaged it, the way from a push to running pods, helm upgrade to the
present chart, a killed leader, helm test, and helm uninstall, which leaves what was applied alone.

It builds a node on this machine (see node.py; root on Debian 12), or takes the cluster of $KUBECONFIG; that one needs

  WEIR_IMAGE      the image's name and tag, which the cluster can pull
  WEIR_GIT_HOST   an address of this machine that the cluster's pods reach, for the Git server of the test
"""
import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support", "python"), os.path.join(HERE, "..", "chart")]
import helm_program  # noqa: E402
import images  # noqa: E402
import node  # noqa: E402
import weir  # noqa: E402
from git_server import GitServer  # noqa: E402
from kube import Kube, TimedOut, is_ready  # noqa: E402
from processes import ROOT  # noqa: E402

CHART = os.path.join(ROOT, "charts", "weir")
NAMESPACE = "flux-system"
CONTROLLERS = ("source-controller", "kustomize-controller", "image-reflector-controller", "image-automation-controller")

APP = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{{name: web, image: "{image}", imagePullPolicy: IfNotPresent}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: web}}
data: {{replicas: "{replicas}"}}
"""


class Failed(Exception):
    """Something is not as it should be."""


class Story:
    """One run: steps in order, each with its time."""

    def __init__(self, cluster, kubeconfig, image, git_host, pause, folder):
        self.cluster, self.kubeconfig, self.folder, self.pause = cluster, kubeconfig, folder, pause
        self.kube = Kube(cluster)
        self.repository, self.tag = image.rsplit(":", 1)
        self.git = GitServer(os.path.join(folder, "git"), host=git_host)

    def step(self, text):
        print(f"e2e-cluster: {text}", flush=True)

    def helm(self, *argv):
        begin = time.monotonic()
        done = helm_program.helm(*argv, folder=self.folder, kubeconfig=self.kubeconfig)
        if done.returncode:
            raise Failed(f"helm {' '.join(argv)}: {done.stderr.strip()}\n{self.pods()}")
        self.step(f"helm {argv[0]} done in {time.monotonic() - begin:.1f} s")
        return done.stdout

    def pods(self):
        lines = []
        for pod in self.kube.list("Pod"):
            for status in pod["status"].get("containerStatuses", []):
                lines.append(f"{pod['metadata']['namespace']}/{pod['metadata']['name']}: {json.dumps(status['state'])[:300]}")
        return "\n".join(lines)

    def values(self):
        return ["--set", f"image.repository={self.repository}", "--set", f"image.tag={self.tag}"]

    def first_chart(self):
        """The chart of the first commit that had one, packaged."""
        done = subprocess.run(["git", "log", "--diff-filter=A", "--format=%H", "--", "charts/weir/Chart.yaml"], cwd=ROOT,
                              capture_output=True, text=True)
        commits = done.stdout.split()
        if not commits:
            raise Failed("the history has no commit that added charts/weir: a whole clone is needed")
        where = os.path.join(self.folder, "first")
        os.makedirs(where)
        archive = subprocess.run(["git", "archive", commits[-1], "charts/weir"], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", where], input=archive, check=True)
        self.helm("package", os.path.join(where, "charts", "weir"), "--destination", where)
        return os.path.join(where, next(name for name in os.listdir(where) if name.endswith(".tgz"))), commits[-1][:8]

    def applied(self, commit, timeout=60):
        return self.kube.wait_ready("Kustomization", "shop", "shop", timeout, commit)

    def running(self, wanted, timeout=60):
        self.kube.wait("Deployment", "web", "shop", lambda d: d and d["status"].get("readyReplicas", 0) == wanted
                       and d["status"].get("replicas") == wanted, timeout, f"{wanted} running pods")

    def check(self, condition_, text):
        if not condition_:
            raise Failed(text)

    def run(self):
        package, commit = self.first_chart()
        self.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": {
            "pod-security.kubernetes.io/enforce": "restricted"}}})
        self.step(f"install from the chart of {commit}")
        self.helm("install", "weir", package, "-n", NAMESPACE, "--wait", "--timeout", "180s", *self.values())
        for name in ("gitrepositories.source.toolkit.fluxcd.io", "kustomizations.kustomize.toolkit.fluxcd.io"):
            crd = self.kube.get("CustomResourceDefinition", name)
            self.check(crd and "weir" in {f["manager"] for f in crd["metadata"]["managedFields"]}, f"{name} was not applied by the hook")

        repository = self.git.repository("shop", {"deploy/web.yaml": APP.format(replicas=1, image=self.pause)})
        self.kube.namespace("shop")
        self.kube.create({"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {"name": "shop", "namespace": "shop"},
                          "spec": {"url": repository.url, "interval": "5s", "ref": {"branch": "main"}}})
        self.kube.create({"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                          "metadata": {"name": "shop", "namespace": "shop"},
                          "spec": {"interval": "10m", "retryInterval": "2s", "path": "./deploy", "prune": True, "wait": True, "timeout": "1m",
                                   "targetNamespace": "shop", "sourceRef": {"kind": "GitRepository", "name": "shop"}}})
        begin = time.monotonic()
        self.applied(repository.git("rev-parse", "HEAD"))
        self.running(1)
        self.step(f"a repository became running pods in {time.monotonic() - begin:.1f} s")
        begin = time.monotonic()
        self.applied(repository.commit({"deploy/web.yaml": APP.format(replicas=2, image=self.pause)}))
        self.running(2)
        self.step(f"a push became running pods in {time.monotonic() - begin:.1f} s (the source's interval is 5 s)")

        logs = self.kubectl("-n", NAMESPACE, "logs", "deployment/kustomize-controller")
        messages = [json.loads(line).get("msg") for line in logs.splitlines() if line.startswith("{")]
        self.check("elected leader" in messages, f"kubectl logs: {logs[:500]}")
        self.step("kubectl logs shows the controller's log")

        web = self.kube.get("Deployment", "web", "shop")["metadata"]["uid"]
        self.helm("upgrade", "weir", CHART, "-n", NAMESPACE, "--wait", "--timeout", "180s", *self.values(), "--set", "logLevel=debug")
        self.check(self.kube.get("Deployment", "web", "shop")["metadata"]["uid"] == web, "the upgrade replaced an applied object")
        self.applied(repository.commit({"deploy/web.yaml": APP.format(replicas=1, image=self.pause)}), 90)
        self.running(1)
        self.step("a push after the upgrade was applied")

        lease = ("Lease", "kustomize-controller-leader-election", NAMESPACE)
        before = self.kube.get(*lease)["spec"]["holderIdentity"]
        begin = time.monotonic()
        self.kubectl("-n", NAMESPACE, "delete", "pod", "-l", "app=kustomize-controller", "--grace-period=0", "--force")
        self.kube.wait(*lease, lambda o: o["spec"].get("holderIdentity") not in (before, "", None), 40, "another leader")
        self.step(f"a killed leader was replaced after {time.monotonic() - begin:.1f} s, with the start of its pod")
        self.helm("test", "weir", "-n", NAMESPACE, "--timeout", "120s")

        self.helm("uninstall", "weir", "-n", NAMESPACE, "--wait", "--timeout", "120s")
        self.check(self.kube.get("Deployment", "web", "shop")["metadata"]["uid"] == web, "the uninstall touched an applied object")
        self.check(is_ready(self.kube.get("Kustomization", "shop", "shop")), "the uninstall touched a Kustomization")
        self.check(self.kube.list("Deployment", NAMESPACE) == [], "the uninstall left controllers")
        self.running(1)
        self.step("after the uninstall the applied objects are as they were")

    def kubectl(self, *argv):
        done = subprocess.run([node.binaries.find("kubectl"), "--kubeconfig", self.kubeconfig, *argv], capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"kubectl {' '.join(argv)}: {done.stderr.strip()}")
        return done.stdout

    def clean(self):
        """For a cluster that goes on: takes away what the test made. The CRDs stay."""
        helm_program.helm("uninstall", "weir", "-n", NAMESPACE, folder=self.folder, kubeconfig=self.kubeconfig)
        for kind in ("Kustomization", "GitRepository"):
            with contextlib.suppress(Exception):
                self.kube.merge(kind, "shop", "shop", {"metadata": {"finalizers": None}})
        for name in ("shop", NAMESPACE):
            self.kube.delete("Namespace", name)


def image_archive(folder):
    """(name, archive): what `make image` left, when it is newer than the program; else the same files without a daemon."""
    built = os.path.join(ROOT, "build", "image.tar")
    if os.path.exists(built) and os.path.getmtime(built) > os.path.getmtime(weir.binary()):
        return None, built
    root = os.path.join(folder, "image-root")
    subprocess.run([os.path.join(ROOT, "cmake", "image", "root"), weir.binary(), root], check=True)
    name = "weir:e2e"
    return name, images.pack(root, name, os.path.join(folder, "image.tar"),
                             {"Env": ["PATH=/usr/local/bin", "HOME=/tmp"], "User": "65532:65532"})


def connection(kubeconfig):
    """What test/support's client needs, read by kubectl."""
    shown = json.loads(subprocess.run([node.binaries.find("kubectl"), "--kubeconfig", kubeconfig, "config", "view", "--raw", "--minify",
                                       "--flatten", "-o", "json"], capture_output=True, text=True, check=True).stdout)
    cluster, user = shown["clusters"][0]["cluster"], shown["users"][0]["user"]
    if "token" not in user:
        raise Failed("e2e-cluster needs a kubeconfig with a token")
    ca = os.path.join(tempfile.mkdtemp(prefix="weir-e2e-ca-"), "ca.crt")
    with open(ca, "wb") as f:
        f.write(base64.b64decode(cluster["certificate-authority-data"]))
    return {"server": cluster["server"], "ca": ca, "token": user["token"]}


def on_a_given_cluster(kubeconfig, folder):
    for name in ("WEIR_IMAGE", "WEIR_GIT_HOST"):
        if not os.environ.get(name):
            raise Failed(f"with KUBECONFIG, {name} must be set: see the head of test/cluster/e2e.py")
    story = Story(connection(kubeconfig), kubeconfig, os.environ["WEIR_IMAGE"], os.environ["WEIR_GIT_HOST"],
                  os.environ.get("WEIR_PAUSE_IMAGE", "registry.k8s.io/pause:3.10"), folder)
    try:
        story.run()
    finally:
        story.clean()


def on_a_node(folder):
    reason = node.missing()
    if reason:
        raise Failed(f"{reason}; or set KUBECONFIG")
    begin = time.monotonic()
    with node.Node() as cluster:
        print(f"e2e-cluster: a node is ready after {time.monotonic() - begin:.1f} s in {cluster.folder}", flush=True)
        name, archive = image_archive(folder)
        cluster.load(archive)
        if name is None:
            name = json.loads(subprocess.run(["tar", "-xOf", archive, "manifest.json"], capture_output=True, check=True).stdout)[0]["RepoTags"][0]
        made = "of make image" if archive.startswith(ROOT) else "with the root that make image makes"
        print(f"e2e-cluster: image {name}, {made}", flush=True)
        Story(cluster.describe(), cluster.kubeconfig, name, node.GATEWAY, node.PAUSE, folder).run()


def main():
    folder = tempfile.mkdtemp(prefix="weir-e2e-cluster-", dir="/var/tmp")
    begin = time.monotonic()
    try:
        helm_program.ensure()
        if os.environ.get("KUBECONFIG"):
            on_a_given_cluster(os.environ["KUBECONFIG"], folder)
        else:
            on_a_node(folder)
    except (Failed, node.NodeError, node.binaries.BinariesError, TimedOut) as problem:
        sys.exit(f"e2e-cluster: FAILED: {problem}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"e2e-cluster: passed after {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
