"""`weir crds apply`: brings, upgrades and takes over the CRDs; `weir check --pre` before, faults by name."""
import os
import subprocess
import sys
import unittest

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import weir  # noqa: E402
from kube import Kube  # noqa: E402
from processes import ROOT, ControlPlane, free_port  # noqa: E402

CRD = "CustomResourceDefinition"


def names():
    """Of the CRDs, in the order of their files."""
    folder = os.path.join(ROOT, "crds")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".yaml") and name != "kustomization.yaml":
            with open(os.path.join(folder, name)) as f:
                yield yaml.safe_load(f)["metadata"]["name"]


NAMES = list(names())


class CrdsApply(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plane = ControlPlane(users={"guest": ["system:authenticated"]})
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.start()
        cls.kube = Kube(cls.plane.describe())

    def weir(self, *argv, kubeconfig=None):
        return subprocess.run([weir.binary(), *argv], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "KUBECONFIG": kubeconfig or self.plane.kubeconfig})

    def succeed(self, *argv):
        done = self.weir(*argv)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def remove_all(self):
        for name in NAMES:
            self.kube.delete(CRD, name)
        for name in NAMES:
            self.kube.wait_gone(CRD, name)

    def test_a_new_cluster_gets_them_and_a_second_apply_changes_nothing(self):
        self.remove_all()
        self.assertEqual(self.succeed("crds", "apply"), "".join(f"{name} created\n" for name in NAMES))
        self.assertEqual(self.succeed("crds", "apply"), "".join(f"{name} unchanged\n" for name in NAMES))
        # served when the command returns
        self.assertEqual(self.kube.list("GitRepository"), [])
        for name in NAMES:
            managers = {f["manager"] for f in self.kube.get(CRD, name)["metadata"]["managedFields"] if f["operation"] == "Apply"}
            self.assertEqual(managers, {"weir"})

    def test_a_dry_run_changes_nothing(self):
        self.remove_all()
        self.assertIn(f"{NAMES[0]} created (dry run)\n", self.succeed("crds", "apply", "--dry-run"))
        self.assertIsNone(self.kube.get(CRD, NAMES[0]))

    def test_those_of_another_installation_are_taken_over_and_objects_stay(self):
        self.succeed("crds", "apply")
        theirs = self.kube.get(CRD, NAMES[0])
        for key in ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation"):
            theirs["metadata"].pop(key)
        theirs.pop("status")
        theirs["metadata"]["labels"].update({"app.kubernetes.io/version": "v2.7.0", "kept": "yes"})
        theirs["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["description"] = "theirs"
        self.kube.apply(theirs, manager="flux")
        self.kube.namespace("shop")
        repository = {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                      "metadata": {"name": "repo", "namespace": "shop"}, "spec": {"url": "https://example.com/a", "interval": "1m"}}
        self.kube.create(repository)
        self.assertIn(f"{NAMES[0]} configured\n", self.succeed("crds", "apply"))
        ours = self.kube.get(CRD, NAMES[0])
        self.assertNotEqual(ours["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["description"], "theirs")
        self.assertEqual(ours["metadata"]["labels"]["app.kubernetes.io/version"], "v0.1.0")
        self.assertEqual(ours["metadata"]["labels"]["kept"], "yes")     # what is not ours is left alone
        self.assertEqual(self.kube.get("GitRepository", "repo", "shop")["spec"]["url"], "https://example.com/a")
        self.kube.delete("GitRepository", "repo", "shop")

    def test_a_version_that_objects_are_stored_in_cannot_go_and_the_error_names_the_crd(self):
        self.succeed("crds", "apply")
        self.kube.merge(CRD, NAMES[1], None, {"status": {"storedVersions": ["v1", "v1alpha1"]}}, subresource="status")
        done = self.weir("crds", "apply")
        self.kube.merge(CRD, NAMES[1], None, {"status": {"storedVersions": ["v1"]}}, subresource="status")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, rf"^weir crds apply: {NAMES[1]}: .*v1alpha1.*\n$")
        self.assertIn(f"{NAMES[2]} unchanged", done.stdout)     # the others are seen to all the same

    def test_a_missing_permission_names_the_crd_and_the_verb(self):
        done = self.weir("crds", "apply", kubeconfig=self.plane.users["guest"]["kubeconfig"])
        self.assertEqual(done.returncode, 1)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), len(NAMES))
        for name, line in zip(NAMES, lines):
            self.assertIn(f"weir crds apply: {name}: ", line)
            self.assertIn('User "guest" cannot get resource "customresourcedefinitions"', line)

    def test_a_server_that_is_away_is_one_line(self):
        path = self.plane.path("nowhere.kubeconfig")
        with open(self.plane.kubeconfig) as f, open(path, "w") as out:
            out.write(f.read().replace(str(self.plane.port), str(free_port())))
        done = self.weir("crds", "apply", kubeconfig=path)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^weir crds apply: \S+: connect to 127\.0\.0\.1:\d+: .*[Rr]efused.*\n$")

    def test_no_kubeconfig_is_one_line(self):
        done = self.weir("crds", "apply", kubeconfig="/does/not/exist")
        self.assertEqual((done.returncode, done.stderr), (1, "weir: cannot read the kubeconfig /does/not/exist\n"))

    def test_print_is_what_the_repository_holds(self):
        shown = self.succeed("crds", "print")
        for name in sorted(os.listdir(os.path.join(ROOT, "crds"))):
            if name.endswith(".yaml") and name != "kustomization.yaml":
                with open(os.path.join(ROOT, "crds", name)) as f:
                    self.assertIn(f.read(), shown)

    def test_check_before_an_installation(self):
        self.assertIn("✔ you may install Weir\n", self.succeed("check", "--pre"))
        done = self.weir("check", "--pre", kubeconfig=self.plane.users["guest"]["kubeconfig"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("✗ you may not install Weir: get customresourcedefinitions.apiextensions.k8s.io, ", done.stdout)

    def test_check_names_missing_crds_and_controllers(self):
        self.remove_all()
        done = self.weir("check")
        self.assertEqual(done.returncode, 1)
        for name in NAMES:
            self.assertIn(f"✗ {name}: missing, `weir crds apply` brings it\n", done.stdout)
        self.assertIn("✗ no controller in namespace flux-system", done.stdout)

    def test_wrong_calls(self):
        for argv, problem in ((("crds",), "expected apply or print"), (("crds", "remove"), "expected apply or print"),
                              (("crds", "apply", "--force"), 'unknown flag "--force"'),
                              (("check", "all"), 'unexpected argument "all"')):
            done = self.weir(*argv)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertEqual(done.stderr.splitlines()[0], f"weir {argv[0]}: {problem}")


if __name__ == "__main__":
    scenario.main()
