"""dependsOn: one after the other, without a pause between."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import time  # noqa: E402

from scenario import config_map  # noqa: E402


class DependsOn(scenario.Scenario):
    def files(self, *names):
        return {f"{name}/{name}.yaml": config_map(name) for name in names}

    def test_a_chain_is_applied_in_order_and_without_a_pause(self):
        repository = self.repository(self.files("one", "two", "three"))
        self.kustomization("three", path="./three", dependsOn=[{"name": "two"}])
        self.kustomization("two", path="./two", dependsOn=[{"name": "one"}])
        self.kustomization("one", path="./one")
        self.git_repository(repository.url)
        begin = time.monotonic()
        self.applied("three")
        self.assertLess(time.monotonic() - begin, 10, "a hop costs a requeue interval")
        versions = [int(self.map(name)["metadata"]["resourceVersion"]) for name in ("one", "two", "three")]
        self.assertEqual(versions, sorted(versions))

    def test_waits_for_a_dependency_that_is_not_ready_and_goes_on_when_it_is(self):
        repository = self.repository({**self.files("two"), "one/one.yaml": "kind: [\n"})
        self.git_repository(repository.url)
        self.kustomization("one", path="./one")
        self.kustomization("two", path="./two", dependsOn=[{"name": "one"}])
        self.failing("two", "DependencyNotReady", f"dependency '{self.ns}/one' is not ready")
        self.event("two", "Dependencies do not meet ready condition", reason="DependencyNotReady", type_="Normal")
        self.assertIsNone(self.map("two"))
        commit = self.push(repository, self.files("one"))
        self.applied("two", commit)
        self.assertIsNotNone(self.map("two"))

    def test_a_missing_dependency_is_named_and_picked_up_when_it_comes(self):
        repository = self.repository(self.files("one", "two"))
        self.git_repository(repository.url)
        self.kustomization("two", path="./two", dependsOn=[{"name": "one"}])
        message = self.failing("two", "DependencyNotReady", f"dependency '{self.ns}/one'")
        self.assertIn("not found", message)
        self.kustomization("one", path="./one")
        self.applied("two")

    def test_a_new_revision_goes_through_the_dependency_first(self):
        repository = self.repository(self.files("one", "two"))
        self.git_repository(repository.url)
        self.kustomization("one", path="./one")
        self.kustomization("two", path="./two", dependsOn=[{"name": "one"}])
        self.applied("two")
        commit = self.push(repository, {"one/one.yaml": config_map("one", n="2"), "two/two.yaml": config_map("two", n="2")})
        self.applied("two", commit)
        self.assertLess(int(self.map("one")["metadata"]["resourceVersion"]), int(self.map("two")["metadata"]["resourceVersion"]))

    def test_no_hop_is_missed(self):
        repository = self.repository(self.files("one", "two"))
        self.git_repository(repository.url)
        self.kustomization("one", path="./one")
        self.kustomization("two", path="./two", dependsOn=[{"name": "one"}])
        self.applied("two")
        for n in range(25):     # the dependency may become ready while its dependant still writes that it waits
            commit = self.push(repository, {"two/two.yaml": config_map("two", n=str(n))})
            self.applied("two", commit, timeout=5)

    def test_a_cycle_is_reported(self):
        repository = self.repository(self.files("one", "two"))
        self.git_repository(repository.url)
        self.kustomization("one", path="./one", dependsOn=[{"name": "two"}])
        self.kustomization("two", path="./two", dependsOn=[{"name": "one"}])
        message = self.failing("one", message="cycle")
        self.assertIn("two", message)
        self.assertIsNone(self.map("one"))


if __name__ == "__main__":
    scenario.main()
