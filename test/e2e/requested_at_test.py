"""reconcile.fluxcd.io/requestedAt: acted upon once, and answered in status with the result."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from kube import condition  # noqa: E402
from scenario import config_map  # noqa: E402


class RequestedAt(scenario.Scenario):
    def test_a_request_to_the_source_brings_the_new_commit(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.fetched()
        commit = repository.commit({"a.yaml": config_map("a", n="2")})
        repo = self.reconcile("GitRepository", "repo")
        # answered in one write with the result, so that who waits for the answer sees the new revision
        self.assertEqual(repo["status"]["artifact"]["revision"], f"main@sha1:{commit}")
        self.assertEqual(condition(repo)["status"], "True")

    def test_a_request_to_the_kustomization_applies_again(self):
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        self.kube.delete("ConfigMap", "a", self.ns)
        app = self.reconcile("Kustomization", "app")
        self.assertEqual(condition(app)["status"], "True")
        self.assertEqual(self.map("a")["data"], {"n": "1"})

    def test_a_failing_object_answers_too(self):
        self.git_repository(self.git.url_of("absent"))
        self.failing("repo", kind="GitRepository")
        repo = self.reconcile("GitRepository", "repo")
        self.assertEqual(condition(repo)["status"], "False")

    def test_other_metadata_does_not_trigger_anything(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.fetched()
        mark = self.git.mark()
        self.kube.merge("GitRepository", "repo", self.ns, {"metadata": {"labels": {"team": "x"}, "annotations": {"note": "y"}}})
        self.reconcile("GitRepository", "repo")     # one look for this request and none for the label
        self.assertEqual(self.git.since(mark)["requests"], 1)


if __name__ == "__main__":
    scenario.main()
