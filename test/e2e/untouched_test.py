"""What did not change costs nothing: no build, no apply request, no status write beyond the revision."""
import collections
import os
import re
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402


class Untouched(scenario.Scenario):
    def requests(self):
        """The kustomize-controller's API requests so far, by method."""
        with urllib.request.urlopen(self.kustomize.metrics_url) as answer:
            text = answer.read().decode()
        totals = collections.Counter()     # a method has a series for each answer code
        for m in re.finditer(r'rest_client_requests_total\{[^}]*method="(\w+)"[^}]*\} (\S+)', text):
            totals[m[1]] += int(float(m[2]))
        return totals

    def finished(self, commit):
        """The events that say a commit is applied."""
        prefix = "kustomize.toolkit.fluxcd.io/"
        return [e for e in self.kube.events(self.ns, "app") if e["message"].startswith("Reconciliation finished")
                and commit in e["metadata"].get("annotations", {}).get(prefix + "revision", "")]

    def test_a_pass_over_untouched_objects_asks_the_server_nothing(self):
        repository = self.repository({"a.yaml": config_map("a"), "b.yaml": config_map("b")})
        self.git_repository(repository.url)
        self.kustomization(interval="1s")
        self.applied()
        self.event("app", "Reconciliation finished")
        self.after_passes("Kustomization", "app")       # the first watch of the kind is open
        before = self.requests()
        version = self.kube.get("Kustomization", "app", self.ns)["metadata"]["resourceVersion"]
        self.after_passes("Kustomization", "app", 2)
        self.assertEqual(self.requests(), before)
        self.assertEqual(self.kube.get("Kustomization", "app", self.ns)["metadata"]["resourceVersion"], version)

    def test_a_commit_elsewhere_moves_the_revision_and_applies_nothing(self):
        repository = self.repository({"mine/a.yaml": config_map("a"), "other/x.yaml": config_map("x")})
        self.git_repository(repository.url)
        self.kustomization(path="./mine")
        self.applied()
        self.event("app", "Reconciliation finished")
        self.passes_ended("Kustomization", "app", 1)
        before, passes = self.requests(), self.passes_ended("Kustomization", "app")
        commit = self.push(repository, {"other/x.yaml": config_map("x", n="2")})
        self.applied(commit=commit)
        self.kube.wait("Kustomization", "app", self.ns, lambda _: self.finished(commit), 10, "the event about the commit")
        self.passes_ended("Kustomization", "app", passes + 1)
        after = self.requests()
        self.assertEqual(after["PATCH"] - before["PATCH"], 1, "the status alone")
        self.assertLessEqual(after["POST"] - before["POST"], 1, "the event that forges show as the commit's status")
        self.assertEqual([e["reason"] for e in self.finished(commit)], ["ReconciliationSucceeded"])

    def test_a_new_file_in_the_folder_is_noticed(self):
        repository = self.repository({"mine/a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization(path="./mine")
        self.applied()
        commit = self.push(repository, {"mine/sub/b.yaml": config_map("b")})
        self.applied(commit=commit)
        self.assertIsNotNone(self.map("b"))


if __name__ == "__main__":
    scenario.main()
