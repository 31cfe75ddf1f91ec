"""The API server goes away for a while: nothing is lost, nothing ends, work goes on when it is back."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "python"))
import scenario  # noqa: E402
import time  # noqa: E402

from scenario import config_map  # noqa: E402

AWAY = 10     # seconds


class ApiServerGone(scenario.Scenario):
    def test_commits_and_objects_made_around_an_outage_are_seen(self):
        repository = self.repository({"a.yaml": config_map("a", n="1")})
        self.git_repository(repository.url, interval="3s")
        self.kustomization()
        self.applied()
        self.plane.stop_apiserver()
        begin = time.monotonic()
        commit = repository.commit({"a.yaml": config_map("a", n="2"), "b.yaml": config_map("b")})
        while time.monotonic() - begin < AWAY:
            for controller in self.controllers:
                controller.check()
            time.sleep(0.5)
        self.plane.start_apiserver()
        self.applied(commit=commit, timeout=40)
        self.assertEqual(self.map("a")["data"], {"n": "2"})
        # watches work again, for objects that were there and for new ones
        self.kustomization("second")
        self.applied("second", timeout=20)
        self.applied(commit=self.push(repository, {"b.yaml": None}), timeout=20)
        self.kube.wait_gone("ConfigMap", "b", self.ns)
        for controller in self.controllers:
            self.assertEqual(controller.probe("/healthz"), 200)

    def test_an_object_deleted_right_before_an_outage_is_finalized_after_it(self):
        repository = self.repository({"a.yaml": config_map("a")})
        self.git_repository(repository.url)
        self.kustomization()
        self.applied()
        self.kube.delete("Kustomization", "app", self.ns)
        self.plane.restart_apiserver()
        self.kube.wait_gone("Kustomization", "app", self.ns, 30)
        self.assertIsNone(self.map("a"))


if __name__ == "__main__":
    scenario.main()
