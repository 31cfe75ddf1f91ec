"""A Kustomization acts as its ServiceAccount, and may do no more."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402


class Impersonation(scenario.Scenario):
    def tenant(self, *verbs):
        """A ServiceAccount that may do this with ConfigMaps of its namespace."""
        self.kube.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "tenant", "namespace": self.ns}})
        self.allow(*verbs)

    def allow(self, *verbs):
        rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": list(verbs)}] if verbs else []
        self.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": rules,
                         "metadata": {"name": "tenant", "namespace": self.ns}})
        self.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                         "metadata": {"name": "tenant", "namespace": self.ns},
                         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tenant"},
                         "subjects": [{"kind": "ServiceAccount", "name": "tenant", "namespace": self.ns}]})

    def test_what_the_account_may_do_works(self):
        self.tenant("get", "list", "watch", "create", "patch", "update", "delete")
        repository = self.repository({"a.yaml": config_map("a"), "b.yaml": config_map("b")})
        self.git_repository(repository.url)
        self.kustomization(serviceAccountName="tenant")
        self.applied()
        self.applied(commit=self.push(repository, {"b.yaml": None}))
        self.assertIsNone(self.map("b"))
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.assertIsNone(self.map("a"))

    def test_what_it_may_not_is_refused_and_allowed_later(self):
        self.tenant("get", "list", "watch", "create", "patch", "update", "delete")
        other = self.kube.namespace(f"{self.ns}-other")
        repository = self.repository({"a.yaml": config_map("a", self.ns), "stolen.yaml": config_map("stolen", other)})
        self.git_repository(repository.url)
        self.kustomization(serviceAccountName="tenant", targetNamespace=None)
        message = self.failing(reason="ReconciliationFailed")
        self.assertIn(f"system:serviceaccount:{self.ns}:tenant", message)
        self.assertIsNone(self.kube.get("ConfigMap", "stolen", other))
        self.applied(commit=self.push(repository, {"stolen.yaml": None}))

    def test_an_account_that_is_not_there(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization(serviceAccountName="nobody")
        self.failing(message="nobody")
        self.assertIsNone(self.map("a"))

    def test_a_deleted_account_does_not_hold_up_the_deletion(self):
        self.tenant("get", "list", "watch", "create", "patch", "update", "delete")
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization(serviceAccountName="tenant")
        self.applied()
        self.kube.delete("RoleBinding", "tenant", self.ns)
        self.kube.delete("ServiceAccount", "tenant", self.ns)
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.event("app", "unable to prune objects", type_="Warning")


class DefaultAccount(scenario.Scenario):
    kustomize_flags = ("--default-service-account=restricted", "--no-cross-namespace-refs=true")

    def test_the_default_account_is_used(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.failing(message="restricted")
        self.assertIsNone(self.map("a"))

    def test_sources_of_other_namespaces_are_out_of_reach(self):
        repository = self.repository({"a.yaml": config_map("a")})
        other = self.ns
        self.git_repository(repository.url)
        self.fetched()
        self.ns = self.kube.namespace(f"{other}-b")
        self.kustomization(sourceRef={"kind": "GitRepository", "name": "repo", "namespace": other})
        message = self.failing(reason="AccessDenied")
        self.assertIn(f"can't access 'GitRepository/{other}/repo', cross-namespace references have been blocked", message)
        self.kube.wait_condition("Kustomization", "app", self.ns, "Stalled", "True", "AccessDenied")


if __name__ == "__main__":
    scenario.main()
