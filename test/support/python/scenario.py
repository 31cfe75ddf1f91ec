"""The frame of an e2e file: one control plane, one Git server and the controllers for the file; a fresh namespace for each test.

A file ends with `scenario.main()`. Secrets that a test uses are given to `self.keep_secret(text)`; at the end of the file
they must be in no log, event or status.
"""
import base64
import json
import os
import re
import shutil
import sys
import traceback
import unittest

import weir
from git_server import GitServer
from kube import Kube, condition, is_ready
from processes import ROOT, ControlPlane, require_control_plane, scratch_folder


def config_map(name, namespace=None, **data):
    """The text of a ConfigMap manifest."""
    lines = ["apiVersion: v1", "kind: ConfigMap", "metadata:", f"  name: {name}"]
    if namespace:
        lines.append(f"  namespace: {namespace}")
    lines += ["data:"] + [f"  {key}: {json.dumps(value)}" for key, value in (data or {"key": "value"}).items()]
    return "\n".join(lines) + "\n"


class Scenario(unittest.TestCase):
    maxDiff = None
    # what a file may ask for
    controller_manager = False
    kwok = False
    source_flags = ()
    kustomize_flags = ()
    image_reflector_flags = None    # a tuple: that controller runs as well
    image_automation_flags = None   # likewise
    users = {}      # identities besides admin: name -> groups

    @classmethod
    def prepare(cls):
        """For a file's own set-up: called when the API server answers and no controller runs yet."""

    @classmethod
    def kubeconfig_of(cls, controller):
        """The kubeconfig that a controller gets."""
        return cls.plane.kubeconfig

    @classmethod
    def setUpClass(cls):
        cls.secrets, cls.number = [], 0
        cls.folder = scratch_folder("weir-e2e-")
        cls.broken = False
        cls.addClassCleanup(cls._close)
        cls.plane = ControlPlane(crds=[os.path.join(ROOT, "crds")], controller_manager=cls.controller_manager or cls.kwok,
                                 scheduler=cls.kwok, kwok=cls.kwok, users=cls.users)
        try:
            cls.plane.start()
            cls.kube = Kube(cls.plane.describe())
            cls.kube.namespace("flux-system")
            cls.git = GitServer(os.path.join(cls.folder, "git"))
            cls.prepare()
            cls.source = weir.source_controller(cls.kubeconfig_of("source-controller"), cls.folder, *cls.source_flags)
            cls.kustomize = weir.kustomize_controller(cls.kubeconfig_of("kustomize-controller"), cls.folder, *cls.kustomize_flags)
            cls.controllers = [cls.source, cls.kustomize]
            if cls.image_reflector_flags is not None:
                cls.images = weir.image_reflector_controller(cls.kubeconfig_of("image-reflector-controller"), cls.folder,
                                                             *cls.image_reflector_flags)
                cls.controllers.append(cls.images)
            if cls.image_automation_flags is not None:
                cls.automation = weir.image_automation_controller(cls.kubeconfig_of("image-automation-controller"), cls.folder,
                                                                  *cls.image_automation_flags)
                cls.controllers.append(cls.automation)
            for controller in cls.controllers:
                controller.start()
        except BaseException:
            cls.broken = True
            raise

    @classmethod
    def tearDownClass(cls):
        cls.look_for_secrets()

    @classmethod
    def _close(cls):
        for controller in getattr(cls, "controllers", []):
            controller.kill()
        if hasattr(cls, "git"):
            cls.git.stop()
        cls.plane.failed = cls.plane.failed or cls.broken
        cls.plane.stop()
        if cls.broken:
            print(f"controllers: logs kept in {cls.folder}", file=sys.stderr)
        else:
            shutil.rmtree(cls.folder, ignore_errors=True)

    def setUp(self):
        type(self).number += 1
        self.ns = self.kube.namespace(f"test-{type(self).number}")

    def tearDown(self):
        for controller in self.controllers:
            controller.check()

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            type(self).broken = True
            for controller in self.controllers:
                print(f"--- the end of {controller.name}'s log, {self.id()}\n{controller.tail(8, 600)}", file=sys.stderr)
        return result

    # -- objects ------------------------------------------------------------------------------------------------
    def repository(self, files, name="repo"):
        """A Git repository of this test alone, with a first commit; `name` also becomes its GitRepository's name."""
        return self.git.repository(f"{self.ns}-{name}", files)

    def git_repository(self, url, name="repo", **spec):
        """Creates a GitRepository."""
        return self.kube.create({"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                                 "metadata": {"name": name, "namespace": self.ns},
                                 "spec": {"url": url, "interval": "10m", "ref": {"branch": "main"}, **spec}})

    def kustomization(self, name="app", source="repo", **spec):
        """Creates a Kustomization that prunes and puts everything into the test's namespace."""
        body = {"interval": "10m", "prune": True, "path": "./", "targetNamespace": self.ns, "timeout": "30s",
                "retryInterval": "1s", "sourceRef": {"kind": "GitRepository", "name": source}, **spec}
        return self.kube.create({"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                                 "metadata": {"name": name, "namespace": self.ns},
                                 "spec": {k: v for k, v in body.items() if v is not None}})

    def image_repository(self, image, name="app", **spec):
        """Creates an ImageRepository."""
        return self.kube.create({"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImageRepository",
                                 "metadata": {"name": name, "namespace": self.ns},
                                 "spec": {"image": image, "interval": "10m", **spec}})

    def image_policy(self, name="app", repository="app", policy=None, **spec):
        """Creates an ImagePolicy; any semantic version when no policy is given."""
        return self.kube.create({"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImagePolicy",
                                 "metadata": {"name": name, "namespace": self.ns},
                                 "spec": {"imageRepositoryRef": {"name": repository},
                                          "policy": policy or {"semver": {"range": "*"}}, **spec}})

    def selected(self, tag, name="app", image="registry.example.com/team/app", **more):
        """Creates an ImagePolicy if it is missing, and says in its status that it selected that tag: no registry needed."""
        if self.kube.get("ImagePolicy", name, self.ns) is None:
            self.image_policy(name, suspend=True)
        self.kube.merge("ImagePolicy", name, self.ns, {"status": {"latestRef": {"name": image, "tag": tag, **more}}},
                        subresource="status")

    def image_update_automation(self, name="update", source="repo", git=None, **spec):
        """Creates an ImageUpdateAutomation that writes below ./apps; `git` is merged over the author."""
        author = {"commit": {"author": {"name": "Robot", "email": "robot@example.com"}}}
        return self.kube.create({"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImageUpdateAutomation",
                                 "metadata": {"name": name, "namespace": self.ns},
                                 "spec": {"sourceRef": {"kind": "GitRepository", "name": source}, "interval": "10m",
                                          "git": {**author, **(git or {})}, "update": {"path": "./apps"}, **spec}})

    def automated(self, name="update", timeout=15, **wanted):
        """Waits until the ImageUpdateAutomation is Ready with these status fields."""
        return self.kube.wait("ImageUpdateAutomation", name, self.ns, lambda o: is_ready(o) and all(
            o["status"].get(key) == value for key, value in wanted.items()), timeout, f"a run with {wanted}")

    def pushed(self, name="update", after=None, timeout=15):
        """Waits until the ImageUpdateAutomation is Ready and has pushed (another commit than `after`); returns the commit."""
        obj = self.kube.wait("ImageUpdateAutomation", name, self.ns, lambda o: is_ready(o) and
                             o["status"].get("lastPushCommit") not in (None, after), timeout, "a pushed commit")
        return obj["status"]["lastPushCommit"]

    def scanned(self, name="app", tags=None, timeout=15):
        """Waits until the ImageRepository is Ready, with that many tags when a number is given."""
        return self.kube.wait("ImageRepository", name, self.ns, lambda o: is_ready(o) and tags in (
            None, o["status"]["lastScanResult"]["tagCount"]), timeout, f"a scan with {tags} tags")

    def chosen(self, tag, name="app", timeout=15):
        """Waits until the ImagePolicy is Ready with that tag."""
        return self.kube.wait("ImagePolicy", name, self.ns, lambda o: is_ready(o) and o["status"]["latestRef"]["tag"] == tag,
                              timeout, f"the tag {tag}")

    def push(self, repository, files, source="repo", message="change"):
        """Commits, pushes, and asks the GitRepository for a look; returns the commit id."""
        commit = repository.commit(files, message)
        self.kube.request_reconcile("GitRepository", source, self.ns)
        return commit

    def applied(self, name="app", commit=None, timeout=15):
        """Waits until the Kustomization is Ready, at that commit when one is given."""
        return self.kube.wait_ready("Kustomization", name, self.ns, timeout, commit)

    def fetched(self, name="repo", commit=None, timeout=15):
        return self.kube.wait_ready("GitRepository", name, self.ns, timeout, commit)

    def failing(self, name="app", reason=None, message=None, kind="Kustomization", timeout=15):
        """Waits for Ready=False with this reason and text; returns the message."""
        obj = self.kube.wait_condition(kind, name, self.ns, "Ready", "False", reason, message, timeout)
        return condition(obj)["message"]

    def map(self, name):
        """A ConfigMap of the test's namespace, or None."""
        return self.kube.get("ConfigMap", name, self.ns)

    def handled(self, kind, name, token, timeout=15):
        """Waits until a requestedAt value is answered."""
        return self.kube.wait(kind, name, self.ns, lambda o: o["status"].get("lastHandledReconcileAt") == token, timeout,
                              f"lastHandledReconcileAt {token}")

    def reconcile(self, kind, name, timeout=15):
        """Asks for a reconcile and waits for the answer."""
        return self.handled(kind, name, self.kube.request_reconcile(kind, name, self.ns), timeout)

    # -- passes -------------------------------------------------------------------------------------------------
    # What must not happen is looked for after passes that could have done it, not after some time. They are counted for each object:
    # controller_runtime_reconcile_total counts those over the objects that earlier tests left behind as well.
    def passes_ended(self, kind, name, at_least=0, timeout=15):
        """How many passes over the object have ended since its controller started; waits until that is `at_least` so many."""
        controller = {"GitRepository": "source", "Kustomization": "kustomize", "ImageRepository": "images", "ImagePolicy": "images",
                      "ImageUpdateAutomation": "automation"}[kind]
        name_of_count, labels = "gotk_reconcile_duration_seconds_count", {"kind": kind, "namespace": self.ns, "name": name}
        if at_least == 0:
            return getattr(self, controller).metric(name_of_count, **labels) or 0
        return getattr(self, controller).wait_metric(name_of_count, at_least, timeout, **labels)

    def after_passes(self, kind, name, count=1, timeout=15):
        """Waits for `count` whole passes that nobody asks for, those of the interval for one; they write nothing that is not news."""
        self.passes_ended(kind, name, self.passes_ended(kind, name) + count + 1, timeout)    # one may have begun before

    def after_asked_passes(self, kind, name, count=1, timeout=15):
        """Asks for a pass and waits for its end, `count` times. An object that is suspended has them too, and says so as others do."""
        for _ in range(count):
            before = self.passes_ended(kind, name)
            self.reconcile(kind, name, timeout)
            self.passes_ended(kind, name, before + 1, timeout)

    def event(self, name, text, reason=None, type_=None, timeout=10):
        """Waits for an event about the object whose message holds the text; returns it."""
        found = []

        def accept(_):
            found[:] = [e for e in self.kube.events(self.ns, name)
                        if text in e.get("message", "") and reason in (None, e["reason"]) and type_ in (None, e["type"])]
            return bool(found)
        self.kube.wait("Namespace", self.ns, None, accept, timeout, f"event '{text}' about {name}")
        return found[0]

    def inventory(self, name="app"):
        """The ids of a Kustomization's inventory, sorted."""
        status = self.kube.get("Kustomization", name, self.ns)["status"]
        return sorted(e["id"] for e in (status.get("inventory") or {}).get("entries", []))

    # -- secrets ------------------------------------------------------------------------------------------------
    def keep_secret(self, *texts):
        """These must not show up in logs, events or status; returns the first."""
        type(self).secrets += texts
        return texts[0]

    @classmethod
    def look_for_secrets(cls):
        if not cls.secrets:
            return
        places = {f"{c.name}'s log": c.log_text() for c in cls.controllers}
        for event in cls.kube.list("Event"):
            places[f"event {event['metadata']['namespace']}/{event['metadata']['name']}"] = json.dumps(event)
        for kind in ("GitRepository", "Kustomization", "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"):
            for obj in cls.kube.list(kind):
                who = f"status of {kind}/{obj['metadata']['namespace']}/{obj['metadata']['name']}"
                places[who] = json.dumps(obj.get("status", {}))
        for text in cls.secrets:
            shapes = {text, base64.b64encode(text.encode()).decode(), json.dumps(text)[1:-1]}
            for line in text.splitlines():
                if len(line) > 12 and not line.startswith("-----"):
                    shapes.add(line)
            for where, content in places.items():
                for shape in shapes:
                    if shape in content:
                        around = re.search(".{0,60}" + re.escape(shape), content)
                        cls.broken = True
                        raise AssertionError(f"a secret is in {where}: …{around.group(0)[:60] if around else ''}[secret]…")


def main():
    require_control_plane()
    try:
        weir.binary()
    except RuntimeError:
        traceback.print_exc()
        sys.exit(1)
    unittest.main(warnings="ignore")
