"""The chart on a real API server: Pod Security, RBAC as golden files, install, upgrade, takeover and uninstall by helm.

No kubelet runs here: kwok lets the pods run in name only. `make e2e-cluster` runs them for real.
UPDATE_GOLDEN=1 writes the golden files anew.
"""
import json
import os
import shutil
import subprocess
import sys
import unittest

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import helm_program  # noqa: E402
import scenario  # noqa: E402
import weir  # noqa: E402
from kube import Kube  # noqa: E402
from processes import ROOT, ControlPlane, scratch_folder  # noqa: E402

CHART = os.path.join(ROOT, "charts", "weir")
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
NAMESPACE = "flux-system"
RBAC = ("ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


class ChartOnAServer(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = scratch_folder("weir-chart-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.plane = ControlPlane(controller_manager=True, scheduler=True, kwok=True)
        cls.addClassCleanup(cls.plane.stop)
        cls.plane.start()
        cls.kube = Kube(cls.plane.describe())
        # what the hook's pod would do; kwok only pretends to run it
        subprocess.run([weir.binary(), "crds", "apply"], check=True, capture_output=True,
                       env={"KUBECONFIG": cls.plane.kubeconfig})

    def helm(self, *argv):
        done = helm_program.helm(*argv, folder=self.folder, kubeconfig=self.plane.kubeconfig)
        self.assertEqual(done.returncode, 0, f"helm {' '.join(argv)}: {done.stderr}")
        return done.stdout

    def values(self, name):
        return ["--values", os.path.join(CHART, "ci", name)]

    def namespace(self, name, **labels):
        """A namespace of that name, made when it is not there."""
        if not self.kube.get("Namespace", name):
            self.kube.namespace(name, **labels)
        return name

    def rendered(self, namespace, *argv):
        return [o for o in yaml.safe_load_all(self.helm("template", "weir", CHART, "-n", namespace, *argv)) if o]

    def test_pods_pass_the_restricted_pod_security_standard(self):
        namespace = self.namespace("guarded", **RESTRICTED)
        for values in ([], self.values("all-in-one-values.yaml"), self.values("restricted-values.yaml")):
            objects = self.rendered(namespace, *values)
            for o in objects:
                if o["kind"] == "ServiceAccount":
                    self.kube.apply(o)
            pods = 0
            for o in objects:
                template = o if o["kind"] == "Pod" else o["spec"].get("template") if o["kind"] in ("Deployment", "Job") else None
                if template is None:
                    continue
                pod = {"apiVersion": "v1", "kind": "Pod", "spec": template["spec"],
                       "metadata": {"name": o["metadata"]["name"], "namespace": namespace}}
                # create, not apply: admission answers 403 for a pod that breaks the standard
                self.kube.request("POST", self.kube.path("Pod", None, namespace) + "?dryRun=All", pod)
                pods += 1
            self.assertGreaterEqual(pods, 3)

    def test_a_pod_that_breaks_the_standard_is_refused(self):
        # that the test above can fail
        namespace = self.namespace("guarded", **RESTRICTED)
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "root", "namespace": namespace},
               "spec": {"containers": [{"name": "c", "image": "weir:v0.1.0"}]}}
        self.kube.wait_exists("ServiceAccount", "default", namespace)
        with self.assertRaisesRegex(Exception, "violates PodSecurity"):
            self.kube.request("POST", self.kube.path("Pod", None, namespace) + "?dryRun=All", pod)

    def test_what_each_account_may_do_is_written_down(self):
        for namespace in (NAMESPACE, "tenant-a", "tenant-b"):
            self.namespace(namespace)
        for profile, values, namespaces in (
                ("cluster-admin", [], [NAMESPACE]), ("restricted", self.values("restricted-values.yaml"), [NAMESPACE]),
                ("restricted-tenants", self.values("tenants-values.yaml"), [NAMESPACE, "tenant-a"]),
                ("all-in-one", self.values("all-in-one-values.yaml"), [NAMESPACE])):
            wanted = [o for o in self.rendered(NAMESPACE, *values) if o["kind"] in RBAC and not is_hook(o)]
            for o in wanted:
                self.kube.apply(o)
            self.wait_aggregated(True)
            for account in [o["metadata"]["name"] for o in wanted if o["kind"] == "ServiceAccount"]:
                for namespace in namespaces:
                    shown = self.plane.kubectl("auth", "can-i", "--list", "-n", namespace,
                                               f"--as=system:serviceaccount:{NAMESPACE}:{account}")
                    name = account if namespace == NAMESPACE else f"{account}.{namespace}"
                    self.compare(os.path.join(GOLDEN, "can-i", profile, f"{name}.txt"), ordered(shown))
            for o in wanted:
                self.kube.delete(o["kind"], o["metadata"]["name"], o["metadata"].get("namespace"))
            self.wait_aggregated(False)

    def wait_aggregated(self, expected):
        """Until the role view holds what our own role adds to it, or holds it no longer."""
        self.kube.wait("ClusterRole", "view", None, lambda role: expected == any(
            "kustomize.toolkit.fluxcd.io" in rule.get("apiGroups", []) for rule in role["rules"] or []))

    def compare(self, path, text):
        if os.environ.get("UPDATE_GOLDEN") == "1":
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        with open(path) as f:
            self.assertEqual(text, f.read(), f"{os.path.relpath(path, ROOT)}: run with UPDATE_GOLDEN=1 if it is meant")

    def test_install_upgrade_and_uninstall(self):
        namespace = self.namespace("platform", **RESTRICTED)
        self.helm("install", "weir", CHART, "-n", namespace, "--wait", "--timeout", "90s")
        deployments = [d["metadata"]["name"] for d in self.kube.list("Deployment", namespace)]
        self.assertEqual(sorted(deployments), sorted(controller["name"] for controller in weir.facts()))
        self.assertIsNone(self.kube.get("Job", "weir-crds", namespace))     # hooks leave nothing behind
        self.assertIsNone(self.kube.get("ClusterRole", f"weir-crds-{namespace}"))
        self.kube.config_map(namespace, "applied", key="value")
        self.helm("upgrade", "weir", CHART, "-n", namespace, "--wait", "--timeout", "90s", "--set", "rbac.profile=restricted",
                  "--set", "kustomizeController.args={--concurrent=8}")
        args = self.kube.get("Deployment", "kustomize-controller", namespace)["spec"]["template"]["spec"]["containers"][0]["args"]
        self.assertEqual(args[-1], "--concurrent=8")
        self.assertIn("--default-service-account=default", args)
        self.assertIsNone(self.kube.get("ClusterRoleBinding", f"cluster-reconciler-{namespace}"))
        self.helm("uninstall", "weir", "-n", namespace)
        self.assertEqual(self.kube.list("Deployment", namespace), [])
        self.assertEqual([r["metadata"]["name"] for r in self.kube.list("ClusterRole")
                          if r["metadata"]["name"].endswith(f"-{namespace}")], [])
        self.assertIsNotNone(self.kube.get("ConfigMap", "applied", namespace))
        self.assertIsNotNone(self.kube.get("CustomResourceDefinition", "kustomizations.kustomize.toolkit.fluxcd.io"))

    def test_an_installation_by_plain_manifests_is_taken_over(self):
        self.namespace(NAMESPACE)
        built = subprocess.run([weir.binary(), "build", os.path.join(ROOT, "config", "default")], capture_output=True, text=True)
        objects = [o for o in yaml.safe_load_all(built.stdout) if o["kind"] not in ("Namespace", "CustomResourceDefinition")]
        self.plane.kubectl("apply", "--server-side", "--field-manager=flux", "-f", "-", input=json.dumps(
            {"apiVersion": "v1", "kind": "List", "items": objects}))
        before = self.kube.get("Deployment", "source-controller", NAMESPACE)["metadata"]["uid"]
        self.helm("install", "weir", CHART, "-n", NAMESPACE, "--take-ownership", "--force-conflicts", "--set", "logLevel=debug")
        after = self.kube.get("Deployment", "source-controller", NAMESPACE)
        self.assertEqual(after["metadata"]["uid"], before)      # changed in place
        self.assertIn("--log-level=debug", after["spec"]["template"]["spec"]["containers"][0]["args"])
        self.helm("uninstall", "weir", "-n", NAMESPACE)


def is_hook(o):
    return "helm.sh/hook" in (o["metadata"].get("annotations") or {})


def ordered(table):
    """kubectl's table with single blanks, its rows and their verbs sorted: kubectl orders them by chance."""
    heading, *lines = [" ".join(line.split()) for line in table.splitlines()]
    rows = []
    for line in lines:
        left, _, verbs = line.rpartition("[")
        rows.append(f"{left}[{' '.join(sorted(verbs.rstrip(']').split()))}]")
    return "\n".join([heading, *sorted(rows)]) + "\n"


if __name__ == "__main__":
    helm_program.require()
    scenario.main()
