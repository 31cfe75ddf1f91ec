"""What leaves Git leaves the cluster, and nothing else does."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402


class Prune(scenario.Scenario):
    def start(self, files, **spec):
        repository = self.repository(files)
        self.git_repository(repository.url)
        self.kustomization(**spec)
        self.applied()
        return repository

    def test_a_removed_manifest_is_pruned(self):
        repository = self.start({"a.yaml": config_map("a"), "b.yaml": config_map("b")})
        self.applied(commit=self.push(repository, {"b.yaml": None}))
        self.assertIsNotNone(self.map("a"))
        self.assertIsNone(self.map("b"))
        self.assertEqual(self.inventory(), [f"{self.ns}_a__ConfigMap"])
        self.event("app", f"ConfigMap/{self.ns}/b deleted")

    def test_a_renamed_object_leaves_no_old_one(self):
        repository = self.start({"a.yaml": config_map("old")})
        self.applied(commit=self.push(repository, {"a.yaml": config_map("new")}))
        self.assertIsNone(self.map("old"))
        self.assertIsNotNone(self.map("new"))

    def test_an_empty_folder_prunes_everything(self):
        repository = self.start({"deploy/a.yaml": config_map("a"), "deploy/b.yaml": config_map("b")}, path="./deploy")
        self.applied(commit=self.push(repository, {"deploy/a.yaml": None, "deploy/b.yaml": None, "deploy/README": "empty"}))
        self.assertIsNone(self.map("a"))
        self.assertIsNone(self.map("b"))
        self.assertEqual(self.inventory(), [])

    def test_without_prune_nothing_is_deleted(self):
        repository = self.start({"a.yaml": config_map("a"), "b.yaml": config_map("b")}, prune=False)
        self.applied(commit=self.push(repository, {"b.yaml": None}))
        self.assertIsNotNone(self.map("b"))

    def test_objects_that_ask_not_to_be_pruned_stay(self):
        kept = config_map("kept").replace("  name: kept\n",
                                          "  name: kept\n  annotations:\n    kustomize.toolkit.fluxcd.io/prune: Disabled\n")
        repository = self.start({"a.yaml": config_map("a"), "kept.yaml": kept, "late.yaml": config_map("late")})
        # asked for on the live object only
        self.kube.merge("ConfigMap", "late", self.ns,
                        {"metadata": {"labels": {"kustomize.toolkit.fluxcd.io/prune": "disabled"}}})
        self.applied(commit=self.push(repository, {"kept.yaml": None, "late.yaml": None}))
        self.assertIsNotNone(self.map("kept"))
        self.assertIsNotNone(self.map("late"))

    def test_objects_taken_over_by_another_kustomization_stay(self):
        repository = self.start({"one/a.yaml": config_map("a"), "one/b.yaml": config_map("b"), "two/c.yaml": config_map("c")},
                                path="./one")
        self.kustomization("other", path="./two")
        self.applied("other")
        commit = self.push(repository, {"one/a.yaml": None, "two/a.yaml": config_map("a")})
        self.applied("other", commit)
        self.applied("app", commit)
        taken = self.kube.wait("ConfigMap", "a", self.ns, lambda o: o is not None, 5)
        # whichever went first, one of the two must bring it back or leave it alone
        self.assertIn(taken["metadata"]["labels"]["kustomize.toolkit.fluxcd.io/name"], ("other", "app"))

    def test_pruned_in_reverse_order_of_the_apply(self):
        crd = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: boxes.%s.example.com
spec:
  group: %s.example.com
  scope: Namespaced
  names: {kind: Box, plural: boxes, singular: box, listKind: BoxList}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
""" % (self.ns, self.ns)
        box = f"apiVersion: {self.ns}.example.com/v1\nkind: Box\nmetadata:\n  name: box\n"
        repository = self.start({"crd.yaml": crd, "box.yaml": box, "a.yaml": config_map("a")})
        api = f"{self.ns}.example.com/v1"
        self.assertIsNotNone(self.kube.get("Box", "box", self.ns, api))
        self.applied(commit=self.push(repository, {"crd.yaml": None, "box.yaml": None}))
        self.kube.wait_gone("CustomResourceDefinition", f"boxes.{self.ns}.example.com", timeout=10)


if __name__ == "__main__":
    scenario.main()
