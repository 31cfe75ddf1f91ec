"""An object says what became of it: a spec that changed meanwhile, one that cannot be read, a deletion that fails, long errors."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from kube import condition  # noqa: E402
from scenario import config_map  # noqa: E402


class Told(scenario.Scenario):
    def child(self, value, **spec):
        return json.dumps({
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "child"},
            "spec": {"interval": "10m", "retryInterval": "1s", "prune": True, "path": "./child", "targetNamespace": self.ns,
                     "sourceRef": {"kind": "GitRepository", "name": "repo"},
                     "postBuild": {"substitute": {"value": value}}, **spec}})

    def test_a_child_whose_spec_and_files_change_in_one_commit_follows_both(self):
        def files(n):
            return {"parent/child.yaml": self.child(str(n)),
                    **{f"child/m{i}.yaml": config_map(f"m{i}", n=f"{n}-${{value}}") for i in range(20)}}
        repository = self.repository(files(0))
        self.git_repository(repository.url)
        self.kustomization(path="./parent")
        self.applied()
        for n in range(1, 16):
            commit = self.push(repository, files(n))
            self.applied(commit=commit)
            self.applied("child", commit=commit)
            self.kube.wait("ConfigMap", "m19", self.ns, lambda o: o["data"]["n"] == f"{n}-{n}", 5, f"the values of commit {n}")

    def test_a_kustomization_that_is_suspended_during_a_pass_stays_suspended(self):
        repository = self.repository({f"m{i}.yaml": config_map(f"m{i}", n="0") for i in range(60)})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        for n in range(1, 9):
            # between the beginning of the pass and its first write, which comes when all objects were looked at
            self.fetched(commit=self.push(repository, {f"m{i}.yaml": config_map(f"m{i}", n=str(n)) for i in range(60)}))
            time.sleep(0.02 * n)
            self.kube.merge("Kustomization", "app", self.ns, {"spec": {"suspend": True}})
            self.after_asked_passes("Kustomization", "app")
            mark = self.map("m0")["metadata"]["resourceVersion"]
            self.fetched(commit=self.push(repository, {"m0.yaml": config_map("m0", n=f"not {n}")}))
            self.after_asked_passes("Kustomization", "app", 2)
            self.assertEqual(self.map("m0")["metadata"]["resourceVersion"], mark, "written while it is suspended")
            self.kube.merge("Kustomization", "app", self.ns, {"spec": {"suspend": False}})
            self.applied(commit=repository.head())

    def test_objects_that_cannot_be_read_are_stalled_and_can_be_deleted(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        for kind, name in (("Kustomization", "app"), ("GitRepository", "repo")):
            self.kube.merge(kind, name, self.ns, {"spec": {"interval": "9999999h"}})
            obj = self.kube.wait_condition(kind, name, self.ns, "Stalled", "True", "InvalidSpec", "spec.interval")
            self.assertEqual(condition(obj)["status"], "False")
            self.assertEqual(obj["status"]["observedGeneration"], obj["metadata"]["generation"])
        self.kube.merge("GitRepository", "repo", self.ns, {"spec": {"interval": "10m"}})
        self.kube.wait_ready("GitRepository", "repo", self.ns)
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.assertIsNone(self.map("a"), "prune was read")

    def test_a_deletion_that_fails_is_told_and_tried_again_soon(self):
        def allow(*verbs):
            self.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                             "metadata": {"name": "tenant", "namespace": self.ns},
                             "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": list(verbs)}]})
        self.kube.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "tenant", "namespace": self.ns}})
        allow("get", "list", "watch", "create", "patch", "update")
        self.kube.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                         "metadata": {"name": "tenant", "namespace": self.ns},
                         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tenant"},
                         "subjects": [{"kind": "ServiceAccount", "name": "tenant", "namespace": self.ns}]})
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization(serviceAccountName="tenant", retryInterval=None)
        self.applied()
        self.kube.delete("Kustomization", "app", self.ns)
        message = self.failing(reason="PruneFailed")
        self.assertIn("cannot delete resource \"configmaps\"", message)
        self.event("app", "cannot delete resource", reason="PruneFailed", type_="Warning")
        allow("get", "list", "watch", "create", "patch", "update", "delete")
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.assertIsNone(self.map("a"))

    def test_errors_of_many_objects_fit_into_the_condition(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        first = repository.head()
        self.applied(commit=first)
        long = "x" * 240
        self.push(repository, {f"m{i}.yaml": config_map(f"m{i}-{long}", **{"not a key": "1"}) for i in range(150)})
        message = self.failing(reason="ReconciliationFailed")
        self.assertLessEqual(len(message.encode()), 32768)
        self.assertGreater(len(message.encode()), 30000)
        self.assertTrue(message.endswith("…"), message[-50:])

    def test_a_request_that_was_taken_away_is_none(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.kustomization("other")
        self.applied("other")
        token = self.kube.request_reconcile("Kustomization", "app", self.ns)
        self.handled("Kustomization", "app", token)
        self.after_asked_passes("Kustomization", "other")
        before = self.passes_ended("Kustomization", "app")
        self.kube.merge("Kustomization", "app", self.ns, {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": None}}})
        self.after_asked_passes("Kustomization", "other")       # the same watch brings this request, after the change
        self.assertEqual(self.passes_ended("Kustomization", "app"), before)
        self.assertEqual(self.kube.get("Kustomization", "app", self.ns)["status"]["lastHandledReconcileAt"], token)


if __name__ == "__main__":
    scenario.main()
