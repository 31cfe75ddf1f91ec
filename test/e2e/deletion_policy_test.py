"""What becomes of applied objects when their Kustomization is deleted."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402


class DeletionPolicy(scenario.Scenario):
    def delete(self, **spec):
        repository = self.repository({"a.yaml": config_map("a"), "b.yaml": config_map("b")})
        self.git_repository(repository.url)
        self.kustomization(**spec)
        self.applied()
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_gone("Kustomization", "app", self.ns)

    def left(self):
        return [name for name in ("a", "b") if self.map(name)]

    def test_mirror_prune_with_prune(self):
        self.delete()
        self.assertEqual(self.left(), [])

    def test_mirror_prune_without_prune(self):
        self.delete(prune=False)
        self.assertEqual(self.left(), ["a", "b"])

    def test_delete_without_prune(self):
        self.delete(prune=False, deletionPolicy="Delete")
        self.assertEqual(self.left(), [])

    def test_wait_for_termination(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization(deletionPolicy="WaitForTermination")
        self.applied()
        self.kube.merge("ConfigMap", "a", self.ns, {"metadata": {"finalizers": ["example.com/hold"]}})
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: "deletionTimestamp" in o["metadata"], 10, "its deletion")
        self.assertIsNotNone(self.kube.get("Kustomization", "app", self.ns))     # still waiting
        self.kube.merge("ConfigMap", "a", self.ns, {"metadata": {"finalizers": None}})
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.assertIsNone(self.map("a"))

    def test_orphan(self):
        self.delete(deletionPolicy="Orphan")
        self.assertEqual(self.left(), ["a", "b"])

    def test_a_deleted_source_takes_its_files_along_and_leaves_what_is_applied(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        folder = os.path.join(self.source.storage_path, "gitrepository", self.ns, "repo")
        self.assertTrue(os.path.isdir(folder))
        self.kube.delete("GitRepository", "repo", self.ns)
        self.kube.wait_gone("GitRepository", "repo", self.ns)
        self.assertFalse(os.path.exists(folder))
        self.assertIsNotNone(self.map("a"))

    def test_a_spec_that_is_not_served_deletes_nothing_and_says_so(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        # its inventory may be that of another cluster now
        self.kube.merge("Kustomization", "app", self.ns, {"spec": {"kubeConfig": {"secretRef": {"name": "other-cluster"}}}})
        self.kube.wait_condition("Kustomization", "app", self.ns, "Stalled", "True", "FieldNotSupported", "spec.kubeConfig")
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_condition("Kustomization", "app", self.ns, "Ready", "False", message="nothing is deleted: spec.kubeConfig")
        self.assertIsNotNone(self.map("a"))
        self.kube.merge("Kustomization", "app", self.ns, {"spec": {"deletionPolicy": "Orphan"}})
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.assertIsNotNone(self.map("a"))


if __name__ == "__main__":
    scenario.main()
