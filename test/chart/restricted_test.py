"""The profile restricted at work: the controllers as the accounts that the chart makes, with the flags that it sets. A tenant gets
what its ServiceAccount may do and no more, and the accounts lack nothing."""
import json
import os
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import helm_program  # noqa: E402
import scenario  # noqa: E402
from processes import ROOT  # noqa: E402
from scenario import config_map  # noqa: E402

CHART = os.path.join(ROOT, "charts", "weir")
ACCOUNT = "system:serviceaccount:flux-system:"
NAMES = ("source-controller", "kustomize-controller")
RBAC = ("ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")


def profile_flags():
    """--no-cross-namespace-refs and the like, as the rendered Deployment of kustomize-controller has them."""
    for o in Restricted.rendered:
        if o["kind"] == "Deployment" and o["metadata"]["name"] == "kustomize-controller":
            return tuple(a for a in o["spec"]["template"]["spec"]["containers"][0]["args"]
                         if a.startswith(("--no-", "--default-")))
    raise AssertionError("no kustomize-controller")


class Restricted(scenario.Scenario):
    controller_manager = True   # fills the role view
    users = {ACCOUNT + name: ["system:serviceaccounts", "system:serviceaccounts:flux-system", "system:authenticated"] for name in NAMES}
    source_flags = ("--enable-leader-election=true",)

    @classmethod
    def setUpClass(cls):
        done = helm_program.helm("template", "weir", CHART, "-n", "flux-system", "--set", "rbac.profile=restricted", folder="/tmp")
        assert done.returncode == 0, done.stderr
        cls.rendered = [o for o in yaml.safe_load_all(done.stdout) if o]
        cls.kustomize_flags = ("--enable-leader-election=true", *profile_flags())
        super().setUpClass()

    @classmethod
    def prepare(cls):
        for o in cls.rendered:
            if o["kind"] in RBAC and "helm.sh/hook" not in (o["metadata"].get("annotations") or {}):
                cls.kube.apply(o)
        cls.kube.wait("ClusterRole", "view", None, lambda role: any(
            "deployments" in rule.get("resources", []) for rule in role["rules"] or []))

    @classmethod
    def kubeconfig_of(cls, controller):
        return cls.plane.users[ACCOUNT + controller]["kubeconfig"]

    def tenant(self, account):
        """An account that may do everything with ConfigMaps of the test's namespace."""
        if account != "default":
            self.kube.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account, "namespace": self.ns}})
        self.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": account, "namespace": self.ns},
                         "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]}]})
        self.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                         "metadata": {"name": account, "namespace": self.ns},
                         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": account},
                         "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": self.ns}]})

    def refusals(self):
        """Requests of the controllers' own accounts that RBAC refused, from the audit log."""
        found = set()
        with open(self.plane.path("audit.log")) as f:
            for line in f:
                entry = json.loads(line)
                if (entry["user"]["username"].startswith(ACCOUNT) and "impersonatedUser" not in entry
                        and entry.get("responseStatus", {}).get("code") == 403):
                    found.add(f"{entry['user']['username']} {entry['verb']} {entry['requestURI'].split('?')[0]}")
        return found

    def test_a_tenant_gets_what_its_account_may_do(self):
        self.tenant("team")
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization(serviceAccountName="team", wait=True)
        self.applied(timeout=30)
        # drift is seen when it happens: the role view shows ConfigMaps
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": "drifted"}})
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"]["n"] == "1", 15, "the correction")
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.assertIsNone(self.map("a"))
        self.assertEqual(self.refusals(), set())

    def test_without_a_name_the_default_account_acts(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.assertIn(f"system:serviceaccount:{self.ns}:default", self.failing(reason="ReconciliationFailed"))
        self.tenant("default")
        self.applied(timeout=30)

    def test_another_namespace_is_out_of_reach(self):
        self.tenant("team")
        other = self.kube.namespace(f"{self.ns}-other")
        repository = self.repository({"a.yaml": config_map("stolen", other)})
        self.git_repository(repository.url)
        self.kustomization(serviceAccountName="team", targetNamespace=None)
        self.assertIn(f"system:serviceaccount:{self.ns}:team", self.failing(reason="ReconciliationFailed"))
        self.assertIsNone(self.kube.get("ConfigMap", "stolen", other))
        home, self.ns = self.ns, other
        self.kustomization(sourceRef={"kind": "GitRepository", "name": "repo", "namespace": home})
        self.failing(reason="AccessDenied")


if __name__ == "__main__":
    helm_program.require()
    scenario.main()
