#!/usr/bin/env python3
"""`make demo`: a commit in a real Git repository becomes objects in a real Kubernetes API server, step by step.

  demo.py [--binary build/release/weir] [--once]

--once is for machines: no waiting at the end, exit status 0 when every step was seen, 1 when one was not.
"""
import argparse
import os
import re
import shutil
import signal
import sys
import textwrap
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support", "python"))
import platform_repository  # noqa: E402
import weir  # noqa: E402
from git_server import GitServer  # noqa: E402
from kube import Kube, TimedOut, condition, is_ready  # noqa: E402
from processes import ROOT, ControlPlane, ControlPlaneError, scratch_folder  # noqa: E402
from registry import DockerRegistry  # noqa: E402

NAMESPACE = "flux-system"
SHOP = "shop"
STEP_LIMIT = 60     # seconds for what should take less than one


class DemoFailed(Exception):
    pass


class Screen:
    """Text for people. On a terminal the table below a step is redrawn in place until the step ends."""

    def __init__(self, stream=sys.stdout):
        self.stream, self.live = stream, stream.isatty()
        self.bold, self.dim, self.plain = ("\x1b[1m", "\x1b[2m", "\x1b[0m") if self.live else ("", "", "")

    def say(self, text=""):
        print(text, file=self.stream, flush=True)

    def step(self, title):
        self.say(f"\n{self.bold}==> {title}{self.plain}")

    def note(self, text):
        self.say(f"    {text}")

    def quote(self, text):
        for line in text.rstrip("\n").splitlines():
            self.say(f"    {self.dim}|{self.plain} {line}")

    def width(self):
        return shutil.get_terminal_size((120, 24)).columns


class Table:
    """What `kubectl get` would show of the demo's objects, redrawn until the block ends; then left as it is."""

    def __init__(self, screen, rows):
        self.screen, self.rows, self.done, self.drawn = screen, rows, threading.Event(), 0

    def __enter__(self):
        self.thread = threading.Thread(target=self.run, daemon=True)
        if self.screen.live:
            self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.done.set()
        if self.screen.live:
            self.thread.join()
        self.draw()

    def run(self):
        while not self.done.wait(0.1):
            self.draw()

    def draw(self):
        try:
            rows = [("OBJECT", "REVISION", "READY", "STATUS"), *self.rows()]
        except Exception as e:      # the API server may be busy; the table is no place to fail
            rows = [("OBJECT", "REVISION", "READY", "STATUS"), ("-", "-", "-", str(e))]
        widths = [max(len(r[i]) for r in rows) for i in range(3)]
        lines = []
        for row in rows:
            line = "    " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths)) + "  " + row[3]
            lines.append(line[:self.screen.width() - 1])
        if self.screen.live and self.drawn:
            self.screen.stream.write(f"\x1b[{self.drawn}F\x1b[J")
        self.screen.say("\n".join(lines))
        self.drawn = len(lines)


class Demo:
    def __init__(self, binary, once):
        self.binary, self.once = binary, once
        self.screen = Screen()
        self.controllers, self.plane, self.git, self.registry, self.folder = [], None, None, None, None
        self.objects = [("GitRepository", "platform"), ("Kustomization", "infrastructure"), ("Kustomization", "order-service")]

    # -- life -------------------------------------------------------------------------------------------------
    def run(self):
        try:
            self.prepare()
            self.first_sync()
            self.push()
            self.new_tag()
            self.prune()
            self.broken()
            self.look_around()
            return 0
        except (DemoFailed, TimedOut, ControlPlaneError, AssertionError) as e:
            self.failed(e)
            return 1
        finally:
            self.close()

    def failed(self, error):
        say = self.screen.say
        say(f"\n*** the demo failed: {error}")
        for controller in self.controllers:
            say(f"\n--- the end of {controller.name}'s log")
            say(controller.tail(12))
        if self.plane:
            self.plane.failed = True

    def close(self):
        for controller in self.controllers:
            controller.kill()
        if self.git:
            self.git.stop()
        if self.registry:
            self.registry.stop()
        if self.plane:
            self.plane.stop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- steps ------------------------------------------------------------------------------------------------
    def prepare(self):
        screen = self.screen
        screen.step("A control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and kwok as the node")
        begin = time.monotonic()
        self.plane = ControlPlane(crds=[os.path.join(ROOT, "crds")], controller_manager=True, scheduler=True, kwok=True,
                                  log=sys.stdout)
        try:
            self.plane.start()
        except BaseException:
            self.plane.failed = True
            raise
        self.kube = Kube(self.plane.describe())
        self.kube.namespace(NAMESPACE)
        screen.note(f"ready at {self.plane.server} in {time.monotonic() - begin:.1f} s")

        screen.step("A Git repository, served over smart HTTP")
        self.folder = scratch_folder("weir-demo-")
        self.git = GitServer(os.path.join(self.folder, "git"))
        self.repository = self.git.repository("platform", platform_repository.FILES)
        screen.note(self.repository.url)
        screen.quote(self.repository.git("ls-tree", "-r", "--name-only", "HEAD"))

        screen.step("The controllers, a process each")
        self.start(weir.source_controller, weir.kustomize_controller)

    def start(self, *makers):
        begin = time.monotonic()
        for make in makers:
            controller = make(self.plane.kubeconfig, self.folder, executable=self.binary)
            self.controllers.append(controller)
            controller.start()
            self.screen.note(" ".join([os.path.relpath(controller.argv[0]), *controller.argv[1:2], "..."]))
        self.screen.note(f"both ready in {time.monotonic() - begin:.2f} s")

    def first_sync(self):
        self.screen.step("A GitRepository and two Kustomizations: infrastructure, then order-service, which depends on it")
        begin = time.monotonic()
        for obj in platform_repository.objects(NAMESPACE, self.repository.url):
            self.kube.create(obj)
        with Table(self.screen, self.rows):
            self.ready("infrastructure")
            self.ready("order-service")
        order = [self.kube.get("Namespace", SHOP), self.deployment()]
        first, second = (o["metadata"]["creationTimestamp"] for o in order)
        if first > second:
            raise DemoFailed("the order service was applied before its infrastructure")
        self.screen.note(f"from nothing to a running order service in {time.monotonic() - begin:.1f} s")

    def push(self):
        tag = "2.1.0"
        self.screen.step(f"A commit: order-service goes to {tag}")
        files = {platform_repository.PROD: platform_repository.FILES[platform_repository.PROD].replace("2.0.0", tag)}
        commit = self.commit(files, f"order-service {tag}")
        begin = self.pushed
        with Table(self.screen, self.rows):
            self.wait_deployment(lambda d: image_of(d).endswith(":" + tag), f"image {tag}")
            applied = time.monotonic() - begin
            self.ready("order-service", commit)
            ready = time.monotonic() - begin
        self.screen.note(f"push to applied: {applied * 1000:.0f} ms; rolled out and Ready after {ready:.1f} s")

    def new_tag(self):
        tag, image = "2.2.0", "team/order-service"
        screen = self.screen
        screen.step("A registry, and the two image controllers: new tags shall find their way into Git by themselves")
        if not DockerRegistry.is_there():
            raise DemoFailed("there is no docker-registry: install the Debian package of that name")
        self.registry = DockerRegistry(os.path.join(self.folder, "registry"))
        self.registry.push(image, "2.1.0")
        self.start(weir.image_reflector_controller, weir.image_automation_controller)
        for obj in platform_repository.image_objects(NAMESPACE, f"{self.registry.address}/{image}"):
            self.kube.create(obj)
        self.kube.wait("ImageUpdateAutomation", "releases", NAMESPACE, lambda o: is_ready(o), STEP_LIMIT, "a first look")

        screen.step(f"The tag {tag} is pushed to the registry; nobody touches Git or the cluster")
        before = self.repository.head()
        self.registry.push(image, tag)
        begin = time.monotonic()
        self.kube.request_reconcile("ImageRepository", "order-service", NAMESPACE)
        hops = []
        with Table(screen, self.rows):
            self.kube.wait("ImagePolicy", "order-service", NAMESPACE,
                           lambda o: o["status"]["latestRef"]["tag"] == tag, STEP_LIMIT, f"the tag {tag} selected")
            hops.append(("selected by the ImagePolicy", time.monotonic()))
            while self.repository.head() == before:
                if time.monotonic() > begin + STEP_LIMIT:
                    raise DemoFailed("no commit in Git")
            hops.append(("committed to Git", time.monotonic()))
            self.wait_deployment(lambda d: image_of(d).endswith(":" + tag), f"image {tag}")
            hops.append(("in the Deployment", time.monotonic()))
            self.ready("order-service", self.repository.head())
        for what, at in hops:
            screen.note(f"{(at - begin) * 1000:5.0f} ms  {what}")
        self.repository.take()
        screen.quote(self.repository.git("show", "--unified=0", "--format=%h %an: %s"))

    def prune(self):
        self.screen.step("A manifest is removed from Git: apps/order-service/base/feature-flags.yaml")
        if self.kube.get("ConfigMap", "feature-flags", SHOP) is None:
            raise DemoFailed("ConfigMap shop/feature-flags was not applied")
        base = platform_repository.FILES[platform_repository.BASE].replace("- feature-flags.yaml\n", "")
        commit = self.commit({platform_repository.FLAGS: None, platform_repository.BASE: base}, "drop the feature flags")
        begin = self.pushed
        with Table(self.screen, self.rows):
            self.kube.wait_gone("ConfigMap", "feature-flags", SHOP, STEP_LIMIT)
            pruned = time.monotonic() - begin
            self.ready("order-service", commit)
        self.screen.note(f"push to pruned: {pruned * 1000:.0f} ms; ConfigMap shop/feature-flags is gone from the cluster")

    def broken(self):
        path, line = platform_repository.SERVICE, platform_repository.BROKEN_LINE
        self.screen.step(f"A manifest is broken: line {line} of {path}")
        good = platform_repository.FILES[path]
        bad = good.replace(platform_repository.GOOD_TEXT, platform_repository.BROKEN_TEXT)
        self.screen.quote("\n".join(bad.splitlines()[line - 3:line + 1]))
        before = self.kube.get("Service", "order-service", SHOP)
        self.commit({path: bad}, "oops")
        with Table(self.screen, self.rows):
            obj = self.kube.wait_condition("Kustomization", "order-service", NAMESPACE, "Ready", "False", "BuildFailed", timeout=STEP_LIMIT)
        ready = condition(obj)
        self.screen.note(f"{ready['reason']}:")
        self.screen.quote("\n".join(textwrap.wrap(ready["message"], max(40, self.screen.width() - 8))))
        if os.path.basename(path) not in ready["message"] or not re.search(rf"\b{line}\b", ready["message"]):
            raise DemoFailed(f"the condition does not name {path} and line {line}: {ready['message']}")
        after = self.kube.get("Service", "order-service", SHOP)
        if after is None or after["spec"] != before["spec"] or not is_available(self.deployment()):
            raise DemoFailed("the last good state is not there any more")
        self.screen.note("the last good state stays: Deployment and Service are unchanged and available")
        commit = self.commit({path: good}, "mend the service")
        begin = self.pushed
        with Table(self.screen, self.rows):
            self.ready("order-service", commit)
        self.screen.note(f"mended by the next commit, {time.monotonic() - begin:.1f} s after its push")

    def look_around(self):
        for controller in self.controllers:
            controller.check()
        self.screen.step("Done. To look around:")
        self.screen.quote(textwrap.dedent(f"""\
            export KUBECONFIG={self.plane.kubeconfig}
            {self.plane.binaries['kubectl']} get gitrepositories,kustomizations,imagerepositories,imagepolicies,imageupdateautomations -A
            {self.plane.binaries['kubectl']} get all,configmaps -n {SHOP}
            git clone {self.repository.url}        (commit, push, and watch; the interval is 10 s)
            """) + "".join(
                f"curl {c.metrics_url}              (metrics of {c.name})\n" for c in self.controllers) +
            "tail -f " + " ".join(c.log_path for c in self.controllers))
        if self.once:
            return
        self.screen.say("\nCtrl-C ends the demo and removes everything.")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
        self.screen.say()

    # -- help -------------------------------------------------------------------------------------------------
    def commit(self, files, message):
        """Commits, pushes, and asks for a look as a webhook would; `pushed` is the moment the push began."""
        self.pushed = time.monotonic()
        commit = self.repository.commit(files, message)
        self.kube.request_reconcile("GitRepository", "platform", NAMESPACE)
        self.screen.note(f"pushed {commit[:12]} \"{message}\", and asked for a look as a webhook would")
        return commit

    def ready(self, name, commit=None):
        deadline = time.monotonic() + STEP_LIMIT
        while True:
            for controller in self.controllers:
                controller.check()
            try:
                return self.kube.wait_ready("Kustomization", name, NAMESPACE, 1, commit)
            except TimedOut:
                if time.monotonic() > deadline:
                    raise

    def deployment(self):
        return self.kube.get("Deployment", "order-service", SHOP)

    def wait_deployment(self, accept, what):
        self.kube.wait("Deployment", "order-service", SHOP, lambda d: d is not None and accept(d), STEP_LIMIT, what)

    def rows(self):
        rows = []
        for kind, name in self.objects:
            obj = self.kube.get(kind, name, NAMESPACE)
            status = (obj or {}).get("status", {})
            revision = status.get("lastAppliedRevision") or status.get("artifact", {}).get("revision") or "-"
            ready = condition(obj) or {"status": "-", "message": "waiting to be reconciled"}
            rows.append((f"{kind}/{name}", short(revision), ready["status"], short(ready["message"].splitlines()[0])))
        deployment = self.deployment()
        if deployment:
            status = deployment.get("status", {})
            rows.append((f"Deployment/{SHOP}/order-service", image_of(deployment).rsplit(":", 1)[-1],
                         str(is_available(deployment)),
                         f"{status.get('availableReplicas', 0)} of {deployment['spec']['replicas']} replicas available"))
        return rows


def short(text):
    """Commit ids as Flux's command line shows them: eight digits."""
    return re.sub(r"\b([0-9a-f]{8})[0-9a-f]{32}\b", r"\1", text)


def image_of(deployment):
    return deployment["spec"]["template"]["spec"]["containers"][0]["image"]


def is_available(deployment):
    status = (deployment or {}).get("status", {})
    return any(c["type"] == "Available" and c["status"] == "True" for c in status.get("conditions", []))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, "build", "release", "weir"))
    parser.add_argument("--once", action="store_true")
    args = parser.parse_args()
    if not os.access(args.binary, os.X_OK):
        sys.exit(f"demo: no executable {args.binary}, run `make build`")
    try:
        return Demo(os.path.abspath(args.binary), args.once).run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
