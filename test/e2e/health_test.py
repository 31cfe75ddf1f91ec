"""wait, healthChecks and timeouts, with Deployments that really become available."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import time  # noqa: E402

from kube import condition  # noqa: E402
from scenario import config_map  # noqa: E402

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      nodeSelector: {zone: %s}
      containers:
      - name: web
        image: registry.example.com/web:1
"""


class Health(scenario.Scenario):
    kwok = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kube.merge("Node", "node-1", None, {"metadata": {"labels": {"zone": "here"}}})

    def test_ready_when_the_deployment_is_available(self):
        repository = self.repository({"web.yaml": DEPLOYMENT % "here"})
        self.git_repository(repository.url)
        self.kustomization(wait=True)
        app = self.applied(timeout=30)
        self.assertEqual(condition(app, "Healthy")["status"], "True")
        self.assertRegex(condition(app, "Healthy")["message"], r"^Health check passed in ")
        status = self.kube.get("Deployment", "web", self.ns)["status"]
        self.assertEqual(status["availableReplicas"], 2)

    def test_a_wait_that_ends_in_its_timeout_says_what_it_waited_for(self):
        repository = self.repository({"web.yaml": DEPLOYMENT % "nowhere"})
        self.git_repository(repository.url)
        self.kustomization(wait=True, timeout="3s", retryInterval="1h")
        self.kube.wait_condition("Kustomization", "app", self.ns, "Healthy", "Unknown", "Progressing", "Running health checks for")
        # the timeout's floor of 30 s holds for a wait
        message = self.failing(reason="HealthCheckFailed", message="timeout waiting for", timeout=45)
        self.assertIn(f"Deployment/{self.ns}/web", message)
        self.assertEqual(condition(self.kube.get("Kustomization", "app", self.ns), "Healthy")["status"], "False")

    def test_a_new_revision_ends_the_wait_for_the_old_one(self):
        repository = self.repository({"web.yaml": DEPLOYMENT % "nowhere"})
        self.git_repository(repository.url)
        self.kustomization(wait=True, timeout="5m")
        self.kube.wait_condition("Kustomization", "app", self.ns, "Healthy", "Unknown", timeout=20)
        begin = time.monotonic()
        commit = self.push(repository, {"web.yaml": DEPLOYMENT % "here"})
        self.applied(commit=commit, timeout=30)
        self.assertLess(time.monotonic() - begin, 30)

    def test_health_checks_of_objects_that_others_made(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization(timeout="1m", healthChecks=[{"apiVersion": "v1", "kind": "ConfigMap", "name": "theirs",
                                                        "namespace": self.ns}])
        self.kube.wait_condition("Kustomization", "app", self.ns, "Healthy", "Unknown", timeout=20)
        self.kube.config_map(self.ns, "theirs", x="y")
        self.applied(timeout=20)

    def test_what_drifts_during_a_wait_is_put_right_during_the_wait(self):
        repository = self.repository({"a.yaml": config_map("a", n="1"), "b.yaml": config_map("b", n="1")})
        self.git_repository(repository.url)
        self.kustomization(timeout="1m", healthChecks=[{"apiVersion": "v1", "kind": "ConfigMap", "name": "theirs",
                                                        "namespace": self.ns}])
        self.kube.wait_condition("Kustomization", "app", self.ns, "Healthy", "Unknown", timeout=20)
        self.kube.merge("ConfigMap", "a", self.ns, {"data": {"n": "wrong"}})
        self.kube.delete("ConfigMap", "b", self.ns)
        self.kube.wait("ConfigMap", "a", self.ns, lambda o: o["data"] == {"n": "1"}, 10, "the value from Git")
        self.kube.wait_exists("ConfigMap", "b", self.ns, 10)
        self.kube.config_map(self.ns, "theirs", x="y")
        self.applied(timeout=20)

    def test_an_awaited_object_that_is_deleted_during_the_wait_comes_back(self):
        repository = self.repository({"web.yaml": DEPLOYMENT % "nowhere"})
        self.git_repository(repository.url)
        self.kustomization(wait=True, timeout="5m")
        self.kube.wait_condition("Kustomization", "app", self.ns, "Healthy", "Unknown", timeout=20)
        uid = self.kube.wait_exists("Deployment", "web", self.ns)["metadata"]["uid"]
        self.kube.delete("Deployment", "web", self.ns)
        self.kube.wait("Deployment", "web", self.ns, lambda o: o and o["metadata"]["uid"] != uid, 10, "another one")
        self.kube.wait_condition("Kustomization", "app", self.ns, "Healthy", "Unknown", timeout=10)

    def test_many_waiting_kustomizations_do_not_stop_others(self):
        repository = self.repository({"slow/web.yaml": DEPLOYMENT % "nowhere", "fast/a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.fetched()
        for number in range(12):     # three times the workers
            self.kustomization(f"slow-{number}", path="./slow", wait=True, timeout="5m", namePrefix=f"n{number}-")
        self.kube.wait_condition("Kustomization", "slow-11", self.ns, "Healthy", "Unknown", timeout=20)
        self.kustomization("fast", path="./fast")
        self.applied("fast", timeout=10)

    def test_a_kind_that_is_served_later(self):
        group = f"{self.ns}.example.org"
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization(timeout="5m", healthChecks=[{"apiVersion": f"{group}/v1", "kind": "Thing", "name": "t",
                                                        "namespace": self.ns}])
        self.kube.wait_condition("Kustomization", "app", self.ns, "Healthy", "Unknown", timeout=20)
        self.kube.create({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                          "metadata": {"name": f"things.{group}"},
                          "spec": {"group": group, "scope": "Namespaced",
                                   "names": {"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"},
                                   "versions": [{"name": "v1", "served": True, "storage": True, "schema": {
                                       "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}})
        self.kube.wait("CustomResourceDefinition", f"things.{group}", None, lambda o: any(
            c["type"] == "Established" and c["status"] == "True" for c in o["status"].get("conditions") or []), 20)
        time.sleep(1)
        self.kube.create({"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "t", "namespace": self.ns}})
        self.applied(timeout=30)

    def test_a_kustomization_that_contains_itself(self):
        # what flux-system looks like after a bootstrap
        own = f"""apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: app
spec:
  interval: 10m
  prune: true
  path: ./
  wait: true
  timeout: 1m
  targetNamespace: {self.ns}
  sourceRef: {{kind: GitRepository, name: repo}}
"""
        repository = self.repository({"own.yaml": own, "a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization(wait=True, timeout="1m")
        self.applied(timeout=20)

    def test_an_unhealthy_one_can_be_deleted(self):
        repository = self.repository({"web.yaml": DEPLOYMENT % "nowhere"})
        self.git_repository(repository.url)
        self.kustomization(wait=True, timeout="5m")
        self.kube.wait_condition("Kustomization", "app", self.ns, "Healthy", "Unknown", timeout=20)
        self.kube.delete("Kustomization", "app", self.ns)
        self.kube.wait_gone("Kustomization", "app", self.ns, 15)
        self.assertIsNone(self.kube.get("Deployment", "web", self.ns))


if __name__ == "__main__":
    scenario.main()
