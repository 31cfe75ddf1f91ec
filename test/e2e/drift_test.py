"""Fields that Git sets are put back; fields that it does not set are left alone."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from scenario import config_map  # noqa: E402


class Drift(scenario.Scenario):
    def start(self, **spec):
        repository = self.repository({"a.yaml": config_map("a", n="1"), "b.yaml": config_map("b", n="1")})
        self.git_repository(repository.url)
        self.kustomization(**spec)
        self.applied()

    def test_drift_is_healed_when_it_happens_not_at_the_interval(self):
        # Two objects at once, several times: what drifts while a pass runs must be seen as well.
        self.start(interval="10m")
        for value in ("one", "two", "three"):
            self.kube.delete("ConfigMap", "b", self.ns)
            self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": value}})
            self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")
            self.kube.wait("ConfigMap", "b", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the object from Git")

    def test_a_change_and_a_deletion_are_healed_at_the_next_look(self):
        self.start()
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": "wrong"}})
        self.kube.delete("ConfigMap", "b", self.ns)
        self.reconcile("Kustomization", "app")
        self.assertEqual(self.map("a")["data"], {"n": "1"})
        self.assertEqual(self.map("b")["data"], {"n": "1"})

    def test_healed_at_the_interval_without_a_request(self):
        self.start(interval="2s")
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": "wrong"}})
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")

    def test_fields_of_others_stay(self):
        self.start()
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"theirs": "yes"}, "metadata": {"labels": {"team": "x"}}},
                        manager="another")
        self.reconcile("Kustomization", "app")
        live = self.map("a")
        self.assertEqual(live["data"], {"n": "1", "theirs": "yes"})
        self.assertEqual(live["metadata"]["labels"]["team"], "x")

    def test_what_kubectl_set_by_hand_is_removed(self):
        self.start()
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"by-hand": "yes"}}, manager="kubectl-edit")
        self.reconcile("Kustomization", "app")
        self.assertEqual(self.map("a")["data"], {"n": "1"})

    def test_the_annotations_that_keep_an_object_out(self):
        def annotated(name, key, value):
            return config_map(name, n="1").replace(f"  name: {name}\n", f"  name: {name}\n  annotations:\n"
                                                   f"    kustomize.toolkit.fluxcd.io/{key}: {value}\n")
        repository = self.repository({"once.yaml": annotated("once", "ssa", "IfNotPresent"),
                                      "never.yaml": annotated("never", "ssa", "Ignore"),
                                      "off.yaml": annotated("off", "reconcile", "disabled"), "a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        self.assertEqual(self.map("once")["data"], {"n": "1"})
        self.assertIsNone(self.map("never"))
        self.assertIsNone(self.map("off"))
        self.kube.merge("ConfigMap", "once", self.ns, {"data": {"n": "theirs"}})
        self.kube.merge("ConfigMap", "a", self.ns,
                        {"data": {"n": "theirs"}, "metadata": {"annotations": {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}}})
        self.reconcile("Kustomization", "app")
        self.assertEqual(self.map("once")["data"], {"n": "theirs"})
        self.assertEqual(self.map("a")["data"], {"n": "theirs"})


if __name__ == "__main__":
    scenario.main()
