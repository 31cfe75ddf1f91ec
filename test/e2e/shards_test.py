"""A controller that serves one shard, by label."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402


class Shards(scenario.Scenario):
    kustomize_flags = ("--watch-label-selector=shard=one",)

    def test_a_dependency_of_another_shard(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        revision = self.fetched()["status"]["artifact"]["revision"]
        self.kustomization("theirs", source="other")     # of a shard whose controller does not run here
        self.kustomization("ours", dependsOn=[{"name": "theirs"}])
        self.kube.merge("Kustomization", "ours", self.ns, {"metadata": {"labels": {"shard": "one"}}})
        self.failing("ours", "DependencyNotReady", f"dependency '{self.ns}/theirs' is not ready")
        self.assertNotIn("status", {k: v for k, v in self.kube.get("Kustomization", "theirs", self.ns).items()
                                    if k == "status" and (v or {}).get("conditions")})
        ready = {"type": "Ready", "status": "True", "reason": "ReconciliationSucceeded", "message": f"Applied {revision}",
                 "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"}
        self.kube.merge("Kustomization", "theirs", self.ns, {"status": {"observedGeneration": 1, "conditions": [ready]}},
                        subresource="status")
        self.applied("ours", timeout=10)


if __name__ == "__main__":
    scenario.main()
