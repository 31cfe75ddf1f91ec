"""Fields that Git sets are put back; fields that it does not set are left alone."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
from kube import condition  # noqa: E402
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

    def test_what_kubectl_added_is_removed_without_a_request(self):
        self.start()
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"by-hand": "yes"}}, manager="kubectl-edit")
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "what Git sets and no more")

    def test_an_apply_under_our_own_name_is_put_back(self):
        # The same fields with other values: the entry in managedFields differs in its time alone.
        self.start()
        live = self.map("a")
        theirs = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"n": "theirs"},
                  "metadata": {"name": "a", "namespace": self.ns, "labels": live["metadata"]["labels"]}}
        for _ in range(2):     # once within the second of our own write, as good as certainly
            self.kube.apply(theirs, manager="kustomize-controller")
            self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")

    def test_a_default_that_is_written_out_settles(self):
        service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\nspec:\n  ports: [{port: 80}]\n"
        repository = self.repository({"s.yaml": service})
        self.git_repository(repository.url)
        self.kustomization(interval="1s")
        self.applied()
        commit = self.push(repository, {"s.yaml": service + "  sessionAffinity: None\n"})
        self.applied(commit=commit)
        self.after_passes("Kustomization", "app")
        version = self.kube.get("Kustomization", "app", self.ns)["metadata"]["resourceVersion"]
        self.after_passes("Kustomization", "app", 2)
        self.assertEqual(self.kube.get("Kustomization", "app", self.ns)["metadata"]["resourceVersion"], version)

    def test_a_finished_job_that_the_cluster_removed_runs_again_at_the_interval_only(self):
        job = ("apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: once\nspec:\n  ttlSecondsAfterFinished: 1\n  template:\n"
               "    spec: {restartPolicy: Never, containers: [{name: c, image: example.com/c}]}\n")
        repository = self.repository({"job.yaml": job, "a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization(interval="10m")
        self.applied()
        self.kube.request("DELETE", self.kube.path("Job", "once", self.ns) + "?propagationPolicy=Background")
        self.kube.wait_gone("Job", "once", self.ns)
        # another repair in between does not bring it back either
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": "wrong"}})
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")
        self.assertIsNone(self.kube.get("Job", "once", self.ns))
        self.reconcile("Kustomization", "app")
        self.assertIsNotNone(self.kube.get("Job", "once", self.ns))

    def test_replicas_that_an_autoscaler_sets_are_left_until_the_interval(self):
        deployment = ("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n"
                      "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
                      "    spec: {containers: [{name: web, image: example.com/web}]}\n")
        repository = self.repository({"web.yaml": deployment})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        for replicas in (5, 6):
            self.kube.merge("Deployment", "web", self.ns, {"spec": {"replicas": replicas}}, subresource="scale",
                            manager="autoscaler")
        self.kube.wait_condition("Kustomization", "app", self.ns, "Conflict", "True", "MultipleWriters", "autoscaler (scale)")
        self.assertEqual(self.kube.get("Deployment", "web", self.ns)["spec"]["replicas"], 6)
        self.reconcile("Kustomization", "app")
        self.assertEqual(self.kube.get("Deployment", "web", self.ns)["spec"]["replicas"], 2)

    def test_repairs_of_different_objects_do_not_hold_each_other_up(self):
        repository = self.repository({f"m{n}.yaml": config_map(f"m{n}", n="1") for n in range(12)})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        for n in range(12):
            begin = time.monotonic()
            self.kube.merge("ConfigMap", f"m{n}", self.ns, {"data": {"n": "wrong"}})
            self.kube.wait("ConfigMap", f"m{n}", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")
            self.assertLess(time.monotonic() - begin, 0.9, f"repair {n}")

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

    def test_what_is_left_alone_is_looked_at_again(self):
        # Nothing is remembered of these objects after a restart but that they were left alone.
        once = config_map("once", n="1").replace("  name: once\n", "  name: once\n  annotations:\n"
                                                 "    kustomize.toolkit.fluxcd.io/ssa: IfNotPresent\n")
        disabled = {"metadata": {"annotations": {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}}}
        repository = self.repository({"once.yaml": once, "a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url)
        self.kustomization(interval="2s")
        self.applied()
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": "theirs"}, **disabled})
        self.kustomize.restart()
        self.reconcile("Kustomization", "app")
        self.assertEqual(self.map("a")["data"], {"n": "theirs"})
        version = self.kube.get("Kustomization", "app", self.ns)["metadata"]["resourceVersion"]
        self.after_passes("Kustomization", "app")
        self.assertEqual(self.kube.get("Kustomization", "app", self.ns)["metadata"]["resourceVersion"], version)
        self.kube.delete("ConfigMap", "once", self.ns)
        self.kube.merge("ConfigMap", "a", self.ns, {"metadata": {"annotations": {
            "kustomize.toolkit.fluxcd.io/reconcile": None}}})
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")
        self.kube.wait_exists("ConfigMap", "once", self.ns, 10)

    def test_who_changes_what_is_left_alone_is_no_opponent(self):
        # A repair of another object follows each change: their events come in this order, by one watch.
        repository = self.repository({f"{name}.yaml": config_map(name, n="1") for name in ("a", *(f"m{n}" for n in range(6)))})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        self.kube.merge("ConfigMap", "a", self.ns, {"metadata": {"annotations": {
            "kustomize.toolkit.fluxcd.io/reconcile": "disabled"}}})
        before = self.passes_ended("Kustomization", "app")
        for n in range(6):
            self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": f"theirs {n}"}})
            self.kube.merge("ConfigMap", f"m{n}", self.ns, {"data": {"n": "wrong"}})
            self.kube.wait("ConfigMap", f"m{n}", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")
            self.passes_ended("Kustomization", "app", before + n + 1)
            self.assertIsNone(condition(self.kube.get("Kustomization", "app", self.ns), "Conflict"), n)
        self.assertEqual(self.map("a")["data"], {"n": "theirs 5"})


if __name__ == "__main__":
    scenario.main()
