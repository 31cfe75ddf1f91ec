"""Fields that others own, and fields that cannot be changed."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import time  # noqa: E402

from kube import condition  # noqa: E402
from scenario import config_map  # noqa: E402

IMMUTABLE = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: fixed\nimmutable: true\ndata:\n  n: \"%s\"\n"


class Conflict(scenario.Scenario):
    def start(self, files, **spec):
        repository = self.repository(files)
        self.git_repository(repository.url)
        self.kustomization(**spec)
        self.applied()
        return repository

    def test_a_field_that_another_manager_applied_is_taken_over(self):
        self.kube.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": self.ns},
                         "data": {"n": "theirs", "only": "theirs"}}, manager="helm")
        self.start({"a.yaml": config_map("a", n="ours")})
        self.assertEqual(self.map("a")["data"], {"n": "ours", "only": "theirs"})
        self.kube.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": self.ns},
                         "data": {"n": "theirs again"}}, manager="helm")
        self.reconcile("Kustomization", "app")
        self.assertEqual(self.map("a")["data"]["n"], "ours")

    def test_what_kubectl_apply_made_is_taken_over_whole(self):
        self.plane.kubectl("apply", "-n", self.ns, "-f", "-", input=config_map("a", n="kubectl", more="kubectl"))
        self.start({"a.yaml": config_map("a", n="ours")})
        live = self.map("a")
        self.assertEqual(live["data"], {"n": "ours"})
        self.assertNotIn("kubectl.kubernetes.io/last-applied-configuration", live["metadata"].get("annotations", {}))

    def test_an_immutable_field_without_force(self):
        repository = self.start({"fixed.yaml": IMMUTABLE % 1, "a.yaml": config_map("a", n="1")})
        self.push(repository, {"fixed.yaml": IMMUTABLE % 2, "a.yaml": config_map("a", n="2")})
        message = self.failing(reason="ReconciliationFailed", message=f"ConfigMap/{self.ns}/fixed")
        self.assertIn("immutable", message)
        self.assertEqual(self.map("fixed")["data"], {"n": "1"})
        self.assertEqual(self.map("a")["data"], {"n": "1"})
        commit = self.push(repository, {"fixed.yaml": IMMUTABLE % 1})
        self.applied(commit=commit)
        self.assertEqual(self.map("a")["data"], {"n": "2"})

    def test_an_immutable_field_with_force(self):
        repository = self.start({"fixed.yaml": IMMUTABLE % 1}, force=True)
        uid = self.map("fixed")["metadata"]["uid"]
        self.applied(commit=self.push(repository, {"fixed.yaml": IMMUTABLE % 2}))
        self.assertEqual(self.map("fixed")["data"], {"n": "2"})
        self.assertNotEqual(self.map("fixed")["metadata"]["uid"], uid)

    def test_force_for_one_object_by_its_annotation(self):
        forced = (IMMUTABLE % 1).replace("  name: fixed\n", "  name: fixed\n  annotations:\n"
                                         "    kustomize.toolkit.fluxcd.io/force: enabled\n")
        repository = self.start({"fixed.yaml": forced})
        self.applied(commit=self.push(repository, {"fixed.yaml": forced.replace('"1"', '"2"')}))
        self.assertEqual(self.map("fixed")["data"], {"n": "2"})

    def test_merge_keeps_what_kubectl_set(self):
        merged = config_map("a", n="ours").replace("  name: a\n", "  name: a\n  annotations:\n"
                                                   "    kustomize.toolkit.fluxcd.io/ssa: Merge\n")
        self.start({"a.yaml": merged})
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"by-hand": "yes"}}, manager="kubectl-edit")
        self.reconcile("Kustomization", "app")
        self.assertEqual(self.map("a")["data"], {"n": "ours", "by-hand": "yes"})

    def test_two_kustomizations_with_one_object_say_so_until_one_lets_go(self):
        repository = self.repository({"one/a.yaml": config_map("a", n="1"), "two/a.yaml": config_map("a", n="2"),
                                      "two/b.yaml": config_map("b", n="1")})
        self.git_repository(repository.url)
        self.kustomization("one", path="./one")
        self.applied("one")
        self.kustomization("two", path="./two")
        for name, other in (("one", "two"), ("two", "one")):
            self.kube.wait_condition("Kustomization", name, self.ns, "Conflict", "True", "MultipleWriters",
                                     f"ConfigMap/{self.ns}/a is also written by Kustomization {self.ns}/{other}")
        commit = self.push(repository, {"two/a.yaml": None})
        self.applied("two", commit)
        self.applied("one", commit)
        for name in ("one", "two"):
            self.kube.wait("Kustomization", name, self.ns, lambda o: condition(o, "Conflict") is None, 10, "no Conflict")
        self.reconcile("Kustomization", "one")
        self.assertEqual(self.map("a")["data"], {"n": "1"})

    def sharer(self, name, **spec):
        """A Kustomization of a repository of its own, whose build holds ConfigMap a, named after it, and one more."""
        repository = self.repository({"a.yaml": config_map("a", n=name), "b.yaml": config_map(f"of-{name}")}, name)
        self.git_repository(repository.url, name)
        self.kustomization(name, source=name, **spec)
        self.applied(name)
        return repository

    def lets_go(self, name, repository):
        self.applied(name, self.push(repository, {"a.yaml": None}, source=name))

    def free_of_conflict(self, *names):
        for name in names:
            self.kube.wait("Kustomization", name, self.ns, lambda o: condition(o, "Conflict") is None, 10, "no Conflict")

    def in_conflict(self, *names):
        for name in names:
            self.kube.wait_condition("Kustomization", name, self.ns, "Conflict", "True", "MultipleWriters",
                                     f"ConfigMap/{self.ns}/a")

    def test_what_an_opponent_lets_go_of_is_ours_at_once(self):
        # No commit of our own and no interval comes to help. Pruned or not: its labels name the opponent.
        for prune in (False, True):
            one, two = f"one-{prune}".lower(), f"two-{prune}".lower()
            first = self.sharer(one)
            second = self.sharer(two, prune=prune)
            self.in_conflict(one, two)
            self.assertEqual(self.map("a")["data"], {"n": two})
            self.lets_go(two, second)
            self.free_of_conflict(one, two)
            self.kube.wait("ConfigMap", "a", self.ns, lambda o: o and o["data"] == {"n": one}, 10, "our value")
            self.lets_go(one, first)

    def test_three_kustomizations_with_one_object(self):
        repositories = {name: self.sharer(name) for name in ("one", "two", "three")}
        self.in_conflict("one", "two", "three")
        self.lets_go("three", repositories["three"])
        self.free_of_conflict("three")
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o and o["data"]["n"] in ("one", "two"), 10, "a value of those left")
        self.in_conflict("one", "two")
        self.lets_go("two", repositories["two"])
        self.free_of_conflict("one", "two", "three")
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o and o["data"] == {"n": "one"}, 10, "the last one's value")

    def test_a_label_that_names_another_one_is_drift(self):
        self.start({"a.yaml": config_map("a", n="1")})
        self.kustomization("other", path="./none", suspend=True)
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": "x"}, "metadata": {"labels": {
            "kustomize.toolkit.fluxcd.io/name": "other"}}})
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")

    def test_an_operator_that_keeps_changing_a_field_is_named(self):
        self.start({"a.yaml": config_map("a", n="ours")})
        for n in range(6):
            self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": f"theirs {n}"}}, manager="their-operator")
            if n < 3:
                self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "ours"}, 10, "the value from Git")
            else:
                time.sleep(0.1)
        self.kube.wait_condition("Kustomization", "app", self.ns, "Conflict", "True", "MultipleWriters", "their-operator")
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "ours"}, 10, "the value from Git")

    def test_an_invalid_object_does_not_replace_a_valid_one_by_force(self):
        service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\nspec:\n  ports: [{port: %s}]\n"
        repository = self.start({"s.yaml": service % 80}, force=True)
        uid = self.kube.get("Service", "s", self.ns)["metadata"]["uid"]
        self.push(repository, {"s.yaml": service % 123456})
        self.failing(reason="ReconciliationFailed", message=f"Service/{self.ns}/s")
        self.assertEqual(self.kube.get("Service", "s", self.ns)["metadata"]["uid"], uid)

    def test_a_conflict_is_told_again_after_a_restart(self):
        repository = self.repository({"one/a.yaml": config_map("a", n="1"), "two/a.yaml": config_map("a", n="2")})
        self.git_repository(repository.url)
        self.kustomization("one", path="./one")
        self.applied("one")
        self.kustomization("two", path="./two")
        for name in ("one", "two"):
            self.kube.wait_condition("Kustomization", name, self.ns, "Conflict", "True", "MultipleWriters")
        self.kustomize.stop()
        for name in ("one", "two"):     # what the process before said is no help
            self.kube.merge("Kustomization", name, self.ns, {"status": {"conditions": None}}, subresource="status")
        self.kustomize.start()
        for name in ("one", "two"):
            self.kube.wait_condition("Kustomization", name, self.ns, "Conflict", "True", "MultipleWriters")


if __name__ == "__main__":
    scenario.main()
