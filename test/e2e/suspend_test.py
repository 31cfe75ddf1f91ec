"""Suspended objects are left alone; requests are acknowledged all the same."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402


class Suspend(scenario.Scenario):
    def start(self):
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        return repository

    def suspend(self, kind, name, value):
        self.kube.merge(kind, name, self.ns, {"spec": {"suspend": value}})

    def test_a_suspended_kustomization_applies_nothing_until_it_is_resumed(self):
        repository = self.start()
        self.suspend("Kustomization", "app", True)
        commit = self.push(repository, {"a.yaml": config_map("a", n="2")})
        self.fetched(commit=commit)
        token = self.kube.request_reconcile("Kustomization", "app", self.ns)
        self.handled("Kustomization", "app", token)
        self.assertEqual(self.map("a")["data"], {"n": "1"})
        self.suspend("Kustomization", "app", False)
        self.applied(commit=commit)
        self.assertEqual(self.map("a")["data"], {"n": "2"})

    def test_a_suspended_source_keeps_its_artifact(self):
        repository = self.start()
        before = self.kube.get("GitRepository", "repo", self.ns)["status"]["artifact"]
        self.suspend("GitRepository", "repo", True)
        self.kube.wait("GitRepository", "repo", self.ns,
                       lambda o: o["status"]["observedGeneration"] == o["metadata"]["generation"], 10, "the generation seen")
        mark = self.git.mark()
        commit = self.push(repository, {"a.yaml": config_map("a", n="2")})
        self.handled("GitRepository", "repo", self.kube.request_reconcile("GitRepository", "repo", self.ns))
        self.assertEqual(self.kube.get("GitRepository", "repo", self.ns)["status"]["artifact"], before)
        self.assertEqual(self.git.since(mark)["requests"], 0)
        self.suspend("GitRepository", "repo", False)
        self.applied(commit=commit)

    def test_a_suspended_kustomization_is_deleted_without_pruning(self):
        self.start()
        self.suspend("Kustomization", "app", True)
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_gone("Kustomization", "app", self.ns)
        self.assertIsNotNone(self.map("a"))


if __name__ == "__main__":
    scenario.main()
