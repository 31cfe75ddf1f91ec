"""Inventories near what one object may hold."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402

OBJECTS = 2800


def maps(prefix, count):
    """ConfigMaps whose names are as long as names may be."""
    return "---\n".join(f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {(prefix + str(n)).ljust(253, 'x')}\n"
                        for n in range(count))


class ManyObjects(scenario.Scenario):
    kustomize_flags = ("--concurrent-ssa=16",)

    def names(self):
        return {o["metadata"]["name"] for o in self.kube.list("ConfigMap", self.ns)} - {"kube-root-ca.crt"}

    def test_all_objects_renamed_at_once(self):
        # The old and the new together are more than the API server stores in one object.
        repository = self.repository({"maps.yaml": maps("old-", OBJECTS)})
        self.git_repository(repository.url)
        self.kustomization(timeout="5m")
        self.applied(timeout=120)
        commit = self.push(repository, {"maps.yaml": maps("new-", OBJECTS)})
        self.applied(commit=commit, timeout=180)
        self.assertEqual(len(self.names()), OBJECTS)
        self.assertTrue(all(name.startswith("new-") for name in self.names()))
        self.assertEqual(len(self.inventory()), OBJECTS)

    def test_a_build_with_too_many_objects_fails_before_the_first_write(self):
        repository = self.repository({"maps.yaml": maps("few-", 3)})
        self.git_repository(repository.url)
        self.kustomization()
        first = self.applied()["status"]["lastAppliedRevision"]
        self.push(repository, {"maps.yaml": maps("many-", 2 * OBJECTS)})
        self.failing(reason="BuildFailed", message=f"the build has {2 * OBJECTS} objects", timeout=30)
        self.assertEqual(self.names(), {n.ljust(253, "x") for n in ("few-0", "few-1", "few-2")})
        self.assertEqual(self.kube.get("Kustomization", "app", self.ns)["status"]["lastAppliedRevision"], first)


if __name__ == "__main__":
    scenario.main()
